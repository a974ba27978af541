import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail } from '../core/index.js';
import {
  type ClipEvaluation,
  type EyeScores,
  METHODS,
  SYNTHETIC_GAZES,
  SYNTHETIC_VARIATIONS,
  type SyntheticEvaluation,
  type SyntheticSample,
  type SyntheticVariation,
  evaluateClip,
  evaluateSynthetic,
  sampleSheet,
} from '../eye-contact/evaluation.js';
import { createMedia } from '../media/index.js';
import type { CliContext } from './context.js';
import type { EvalOptions } from './eval.js';
import { formatTable } from './table.js';

const HEAD = ['faces', 'method', 'eyes', 'PSNR dB', 'SSIM', 'gaze median', 'gaze p95', 'lid edge'];

const cells = (name: string, method: string, { eyes, psnr, ssim, gazeMedian, gazeP95, lidEdge }: EyeScores): string[] => [
  name,
  method,
  String(eyes),
  psnr.toFixed(1),
  ssim.toFixed(3),
  gazeMedian.toFixed(2),
  gazeP95.toFixed(2),
  lidEdge.toFixed(2),
];

function evaluationText(result: SyntheticEvaluation, clip: ClipEvaluation): string {
  const faces = result.variations.map(({ variation, scores }) => cells(`${variation.axis}: ${variation.value}`, 'render', scores.render));
  const all = METHODS.map((method) => cells('all', method, result.all[method]));
  return `${formatTable(HEAD, [...faces, ...all])}
pixels changed outside the patches: ${result.changedOutside}
patches for eyes that look into the camera already: ${result.patchesAhead}
there and back by 10 degrees, similarity: worst ${result.roundTrip.worst.toFixed(3)}, mean ${result.roundTrip.mean.toFixed(3)}
drawing both eyes: ${result.drawMs.toFixed(1)} ms (median)
a clip of wandering eyes: gain ${clip.gain.toFixed(3)}, jitter ${clip.jitter.toFixed(2)} degrees, flicker ${clip.flicker.toFixed(2)}, patches on closed eyes ${clip.patchesClosed}
`;
}

function variationsOf(only: string | undefined): readonly SyntheticVariation[] {
  return only === undefined ? SYNTHETIC_VARIATIONS : SYNTHETIC_VARIATIONS.filter(({ axis }) => axis === only);
}

/** Evaluates gaze redirection as the options say. @throws Fault INVALID_ARGUMENT, and what writing the sheet throws */
export async function runEval({ synthetic, only, sheet, overwrite = false, json = false }: EvalOptions, context: CliContext): Promise<void> {
  if (!synthetic) fail('INVALID_ARGUMENT', 'say what to evaluate on: --synthetic');
  const samples: SyntheticSample[] = [];
  const variations = variationsOf(only);
  const total = variations.length * SYNTHETIC_GAZES.length;
  let done = 0;
  const onSample = (sample: SyntheticSample): void => {
    if (sheet !== undefined) samples.push(sample);
    done++;
    if (context.stderr.isTTY) context.stderr.write(`\r${done}/${total} pictures${done === total ? '\n' : ''}`);
  };
  const result = evaluateSynthetic({ variations, onSample });
  if (sheet !== undefined) {
    const { size, data } = sampleSheet(samples);
    const png = await createMedia().encodeImage({ size, rgb: data }, { type: 'png' });
    await writeFile(resolve(context.cwd, sheet), png, { flag: overwrite ? 'w' : 'wx' });
  }
  const clip = evaluateClip();
  context.stdout.write(json ? `${JSON.stringify({ ...result, clip }, null, 2)}\n` : evaluationText(result, clip));
}
