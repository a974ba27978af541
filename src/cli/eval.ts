import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
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
import { formatTable } from './table.js';

interface EvalOptions {
  readonly synthetic?: boolean;
  readonly only?: string;
  readonly sheet?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const AXES = [...new Set(SYNTHETIC_VARIATIONS.map(({ axis }) => axis))];

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

/** `ocellus eval`: measures how good something is, apart from how fast. */
export function evalCommand(context: CliContext): Command {
  const eyeContact = new Command('eye-contact')
    .summary('measure gaze redirection')
    .description(
      'Draws eyes of which all is known, turns them to the camera, and compares them with the same eyes drawn looking there: likeness in dB and SSIM, degrees by which they miss the camera, and how much steeper than in the pictures compared the brightness changes along the lids. Beside the renderer: leaving the picture as it is, and the usual warp. The whole set takes a minute or two.',
    )
    .option('--synthetic', 'evaluate on drawn eyes')
    .addOption(new Option('--only <axis>', 'only the faces that differ in this').choices(AXES))
    .option('--sheet <file>', 'write a PNG to look at: a row for each picture with an eye before, after, in truth, and the difference')
    .option('--overwrite', 'replace an existing sheet')
    .option('--json', 'print the results as JSON')
    .action(async ({ synthetic, only, sheet, overwrite = false, json = false }: EvalOptions) => {
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
    });
  return new Command('eval')
    .summary('measure the quality of results')
    .description('Measures how good results are, against what is known to be true.')
    .addCommand(eyeContact);
}
