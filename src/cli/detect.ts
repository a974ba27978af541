import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../core/index.js';
import { type PipelineConfigInput, type RunSummary, isAddress } from '../pipeline/index.js';
import type { CliContext } from './context.js';
import { drive, lossText, streamName } from './drive.js';
import { list, number } from './option-values.js';

interface DetectOptions {
  readonly model: string;
  readonly output: string;
  readonly overwrite?: boolean;
  readonly labels?: readonly string[];
  readonly confidence?: number;
  readonly instances?: number;
  readonly provider?: readonly string[];
  readonly json?: boolean;
}

function configOf(source: string, options: DetectOptions, cwd: string): PipelineConfigInput {
  const { labels, confidence, instances, provider } = options;
  return {
    version: 1,
    sources: { [streamName(source)]: isAddress(source) ? source : resolve(cwd, source) },
    nodes: {
      detector: {
        model: options.model,
        ...(labels ? { labels: [...labels] } : {}),
        ...(confidence === undefined ? {} : { confidence }),
        ...(instances === undefined ? {} : { instances }),
        ...(provider ? { providers: [...provider] } : {}),
      },
    },
    sinks: { results: { jsonl: resolve(cwd, options.output, 'results.jsonl'), overwrite: options.overwrite ?? false } },
  };
}

async function runDetect(source: string, options: DetectOptions, context: CliContext): Promise<void> {
  const { stderr, drain } = context;
  const file = join(options.output, 'results.jsonl');
  const summary = await drive(configOf(source, options, context.cwd), context);
  stderr.write(lossText(summary));
  report(source, file, summary, options, context);
  if (drain.aborted) throw new Fault('CANCELLED', `interrupted; ${file} holds the ${summary.frames} frames that were done`);
}

function report(source: string, file: string, summary: RunSummary, { json, model }: DetectOptions, { stdout, stderr, drain }: CliContext): void {
  const { frames, objects, elapsedMs, streams } = summary;
  const seconds = elapsedMs / 1000;
  const fps = Number((frames / seconds).toFixed(1));
  const losses = Object.values(streams)[0]?.losses;
  if (json)
    stdout.write(
      `${JSON.stringify({ command: 'detect', source, model, results: file, frames, objects, seconds, fps, losses, interrupted: drain.aborted })}\n`,
    );
  else stderr.write(`${frames} frames, ${objects} objects, ${seconds.toFixed(1)} s (${fps} fps) -> ${file}\n`);
}

/** `ocellus detect VIDEO --model NAME -o DIR` */
export function detectCommand(context: CliContext): Command {
  return new Command('detect')
    .summary('find objects in a video')
    .description('Finds objects on every frame of a video and writes DIR/results.jsonl: one record a frame.')
    .argument('<video>', 'file, address, or synthetic: scene')
    .option('-m, --model <name>', 'a model of the catalogue (see: ocellus models ls)', 'coco-centernet')
    .option('-o, --output <dir>', 'folder for the results', '.')
    .option('--overwrite', 'replace results that are already there')
    .option('--labels <names>', 'keep these classes only, such as person,car', list)
    .option('--confidence <share>', "least score kept, 0 to 1 (default: the model's own)", number(0, 1))
    .option('--instances <n>', 'copies of the model at work (default: one a core)', number(1, 64, true))
    .option('--provider <names>', 'execution providers, best first, such as webgpu,cpu', list)
    .option('--json', 'print one summary object on stdout')
    .addHelpText('after', '\nExample:\n  ocellus detect street.mp4 --model yolox-nano --labels person,car -o out\n')
    .action((video: string, options: DetectOptions) => runDetect(video, options, context));
}
