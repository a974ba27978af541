import { basename, extname } from 'node:path';
import { createLog, fail, packageVersion, toFault } from '../core/index.js';
import { lossSentences } from '../media/index.js';
import { type FrameResult, type Pipeline, type PipelineConfigInput, type RunSummary, isAddress, openPipeline } from '../pipeline/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { ProgressReporter } from './progress.js';

/** An address without what may be secret in it: `rtsp://me:word@door/live?key=1` gives `door/live`. */
const placeOf = (address: string): string => address.replace(/[?#].*$/s, '').replace(/^[^:]+:\/\/(?:[^/]*@)?/, '');

/**
 * `campus-walkers.mp4` gives `campus-walkers`, `rtsp://door/live` gives `live`; a stream's name must be one that the configuration grammar
 * takes.
 */
export function streamName(source: string): string {
  const place = isAddress(source) ? placeOf(source).replace(/:$/, '') : source;
  const name = basename(place, place === basename(place) && isAddress(source) ? '' : extname(place)).replace(/[^A-Za-z0-9_-]+/g, '-');
  return /^[A-Za-z]/.test(name) ? name.slice(0, 64) : `video-${name}`.slice(0, 64);
}

/** What is read and what runs where, for stderr. */
export function planText({ streams, plan, models }: Pipeline): string {
  const sources = streams.map(({ name, info: { video, durationMs } }) => {
    const seconds = durationMs === undefined ? '' : `, ${(durationMs / 1000).toFixed(0)} s`;
    return `${name}: ${video ? `${video.size.width}x${video.size.height} ${video.codec}${seconds}` : 'no pictures'}\n`;
  });
  const nodes = plan.map(({ name, summary }) => {
    const model = models[name];
    const provider = model?.providers.find(({ taken }) => taken)?.provider;
    const skipped =
      model?.providers.filter(({ taken }) => !taken).map(({ provider: other, reason }) => `\n  ${other} was not taken: ${reason}`) ?? [];
    return `${name}: ${summary}${model ? `; ${model.instances} ${model.placement} instance(s) on ${provider ?? 'none'}` : ''}${skipped.join('')}\n`;
  });
  return [...sources, ...nodes].join('');
}

/** Warnings about what sources lost. */
export function lossText({ streams }: RunSummary): string {
  return Object.entries(streams)
    .flatMap(([name, { losses }]) => lossSentences(losses).map((sentence) => `warning: ${name}: ${sentence}\n`))
    .join('');
}

/** Frames of all streams together; absent where one does not say. */
function frameCount({ streams }: Pipeline): number | undefined {
  const counts = streams.map(({ info }) => info.video?.frameCount);
  return counts.some((count) => count === undefined) ? undefined : counts.reduce<number>((sum, count) => sum + count!, 0);
}

/** How {@link drive} is watched. */
export interface DriveOptions {
  /** The command line, for reports. */
  readonly command?: string;
  /** Called with each result. */
  readonly onResult?: (result: FrameResult) => void;
}

/** Opens the pipeline and drives it to its end or to the first interrupt, with its plan and progress on stderr. @throws Fault as `openPipeline` and `run` */
export async function drive(config: PipelineConfigInput, context: CliContext, { command = '', onResult }: DriveOptions = {}): Promise<RunSummary> {
  const { stderr, drain } = context;
  const log = createLog(({ level, message }) => void stderr.write(`${level === 'info' ? '' : `${level}: `}${message}\n`), 'info');
  await using pipeline = await openPipeline(config, {
    models: createCliZoo(context),
    signal: drain,
    log,
    about: { command, version: packageVersion() },
  }).catch((error: unknown) => {
    if (drain.aborted && toFault(error).code === 'CANCELLED') fail('CANCELLED', 'interrupted before the first frame', error);
    throw error;
  });
  const stop = (): void => void pipeline.stop();
  drain.addEventListener('abort', stop);
  stderr.write(planText(pipeline));
  const total = frameCount(pipeline);
  const progress = new ProgressReporter(stderr);
  let done = 0;
  const state = (): { done: number; total?: number } => ({ done, ...(total === undefined ? {} : { total }) });
  try {
    const summary = await pipeline.run({
      onResult: (result) => {
        onResult?.(result);
        done++;
        progress.update(state());
      },
    });
    return summary;
  } finally {
    progress.end(state());
    drain.removeEventListener('abort', stop);
  }
}
