import type { Frame as NativeFrame } from 'node-av/lib';
import { BoundedQueue, Fault, Frame, fail, fromMs, throwIfAborted, toFault } from '../../core/index.js';
import type { FramesOptions, MediaInfo, MediaLosses, OpenOptions, VideoInfo, VideoSource } from '../port.js';
import { type FrameTaker, frameTaker } from '../take.js';
import { isAddress, nameOf } from './demuxer.js';
import { holdNetworkThread } from './network-pool.js';
import { FrameStore } from './native-frames.js';
import { LibavPixels } from './pixels.js';
import { hearLibav } from './quiet.js';
import { Reel } from './reel.js';
import { Scalers } from './scalers.js';

/** Frames decoded ahead of the reader: enough to overlap decoding with what the reader does, few enough to stay small at 4K. */
const READ_AHEAD = { capacity: 2, overflow: 'block' } as const;

/** One iteration: decoding runs ahead into the queue until the reader has left. */
interface Run {
  readonly queue: BoundedQueue<Frame>;
  readonly done: Promise<void>;
}

/** A file whose pictures are decoded in this process, off the calling thread. */
export class LibavSource implements VideoSource {
  readonly info: MediaInfo & { readonly video: VideoInfo };
  readonly #uri: string;
  readonly #name: string;
  readonly #options: OpenOptions;
  readonly #store: FrameStore;
  readonly #scalers = new Scalers();
  readonly #unhear: () => void;
  #reel: Reel;
  #unread = true;
  #seekTicks: bigint | null = null;
  #run: Run | null = null;
  #iterating = false;
  #closed: Promise<void> | null = null;

  private constructor(uri: string, options: OpenOptions, unhear: () => void, reel: Reel, store: FrameStore) {
    this.#uri = uri;
    this.#name = options.stream ?? nameOf(uri);
    this.#options = options;
    this.#unhear = unhear;
    this.#reel = reel;
    this.#store = store;
    this.info = reel.info;
  }

  /** @throws Fault as `Media.open` */
  static async open(uri: string, options: OpenOptions = {}): Promise<LibavSource> {
    throwIfAborted(options.signal);
    const unhear = hearLibav(options.log);
    const store = new FrameStore();
    try {
      const reel = await Reel.open(uri, store, { ...options, name: uri });
      const release = reel.info.live ? holdNetworkThread(options.log) : (): void => {};
      return new LibavSource(uri, options, () => (release(), unhear()), reel, store);
    } catch (error) {
      unhear();
      throw error;
    }
  }

  /** Of the present pass over the file, or the last. */
  get losses(): MediaLosses {
    return this.#reel.losses;
  }

  /**
   * Without a seek, every iteration begins at the file's first frame. Numbers count from 0 in each iteration, after a seek too: a container
   * does not tell the number of the frame that a seek lands on.
   */
  async *frames({ signal = this.#options.signal, take }: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
    if (this.#closed) fail('FAILED_PRECONDITION', `${this.#name}: the source is closed`);
    if (this.#iterating) fail('FAILED_PRECONDITION', `${this.#name}: only one iteration at a time; leave the first loop before starting another`);
    throwIfAborted(signal);
    const isTaken = frameTaker(take);
    this.#iterating = true;
    const queue = new BoundedQueue<Frame>(READ_AHEAD);
    const onAbort = (): void => {
      queue.end();
      // A camera that has gone quiet would hold the read for ever; a file never does.
      this.#interrupt();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const run: Run = { queue, done: this.#produce(queue, isTaken, signal) };
    this.#run = run;
    try {
      for await (const frame of queue) {
        if (signal?.aborted) frame.close();
        throwIfAborted(signal);
        yield frame;
      }
      throwIfAborted(signal);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      queue.close();
      await run.done;
      this.#run = null;
      this.#iterating = false;
    }
  }

  /** To the nearest tick. A container that cannot seek is decoded from its beginning, up to the frame. */
  async seek(timeMs: number): Promise<void> {
    if (this.#iterating) throw new Fault('FAILED_PRECONDITION', `${this.#name}: leave the loop before seeking`);
    this.#seekTicks = fromMs(timeMs, this.#reel.timeBase).ticks;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #interrupt(): void {
    if (isAddress(this.#uri)) this.#reel.demuxer.watch.interrupt();
  }

  async #close(): Promise<void> {
    this.#run?.queue.close();
    if (this.#run) this.#interrupt();
    await this.#run?.done;
    await this.#reel[Symbol.asyncDispose]();
    this.#scalers.release();
    this.#store.close();
    this.#unhear();
  }

  /** Fills the queue until the end, a fault, or the reader's leaving; never rejects. */
  async #produce(queue: BoundedQueue<Frame>, isTaken: FrameTaker, signal: AbortSignal | undefined): Promise<void> {
    try {
      const delivered = await this.#deliver(queue, isTaken, signal);
      if (delivered === 0 && this.#seekTicks === null && !signal?.aborted) queue.fail(this.#nothing());
      queue.end();
    } catch (error) {
      queue.fail(toFault(error, 'INPUT_CORRUPT', `${this.#name}: `));
    } finally {
      this.#seekTicks = null;
    }
  }

  async #deliver(queue: BoundedQueue<Frame>, isTaken: FrameTaker, signal: AbortSignal | undefined): Promise<number> {
    const from = this.#seekTicks;
    let pending = await this.#begin(from, signal);
    let number = 0;
    while (pending) {
      let open = !signal?.aborted;
      for (const native of pending) {
        const isEarly = from !== null && native.pts < from;
        const at = isEarly ? -1 : number++;
        if (isEarly || !isTaken(at, { ticks: native.pts, timeBase: this.#reel.timeBase })) this.#store.give(native);
        else open = (await queue.push(this.#frame(native, at))) && open;
      }
      if (!open) return number;
      pending = await this.#reel.next();
    }
    return number;
  }

  /** Makes the reel stand at or before the first frame wanted, and returns the first frames from there. */
  async #begin(from: bigint | null, signal: AbortSignal | undefined): Promise<NativeFrame[] | null> {
    if (from === null || !(await this.#reel.seek(from))) {
      await this.#rewind(signal);
      return this.#reel.next();
    }
    this.#unread = false;
    const first = await this.#firstOf(this.#reel);
    // A container without a good index may land late: then only the way from the beginning is sure.
    if (first && first[0]!.pts <= from) return first;
    first?.forEach((frame) => this.#store.give(frame));
    await this.#rewind(signal);
    return this.#reel.next();
  }

  async #firstOf(reel: Reel): Promise<NativeFrame[] | null> {
    for (;;) {
      const frames = await reel.next();
      if (frames === null || frames.length > 0) return frames;
    }
  }

  async #rewind(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#unread) {
      await this.#reel[Symbol.asyncDispose]();
      this.#reel = await Reel.open(this.#uri, this.#store, { ...this.#options, name: this.#uri, signal });
    }
    this.#unread = false;
  }

  #frame(native: NativeFrame, number: number): Frame {
    const pixels = new LibavPixels(`${this.#name} frame ${number}`, native, { scalers: this.#scalers, store: this.#store });
    const size = { width: native.width, height: native.height };
    return Frame.of(pixels, { stream: this.#name, number, pts: { ticks: native.pts, timeBase: this.#reel.timeBase }, size });
  }

  #nothing(): Fault {
    const { corruptPackets } = this.losses;
    const damage = corruptPackets ? `; ${corruptPackets} damaged packets` : '';
    return new Fault('INPUT_CORRUPT', `${this.#uri}: not one picture could be decoded${damage}`);
  }
}
