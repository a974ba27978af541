import type { Log, Scope } from '../../core/index.js';
import type { Media } from '../../media/index.js';
import { prepareOutput } from '../../sinks/index.js';
import { type OutputConfig, videoPath } from '../config-outputs.js';
import type { PlannedNode } from '../pipeline.js';
import type { Output } from './port.js';
import { openReportOutput } from './report.js';
import { openVideoOutput } from './video.js';

/** What outputs are made with. */
export interface OutputMaterial {
  readonly media: Media;
  readonly plan: readonly PlannedNode[];
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** Takes what is opened. */
  readonly scope: Scope;
  readonly log: Log;
  /** How the run was asked for. */
  readonly command: string;
  readonly version: string;
}

/** Checks, before anything is opened, that each output can be written. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED */
export async function prepareOutputs(configs: Readonly<Record<string, OutputConfig>>, streams: readonly string[]): Promise<void> {
  for (const config of Object.values(configs)) {
    if ('report' in config) await prepareOutput(config.report, config);
    else for (const stream of streams) await prepareOutput(videoPath(config, stream), config);
  }
}

/** Opens every output by its name. @throws Fault as each kind of output */
export async function openOutputs(
  configs: Readonly<Record<string, OutputConfig>>,
  { scope, ...material }: OutputMaterial,
): Promise<ReadonlyMap<string, Output>> {
  const outputs = new Map<string, Output>();
  // A report tells of the files of the others.
  const entries = Object.entries(configs).toSorted(([, a], [, b]) => Number('report' in a) - Number('report' in b));
  for (const [name, config] of entries)
    outputs.set(name, scope.use('video' in config ? await openVideoOutput(config, material) : openReportOutput(config, material)));
  return outputs;
}
