import type { MediaLosses } from './port.js';

/** What a source lost, a sentence for each kind; none where nothing is missing. */
export function lossSentences({ corruptPackets, damagedFrames, truncated }: MediaLosses): string[] {
  return [
    corruptPackets > 0 ? `${corruptPackets} damaged packet(s) were skipped` : '',
    damagedFrames > 0 ? `${damagedFrames} frame(s) were decoded with errors` : '',
    truncated ? 'the file ends before its own index says; it may have been cut off' : '',
  ].filter(Boolean);
}
