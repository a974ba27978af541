import { type Clock, Fault, type Frame, type Log, fail, throwIfAborted, toFault, toMs } from '../../core/index.js';
import type { VideoSource } from '../../media/index.js';
import type { TakeConfig } from '../config-sources.js';
import { Arrival } from './arrival.js';
import type { Restarts } from './restarts.js';
import { StreamTimes } from './stream-times.js';

/** What the owner of a feed is told. */
export interface FeedEvents {
  /** A source is open; the feed goes on when this settles. */
  opened(source: VideoSource): Promise<void>;
  /** The source failed, or came to its end, and will be opened again after the wait. */
  restarting(fault: Fault | undefined, afterMs: number): void;
  /** Frames come, again. */
  running(): void;
  /** A frame came while a live source was paused, and was dropped. */
  passedOver(): void;
}

/** What a feed is made with. */
export interface FeedOptions {
  readonly stream: string;
  /** Absent where the first attempt failed, and is to be made again. */
  readonly source: VideoSource | undefined;
  readonly open: (signal: AbortSignal) => Promise<VideoSource>;
  /** How often, known once a source is open. */
  readonly restarts: (source: VideoSource | undefined) => Restarts;
  readonly take: TakeConfig | undefined;
  /** Gaps of a restart are the time that went by, not a frame. */
  readonly realtime: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** No further frame. */
  readonly stop: AbortSignal;
  readonly events: FeedEvents;
}

/** A place to go to, and who waits for it. */
interface Seek {
  readonly timeMs: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const END: IteratorResult<Arrival, undefined> = { done: true, value: undefined };

/** The frames of one stream over everything that becomes of its source: restarts, pauses, seeks. Pulled, by one reader. */
export class FrameFeed implements AsyncIterableIterator<Arrival, undefined> {
  readonly times = new StreamTimes();
  readonly #over = new AbortController();
  #source: VideoSource | undefined;
  #iterator: AsyncIterator<Frame> | undefined;
  #restarts: Restarts | undefined;
  #paused = false;
  #wake = (): void => {};
  #seek: Seek | undefined;
  #asked = false;
  #jumping: Promise<void> | undefined;
  #jumped = false;
  #anchor = true;
  #skipToMs = -Infinity;
  #lastMs = NaN;

  constructor(readonly options: FeedOptions) {
    this.#source = options.source;
    options.stop.addEventListener('abort', this.#abandon, { once: true });
  }

  /** The source at present. */
  get source(): VideoSource | undefined {
    return this.#source;
  }

  get restartCount(): number {
    return this.#restarts?.count ?? 0;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#anchor = true;
    this.#wake();
  }

  /**
   * The next frame is the first at or after `timeMs`. Resolves when the source has got there, or is sent elsewhere.
   * @throws Fault UNSUPPORTED for a live source, FAILED_PRECONDITION when the stream is over
   */
  async seek(timeMs: number): Promise<void> {
    const { stream } = this.options;
    if (this.#ended) fail('FAILED_PRECONDITION', `stream ${stream} is over: there is nothing to seek in`);
    if (this.#source?.info.live) fail('UNSUPPORTED', `stream ${stream}: a live source cannot be sought in`);
    this.#seek?.done();
    const sought = new Promise<void>((done, failed) => (this.#seek = { timeMs, done, failed }));
    this.#wake();
    this.#attend();
    await sought;
  }

  /** Ends every wait at once: nobody will ask for a frame any more. */
  abandon(): void {
    this.#abandon();
  }

  readonly #abandon = (): void => {
    this.options.stop.removeEventListener('abort', this.#abandon);
    this.#over.abort();
    this.#wake();
  };

  get #ended(): boolean {
    return this.#over.signal.aborted;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Arrival, undefined>> {
    this.#asked = true;
    try {
      await this.#jumping;
      return await this.#next();
    } finally {
      this.#asked = false;
      this.#attend();
    }
  }

  async #next(): Promise<IteratorResult<Arrival, undefined>> {
    for (;;) {
      if (this.#ended) return this.return();
      if (this.#seek) await this.#jump(this.#seek);
      else if (this.#paused) await this.#rest();
      else {
        const arrival = await this.#pull();
        if (arrival === 'ended') return this.return();
        if (arrival !== 'again') return { done: false, value: arrival };
      }
    }
  }

  async return(): Promise<IteratorResult<Arrival, undefined>> {
    this.#abandon();
    await this.#jumping;
    await this.#leave();
    this.#seek?.done();
    this.#seek = undefined;
    return END;
  }

  /** Closes the source. No frame may be asked for any more. */
  async close(): Promise<void> {
    await this.return();
    await this.#source?.[Symbol.asyncDispose]();
    this.#source = undefined;
  }

  async #pull(): Promise<Arrival | 'again' | 'ended'> {
    let fault: Fault | undefined;
    try {
      const source = this.#source ?? (await this.#reopen());
      const { take } = this.options;
      this.#iterator ??= source.frames({ signal: this.#over.signal, ...(take ? { take } : {}) })[Symbol.asyncIterator]();
      const { done, value } = await this.#iterator.next();
      if (!done) return this.#taken(value);
      this.#iterator = undefined;
      if (source.info.live) fault = new Fault('UNAVAILABLE', `stream ${this.options.stream}: the source ended, which a live source should not`);
    } catch (error) {
      this.#iterator = undefined;
      if (this.#ended) return 'ended';
      fault = toFault(error, 'INTERNAL', `stream ${this.options.stream}: `);
    }
    if (await this.#again(fault)) return 'again';
    if (fault && !this.#ended) throw fault;
    return 'ended';
  }

  #taken(frame: Frame): Arrival | 'again' {
    if (toMs(frame.pts) <= this.#skipToMs) {
      frame.close();
      return 'again';
    }
    this.#skipToMs = -Infinity;
    this.#restartsOf().healthy();
    this.#lastMs = this.options.clock.nowMs();
    const placed = this.times.place(frame);
    if (this.#paused) {
      placed.close();
      this.options.events.passedOver();
      return 'again';
    }
    const arrival = new Arrival(placed, this.#jumped, this.#anchor);
    if (this.#anchor) this.options.events.running();
    this.#jumped = false;
    this.#anchor = false;
    return arrival;
  }

  #restartsOf(): Restarts {
    return (this.#restarts ??= this.options.restarts(this.#source));
  }

  /** Waits as the rules say, and gets ready to go on. Answers false when it is over. */
  async #again(fault: Fault | undefined): Promise<boolean> {
    const { clock, events, realtime } = this.options;
    const afterMs = this.#restartsOf().next(fault ? 'fault' : 'end');
    if (afterMs === undefined) return false;
    events.restarting(fault, afterMs);
    const { ownMs } = this.times;
    const file = this.#source && !this.#source.info.live;
    if (fault) await this.#drop();
    if (afterMs > 0) await clock.sleep(afterMs, this.#over.signal).catch(() => {});
    if (this.#ended) return false;
    this.#anchor = true;
    // A file that failed goes on behind its last good frame.
    if (fault && file && ownMs !== undefined && !realtime) this.#skipToMs = ownMs;
    else this.times.restarted({ gapMs: realtime && !Number.isNaN(this.#lastMs) ? clock.nowMs() - this.#lastMs : 0 });
    return true;
  }

  /** Waits for the end of the pause. A live source is closed meanwhile: what it sends until then is of no use, and costs a decoder. */
  async #rest(): Promise<void> {
    if (this.#source?.info.live) {
      const { clock } = this.options;
      await this.#leave();
      await this.#drop();
      while (this.#paused && !this.#ended && !this.#seek) await this.#woken();
      this.times.restarted({ gapMs: Number.isNaN(this.#lastMs) ? 0 : clock.nowMs() - this.#lastMs });
    } else await this.#woken();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async #drop(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await Promise.resolve(source?.[Symbol.asyncDispose]()).catch((error: unknown) =>
      this.options.log.debug('a source that failed could not be closed', { error }),
    );
  }

  async #reopen(): Promise<VideoSource> {
    const { open, events } = this.options;
    const source = await open(this.#over.signal);
    this.#source = source;
    throwIfAborted(this.#over.signal);
    await events.opened(source);
    return source;
  }

  /** While nobody asks for a frame: whoever would may be the one who waits for the seek. */
  #attend(): void {
    if (this.#seek && !this.#asked && !this.#ended) this.#jumping ??= this.#jumpAlone();
  }

  async #jumpAlone(): Promise<void> {
    while (this.#seek && !this.#ended) await this.#jump(this.#seek);
    this.#jumping = undefined;
  }

  async #jump({ timeMs, done, failed }: Seek): Promise<void> {
    this.#seek = undefined;
    this.#skipToMs = -Infinity;
    try {
      await this.#leave();
      const source = this.#source ?? (await this.#reopen());
      await source.seek(timeMs);
      this.times.jumped();
      this.#jumped = true;
      this.#anchor = true;
      done();
    } catch (error) {
      failed(error);
    }
  }

  async #leave(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    await iterator?.return?.();
  }
}
