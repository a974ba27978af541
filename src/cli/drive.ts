import { basename, extname } from 'node:path';
import { Fault, createLog, fail, packageVersion, toFault } from '../core/index.js';
import { lossSentences } from '../media/index.js';
import {
  CONFIG_FOLDER,
  type FrameResult,
  type Pipeline,
  type PipelineConfigInput,
  type PlanState,
  type RunSummary,
  isAddress,
  openPipeline,
} from '../pipeline/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { type Progress, ProgressReporter } from './progress.js';

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

/** Frames of all streams together; absent where one does not say, and where frames may be dropped or come again. */
function frameCount({ streams, config }: Pipeline): number | undefined {
  if (config.mode === 'realtime' || Object.values(config.sources).some(({ restart, take }) => take || restart?.when === 'always')) return undefined;
  const counts = streams.map(({ info }) => info.video?.frameCount);
  return counts.some((count) => count === undefined) ? undefined : counts.reduce<number>((sum, count) => sum + count!, 0);
}

/** What is worth a word beside the count of frames, while many streams run or frames may be lost. */
function noteOf(pipeline: Pipeline): string {
  const { streams, mode } = pipeline.status();
  const all = Object.values(streams);
  const alive = all.filter(({ state }) => state === 'running' || state === 'paused').length;
  const dropped = all.reduce((sum, stream) => sum + stream.dropped, 0);
  const away = all.filter(({ state }) => state === 'restarting').length;
  return [
    all.length > 1 ? `${alive}/${all.length} streams` : '',
    away > 0 ? `${away} being opened again` : '',
    mode === 'realtime' || dropped > 0 ? `${dropped} dropped` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

const measuredText = ({ plan, measured }: PlanState): string => {
  if (!measured) return `plan: ${plan}\n`;
  const [serial, parallel] = [measured.serial, measured.parallel].map((value) => Math.abs(value).toFixed(1));
  return `plan: ${plan}; measured serial ${serial}, parallel ${parallel} ${measured.serial < 0 ? 'ms a frame' : 'frames a second'}\n`;
};

/** The fault of a stream that failed while others went on; the first of several. */
export function partialFault({ streams }: RunSummary): Fault | undefined {
  const failed = Object.entries(streams).flatMap(([name, { fault }]) => (fault ? [{ name, fault }] : []));
  const [first] = failed;
  if (!first) return undefined;
  const { name, fault } = first;
  const rest = failed.length > 1 ? `, and ${failed.length - 1} more stream(s) failed` : '';
  return new Fault(fault.code, `stream ${name} failed: ${fault.message}${rest}. What the others gave is complete`);
}

/** How {@link drive} is watched. */
export interface DriveOptions {
  /** The command line, for reports. */
  readonly command?: string;
  /** Folders that files of algorithms may lie in, beside the configuration's own. */
  readonly algorithmFolders?: readonly string[];
  /** Called with each result. */
  readonly onResult?: (result: FrameResult) => void;
}

/** Opens the pipeline and drives it to its end or to the first interrupt, with its plan and progress on stderr. @throws Fault as `openPipeline` and `run` */
export async function drive(config: PipelineConfigInput, context: CliContext, options: DriveOptions = {}): Promise<RunSummary> {
  const { command = '', onResult, algorithmFolders = [] } = options;
  const { stderr, drain, cwd } = context;
  const log = createLog(({ level, message }) => void stderr.write(`${level === 'info' ? '' : `${level}: `}${message}\n`), 'info');
  await using pipeline = await openPipeline(config, {
    models: createCliZoo(context),
    signal: drain,
    log,
    about: { command, version: packageVersion() },
    algorithmFolders: [config[CONFIG_FOLDER] ?? cwd, ...algorithmFolders],
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
  const state = (): Progress => ({ done, ...(total === undefined ? {} : { total }), note: noteOf(pipeline) });
  const settled = pipeline.on('plan', (plan) => void stderr.write(measuredText(plan)));
  try {
    const summary = await pipeline.run({
      onResult: (result) => {
        onResult?.(result);
        done++;
        progress.update(state);
      },
    });
    return summary;
  } finally {
    progress.end(state());
    settled();
    drain.removeEventListener('abort', stop);
  }
}
