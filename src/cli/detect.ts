import { basename, extname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Fault } from '../core/index.js';
import { type Pipeline, type PipelineConfigInput, type RunSummary, isAddress, openPipeline } from '../pipeline/index.js';
import type { CliContext } from './context.js';
import { createCliZoo } from './cli-zoo.js';
import { ProgressReporter } from './progress.js';

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

const list = (text: string): string[] => text.split(',').map((item) => item.trim());

const number =
  (least: number, most: number, whole = false) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    return value;
  };

/** `campus-walkers.mp4` gives `campus-walkers`; a stream's name must be one that the configuration grammar takes. */
export function streamName(source: string): string {
  const name = basename(source, extname(source)).replace(/[^A-Za-z0-9_-]+/g, '-');
  return /^[A-Za-z]/.test(name) ? name.slice(0, 64) : `video-${name}`.slice(0, 64);
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

/** One line on what runs where, for stderr. */
function planText(source: string, pipeline: Pipeline): string {
  const { info } = pipeline.streams[0]!;
  const model = Object.values(pipeline.models)[0]!;
  const size = info.video ? `${info.video.size.width}x${info.video.size.height} ${info.video.codec}` : '';
  const provider = model.providers.find(({ taken }) => taken)?.provider ?? 'none';
  const skipped = model.providers.filter(({ taken }) => !taken).map(({ provider: name, reason }) => `\n  ${name} was not taken: ${reason}`);
  return `${basename(source)}: ${size}; ${model.definition.name}: ${model.instances} ${model.placement} instance(s) on ${provider}${skipped.join('')}\n`;
}

function lossText({ streams }: RunSummary): string {
  return Object.entries(streams)
    .flatMap(([name, { losses }]) => [
      losses.corruptPackets > 0 ? `${name}: ${losses.corruptPackets} damaged packet(s) were skipped` : '',
      losses.damagedFrames > 0 ? `${name}: ${losses.damagedFrames} frame(s) were decoded with errors` : '',
      losses.truncated ? `${name}: the file ends before its own index says; it may have been cut off` : '',
    ])
    .filter(Boolean)
    .map((line) => `warning: ${line}\n`)
    .join('');
}

async function runDetect(source: string, options: DetectOptions, context: CliContext): Promise<void> {
  const { stderr, stdout, drain } = context;
  const file = join(options.output, 'results.jsonl');
  await using pipeline = await openPipeline(configOf(source, options, context.cwd), { models: createCliZoo(context), signal: drain });
  const stop = (): void => pipeline.stop();
  drain.addEventListener('abort', stop);
  stderr.write(planText(source, pipeline));
  const total = pipeline.streams[0]?.info.video?.frameCount;
  const progress = new ProgressReporter(stderr);
  let done = 0;
  const state = (): { done: number; total?: number } => ({ done, ...(total === undefined ? {} : { total }) });
  const summary = await pipeline.run({
    onResult: () => {
      done++;
      progress.update(state());
    },
  });
  progress.end(state());
  drain.removeEventListener('abort', stop);
  stderr.write(lossText(summary));
  report(source, file, summary, options, { stdout, stderr, interrupted: drain.aborted });
  if (drain.aborted) throw new Fault('CANCELLED', `interrupted; ${file} holds the ${summary.frames} frames that were done`);
}

type Outlet = Pick<CliContext, 'stdout' | 'stderr'> & { readonly interrupted: boolean };

function report(source: string, file: string, summary: RunSummary, options: DetectOptions, { stdout, stderr, interrupted }: Outlet): void {
  const { frames, objects, elapsedMs, streams } = summary;
  const seconds = elapsedMs / 1000;
  const fps = Number((frames / seconds).toFixed(1));
  const losses = Object.values(streams)[0]?.losses;
  if (options.json)
    stdout.write(
      `${JSON.stringify({ command: 'detect', source, model: options.model, results: file, frames, objects, seconds, fps, losses, interrupted })}\n`,
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
