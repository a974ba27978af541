import { type Log, toFault } from '../core/index.js';
import type { VideoSource } from '../media/index.js';
import type { SourceConfig } from './config-sources.js';
import type { PipelineConfig } from './config.js';

/** What sources are opened with. */
export interface SourceOpening {
  readonly openSource: (stream: string, config: SourceConfig, signal?: AbortSignal) => Promise<VideoSource>;
  readonly log: Log;
}

/** Opens a source; one that is to be opened again when it fails may fail now, too. @throws Fault of the source */
export async function openOrLater(
  name: string,
  { sources, mode }: PipelineConfig,
  { openSource, log }: SourceOpening,
  signal?: AbortSignal,
): Promise<VideoSource | undefined> {
  const config = sources[name]!;
  try {
    return await openSource(name, config, signal);
  } catch (error) {
    const fault = toFault(error);
    if (mode === 'offline' || !config.restart || config.restart.when === 'never' || fault.code === 'CANCELLED') throw fault;
    log.warn(`stream ${name} could not be opened and will be tried again: ${fault.message}`, { stream: name });
    return undefined;
  }
}
