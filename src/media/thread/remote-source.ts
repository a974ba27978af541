import { Frame, type TimeBase, fail, throwIfAborted } from '../../core/index.js';
import type { FramesOptions, MediaInfo, MediaLosses, OpenOptions, VideoInfo, VideoSource } from '../port.js';
import { frameTaker } from '../take.js';
import type { MediaThread } from './media-thread.js';
import { type FrameNotice, FRAMES_AHEAD, type SentFault, receivedFault } from './protocol.js';
import { RemotePixels } from './remote-pixels.js';

/** What `open` answers. */
export interface OpenedSource {
  readonly source: number;
  readonly info: MediaInfo & { readonly video: VideoInfo };
  readonly losses: MediaLosses;
}

/** One iteration as seen from here. */
class Reading {
  readonly #arrived: FrameNotice[] = [];
  #wake = (): void => {};
  #ended: { readonly fault: SentFault | undefined } | null = null;
  #finished = (): void => {};
  readonly over = new Promise<void>((resolve) => (this.#finished = resolve));

  frame(notice: FrameNotice): void {
    this.#arrived.push(notice);
    this.#wake();
  }

  end(fault: SentFault | undefined): void {
    this.#ended = { fault };
    this.#finished();
    this.#wake();
  }

  wake(): void {
    this.#wake();
  }

  take(): FrameNotice | undefined {
    return this.#arrived.shift();
  }

  get ended(): { readonly fault: SentFault | undefined } | null {
    return this.#ended;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** A source that the media thread holds. */
export class RemoteSource implements VideoSource {
  readonly info: MediaInfo & { readonly video: VideoInfo };
  #losses: MediaLosses;
  #reading: Reading | null = null;
  #closed: Promise<void> | null = null;

  constructor(
    readonly thread: MediaThread,
    readonly opened: OpenedSource,
    readonly stream: string,
    readonly options: OpenOptions,
  ) {
    this.info = opened.info;
    this.#losses = opened.losses;
    thread.hold();
  }

  /** As of the last iteration that ended. */
  get losses(): MediaLosses {
    return this.#losses;
  }

  async *frames({ signal = this.options.signal, take }: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
    if (this.#closed) fail('FAILED_PRECONDITION', `${this.stream}: the source is closed`);
    if (this.#reading) fail('FAILED_PRECONDITION', `${this.stream}: only one iteration at a time; leave the first loop before starting another`);
    throwIfAborted(signal);
    // A setting that makes no sense is met here, where it was given.
    frameTaker(take);
    const reading = new Reading();
    this.#reading = reading;
    const run = this.thread.play(this.opened.source, take, {
      frame: (notice) => reading.frame(notice),
      end: ({ losses, fault }) => {
        this.#losses = losses;
        reading.end(fault);
      },
    });
    const onAbort = (): void => reading.wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    const { timeBase } = this.info.video;
    try {
      for (let taken = 0; ;) {
        throwIfAborted(signal);
        const notice = reading.take();
        if (notice) {
          // Told in pairs: half the messages, and the other half of the frames is still on its way.
          if (++taken % (FRAMES_AHEAD / 2) === 0) this.thread.more(run, FRAMES_AHEAD / 2);
          yield this.#frame(notice, timeBase);
        } else if (reading.ended) {
          if (reading.ended.fault) throw receivedFault(reading.ended.fault);
          return;
        } else await reading.changed();
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.thread.stop(run);
      await reading.over;
      for (let rest = reading.take(); rest; rest = reading.take()) this.thread.closed({ frame: rest.frame, unused: [] });
      this.thread.more(run, 0);
      this.#reading = null;
    }
  }

  #frame(notice: FrameNotice, timeBase: TimeBase): Frame {
    const { stream, number, ticks, width, height } = notice;
    return Frame.of(new RemotePixels(this.thread, notice), { stream, number, pts: { ticks, timeBase }, size: { width, height } });
  }

  async seek(timeMs: number): Promise<void> {
    if (this.#reading) fail('FAILED_PRECONDITION', `${this.stream}: leave the loop before seeking`);
    await this.thread.call({ op: 'seek', source: this.opened.source, timeMs });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#reading?.end(undefined);
    try {
      await this.thread.call({ op: 'close-source', source: this.opened.source });
    } finally {
      this.thread.release();
    }
  }
}
