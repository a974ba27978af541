import { type FrameInfo, type Pixels, type Pts, Fault, Frame, fail, throwIfAborted, toMs } from '../core/index.js';
import type { FramesOptions, MediaInfo, MediaLosses, OpenOptions, VideoInfo, VideoSource } from './port.js';
import { frameTaker } from './take.js';

/** What a source that makes its frames itself must know; plain functions of the frame number. */
export interface Generator {
  readonly info: MediaInfo & { readonly video: VideoInfo };
  readonly losses?: MediaLosses;
  /** Frames in all; `Infinity` for an endless source. */
  readonly count: number;
  /** Rises with `number`. */
  pts(number: number): Pts;
  pixels(number: number): Pixels;
  /** Runs before a frame is made; may wait, and may throw the Fault that the source ends with. */
  before?(number: number, signal: AbortSignal | undefined): Promise<void>;
}

/** Nothing lost. */
export const NO_LOSSES: MediaLosses = Object.freeze({ corruptPackets: 0, damagedFrames: 0, truncated: false });

function firstAtOrAfter({ count, pts }: Pick<Generator, 'count' | 'pts'>, timeMs: number): number {
  let high = 1;
  while (high < count && toMs(pts(high)) < timeMs) high *= 2;
  let low = 0;
  high = Math.min(high, count);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (toMs(pts(middle)) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A source of frames made on demand: the frame of the synthetic source and of the fake. It knows each frame's number, so numbers stay
 * true after a seek. Without a seek, each `frames()` begins at the beginning.
 */
export function generatedSource(generator: Generator, { stream, signal: outer }: OpenOptions = {}): VideoSource {
  let start = 0;
  let iterating = false;
  let closed = false;
  const name = stream ?? generator.info.uri;
  const { size } = generator.info.video;

  async function* frames(options: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
    if (closed) fail('FAILED_PRECONDITION', `${name}: the source is closed`);
    if (iterating) fail('FAILED_PRECONDITION', `${name}: only one iteration at a time; leave the first loop before starting another`);
    const isTaken = frameTaker(options.take);
    iterating = true;
    try {
      const from = start;
      start = 0;
      for (let number = from; number < generator.count; number++) {
        if (closed) return;
        throwIfAborted(options.signal);
        throwIfAborted(outer);
        await generator.before?.(number, options.signal ?? outer);
        throwIfAborted(options.signal);
        const pts = generator.pts(number);
        if (!isTaken(number, pts)) continue;
        const info: FrameInfo = { stream: name, number, pts, size };
        yield Frame.of(generator.pixels(number), info);
      }
    } finally {
      iterating = false;
    }
  }

  return {
    info: generator.info,
    losses: generator.losses ?? NO_LOSSES,
    frames,
    seek(timeMs) {
      if (iterating) return Promise.reject(new Fault('FAILED_PRECONDITION', `${name}: leave the loop before seeking`));
      start = firstAtOrAfter(generator, timeMs);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]() {
      closed = true;
      return Promise.resolve();
    },
  };
}
