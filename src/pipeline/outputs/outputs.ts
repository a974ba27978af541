import type { Log, Scope } from '../../core/index.js';
import type { Media } from '../../media/index.js';
import { prepareOutput } from '../../sinks/index.js';
import { type OutputConfig, outputPaths } from '../config-outputs.js';
import type { PlannedNode } from '../pipeline.js';
import { openLiveOutput } from './live/live-output.js';
import type { Output } from './port.js';
import { openReportOutput } from './report.js';
import { openTilesOutput } from './tiles/tiles-output.js';
import { openVideoOutput } from './video.js';

/** What outputs are made with. */
export interface OutputMaterial {
  readonly media: Media;
  readonly plan: readonly PlannedNode[];
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** `offline` goes by the streams' own times and loses nothing; `realtime` by the clock. */
  readonly mode: 'offline' | 'realtime';
  /** Takes what is opened. */
  readonly scope: Scope;
  readonly log: Log;
  /** How the run was asked for. */
  readonly command: string;
  readonly version: string;
}

/** Checks, before anything is opened, that each output can be written. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED */
export async function prepareOutputs(configs: Readonly<Record<string, OutputConfig>>, streams: readonly string[]): Promise<void> {
  for (const config of Object.values(configs))
    for (const path of outputPaths(config, streams)) await prepareOutput(path, { overwrite: 'overwrite' in config && config.overwrite });
}

function openOutput(name: string, config: OutputConfig, material: Omit<OutputMaterial, 'scope'>): Promise<Output> | Output {
  if ('video' in config) return openVideoOutput(config, material);
  if ('report' in config) return openReportOutput(config, material);
  return 'live' in config ? openLiveOutput(name, config, material) : openTilesOutput(name, config, material);
}

/** Opens every output by its name, without streams. @throws Fault as each kind of output */
export async function openOutputs(
  configs: Readonly<Record<string, OutputConfig>>,
  { scope, ...material }: OutputMaterial,
): Promise<ReadonlyMap<string, Output>> {
  const outputs = new Map<string, Output>();
  // A report tells of the files of the others.
  const entries = Object.entries(configs).toSorted(([, a], [, b]) => Number('report' in a) - Number('report' in b));
  for (const [name, config] of entries) outputs.set(name, scope.use(await openOutput(name, config, material)));
  return outputs;
}
