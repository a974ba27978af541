import type { CliStream } from './context.js';

/** How far a run is. */
export interface Progress {
  readonly done: number;
  /** Absent when the length is not known. */
  readonly total?: number;
  readonly note?: string;
}

/** `1:05`, `1:02:03` */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** One line of at most `columns` characters: a bar where the total is known, then counts, rate and time left. */
export function progressLine({ done, total, note = '' }: Progress, elapsedSeconds: number, columns: number): string {
  const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
  const speed = `${rate.toFixed(rate < 10 ? 1 : 0)} fps`;
  if (total === undefined) return `${done} frames  ${speed}  ${clockText(elapsedSeconds)}  ${note}`.trimEnd().slice(0, columns);
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const left = rate > 0 ? clockText((total - done) / rate) : '-:--';
  const words = `${String(Math.floor(share * 100)).padStart(3)}%  ${done}/${total}  ${speed}  ${left} left  ${note}`.trimEnd();
  const width = Math.min(30, columns - words.length - 3);
  if (width < 5) return words.slice(0, columns);
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${words}`;
}

/** A bar that redraws itself on a terminal, and a plain line every ten seconds elsewhere. */
export class ProgressReporter {
  readonly #startMs = performance.now();
  #drawnMs = -Infinity;

  constructor(readonly out: CliStream) {}

  /** `progress` is asked only when it is time to draw. */
  update(progress: () => Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#drawnMs < (this.out.isTTY ? 100 : 10_000)) return;
    if (!this.out.isTTY && this.#drawnMs === -Infinity && nowMs - this.#startMs < 10_000) return;
    this.#drawnMs = nowMs;
    this.#draw(progress(), nowMs);
  }

  /** Draws the last state and leaves the line. */
  end(progress: Progress): void {
    if (!this.out.isTTY) return;
    this.#draw(progress, performance.now());
    this.out.write('\n');
  }

  #draw(progress: Progress, nowMs: number): void {
    const columns = this.out.isTTY ? (this.out.columns ?? 80) - 1 : 120;
    const line = progressLine(progress, (nowMs - this.#startMs) / 1000, columns);
    this.out.write(this.out.isTTY ? `\r\u001B[2K${line}` : `${line}\n`);
  }
}
