import type { Progress } from '../models/index.js';
import type { CliStream } from './context.js';

/** Shows downloads on a stream. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Ends the line that updates, if there is one. */
  done(): void;
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes for people, such as `3.7 MB`; thousands, not 1024s. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

const lineOf = ({ name, receivedBytes, totalBytes }: Progress): string => {
  if (totalBytes === undefined || totalBytes === 0) return `${name}: ${formatBytes(receivedBytes)}`;
  const percent = Math.floor((100 * receivedBytes) / totalBytes);
  return `${name}: ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)} (${percent} %)`;
};

/** One line that updates on a terminal, ten times a second at most; elsewhere a plain line at the start, every ten seconds, and at the end. */
export function createProgressDisplay(stream: CliStream, nowMs: () => number = () => performance.now()): ProgressDisplay {
  const everyMs = stream.isTTY ? 100 : 10_000;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let open = false;
  return {
    show(progress) {
      const last = progress.receivedBytes === progress.totalBytes;
      if (!last && nowMs() - shownAtMs < everyMs) return;
      shownAtMs = nowMs();
      // "Erase to the end of the line" clears what a longer line before it left.
      stream.write(stream.isTTY ? `\r${lineOf(progress)}\u001b[K` : `${lineOf(progress)}\n`);
      open = stream.isTTY === true;
    },
    done() {
      if (open) stream.write('\n');
      open = false;
      shownAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
