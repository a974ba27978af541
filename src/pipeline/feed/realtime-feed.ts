import { BoundedQueue, type Clock, toMs } from '../../core/index.js';
import type { Arrival } from './arrival.js';
import type { FrameFeed } from './frame-feed.js';

/** How a stream stays current. */
export interface RealtimeOptions {
  readonly clock: Clock;
  /** Frames that may wait. */
  readonly queue: number;
  /** Which goes when one more comes. */
  readonly overflow: 'oldest' | 'newest';
  /** Ends waits for a frame's time. */
  readonly stop: AbortSignal;
  /** A frame came. */
  readonly onArrival: (nowMs: number) => void;
  readonly onDropped: (count: number) => void;
  /** Frames that wait, after it changed. */
  readonly onDepth: (depth: number) => void;
}

/**
 * Lays media time against the clock. A file's frame is due as long after the first as its time says; a live source's frame is there when it
 * comes.
 */
class Pace {
  #offsetMs = 0;

  constructor(readonly clock: Clock) {}

  /** When the frame is due. */
  dueMs({ frame, anchor }: Arrival): number {
    const mediaMs = toMs(frame.pts);
    if (anchor) this.#offsetMs = this.clock.nowMs() - mediaMs;
    return mediaMs + this.#offsetMs;
  }
}

/**
 * The frames of one stream as they happen. The feed is read at the pace of its media time, or of the camera, whatever the reader's; a frame that finds
 * the queue full is dropped, or takes the place of the oldest.
 */
export class RealtimeFeed implements AsyncIterable<Arrival> {
  readonly #queue: BoundedQueue<Arrival>;
  readonly #pace: Pace;

  constructor(
    readonly feed: FrameFeed,
    readonly options: RealtimeOptions,
  ) {
    const overflow = options.overflow === 'oldest' ? 'drop-oldest' : 'drop-newest';
    this.#queue = new BoundedQueue({ capacity: options.queue, overflow });
    this.#pace = new Pace(options.clock);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, undefined> {
    const pulled = this.#pull();
    try {
      for await (const arrival of this.#queue) {
        this.options.onDepth(this.#queue.length);
        yield arrival;
      }
    } finally {
      this.#queue.close();
      this.feed.abandon();
      await pulled;
    }
  }

  async #pull(): Promise<void> {
    const { feed } = this;
    try {
      for (;;) {
        const { done, value } = await feed.next();
        if (done) break;
        await this.#wait(value);
        if (!(await this.#push(value))) break;
      }
      await feed.return();
      this.#queue.end();
    } catch (error) {
      this.#queue.fail(error);
    }
  }

  async #wait(arrival: Arrival): Promise<void> {
    const { clock, stop } = this.options;
    if (this.feed.source?.info.live) {
      arrival.capturedMs = clock.nowMs();
      return;
    }
    const dueMs = this.#pace.dueMs(arrival);
    arrival.capturedMs = dueMs;
    const aheadMs = dueMs - clock.nowMs();
    if (aheadMs > 1) await clock.sleep(aheadMs, stop).catch(() => {});
  }

  async #push(arrival: Arrival): Promise<boolean> {
    const { onArrival, onDropped, onDepth, clock } = this.options;
    const before = this.#queue.dropped;
    onArrival(clock.nowMs());
    const taken = await this.#queue.push(arrival);
    const dropped = this.#queue.dropped - before;
    if (dropped > 0) onDropped(dropped);
    onDepth(this.#queue.length);
    return taken;
  }
}
