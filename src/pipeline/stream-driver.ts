import { type Clock, type Fault, type Log, throwIfAborted, toFault, toMs } from '../core/index.js';
import type { MediaLosses, VideoSource } from '../media/index.js';
import type { SourceConfig } from './config-sources.js';
import type { Arrival } from './feed/arrival.js';
import { FrameFeed } from './feed/frame-feed.js';
import { RealtimeFeed } from './feed/realtime-feed.js';
import { Restarts } from './feed/restarts.js';
import type { Flight } from './flight.js';
import type { FrameResult } from './frame-result.js';
import type { Graph } from './graph.js';
import { inOrder } from './in-order.js';
import { type StreamSummary, StreamTally } from './run-summary.js';
import { StreamRun } from './stream-run.js';
import type { PathStep } from './metrics/critical-path.js';
import type { StreamMetrics } from './metrics/stream-metrics.js';
import type { StreamState } from './stream-state.js';
import type { Watched } from './watchdog.js';

/** A stream came into another state. */
export interface StreamStateEvent {
  readonly stream: string;
  readonly state: StreamState;
  /** Why it failed, or is opened again. */
  readonly fault?: Fault;
  /** When it is opened again, in milliseconds from now. */
  readonly afterMs?: number;
}

/** A frame of a realtime stream got no result, since a node failed on it. */
export interface FrameFailure {
  readonly stream: string;
  readonly frame: number;
  readonly fault: Fault;
}

/** A result on its way out of a stream. */
export interface Delivery<N extends string> {
  readonly result: FrameResult<N>;
  /** When the frame was captured or due; absent offline. */
  readonly capturedMs: number | undefined;
  /** When its nodes began. */
  readonly takenMs: number;
  /** What held it up. */
  readonly critical: readonly PathStep[];
  /** True for the first frame after a seek. */
  readonly jumped: boolean;
}

/** What a driver is made with. */
export interface DriverOptions<N extends string> {
  readonly stream: string;
  readonly config: SourceConfig;
  readonly source: VideoSource | undefined;
  readonly open: (signal: AbortSignal) => Promise<VideoSource>;
  readonly realtime: { readonly queue: number; readonly overflow: 'oldest' | 'newest' } | undefined;
  readonly graph: Graph;
  readonly metrics: StreamMetrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly serial: () => boolean;
  /** Frames that may be under way at once. */
  readonly window: () => number;
  readonly onFlight: (flight: Flight, result: FrameResult) => void;
  readonly onState: (event: StreamStateEvent) => void;
  readonly onFrameFailed: (failure: FrameFailure) => void;
  /** A source is open, for the first time or again. */
  readonly onOpened: (source: VideoSource) => Promise<void>;
  /** Takes a result over. Waits for somebody end with `gone`. */
  readonly deliver: (delivery: Delivery<N>, gone: AbortSignal) => Promise<void>;
}

/** A frame that no result came of; the reason was told. */
class FailedFrame implements Disposable {
  [Symbol.dispose](): void {}
}

/** A result that waits for its turn. */
class Looked<N extends string> implements Disposable, Delivery<N> {
  constructor(
    readonly result: FrameResult<N>,
    readonly capturedMs: number | undefined,
    readonly takenMs: number,
    readonly critical: readonly PathStep[],
    readonly jumped: boolean,
  ) {}

  [Symbol.dispose](): void {
    this.result[Symbol.dispose]();
  }
}

/** A realtime stream on which so many frames in a row fail is no stream. */
const MOST_FAILED_IN_A_ROW = 30;
const NO_LOSSES: MediaLosses = { corruptPackets: 0, damagedFrames: 0, truncated: false };
const RESTART_LIVE = { when: 'on-error', firstDelayMs: 500, maxDelayMs: 30_000 } as const;
const RESTART_NEVER = { when: 'never', firstDelayMs: 500, maxDelayMs: 30_000 } as const;

/** Takes one stream from its source to its results, over everything that becomes of the source. Its faults stay its own. */
export class StreamDriver<N extends string> {
  /** What was seen; whoever takes results adds them. */
  readonly tally = new StreamTally();
  readonly run: StreamRun<N>;
  readonly feed: FrameFeed;
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  #state: StreamState = 'ready';
  #beforePause: StreamState = 'ready';
  #fault: Fault | undefined;
  #deliveredMs = NaN;
  #positionMs: number | undefined;
  #handing: { to: string; readonly frame: number; sinceMs: number } | undefined;
  #failedInARow = 0;
  #pastLosses: MediaLosses = NO_LOSSES;
  #over: Promise<void> | undefined;
  /** Frames that never came to the nodes. */
  dropped = 0;
  /** Frames that no result came of, since a node failed on them or they were given up when the run was stopped. */
  failedFrames = 0;

  constructor(readonly options: DriverOptions<N>) {
    const { stream, graph, config, serial, onFlight, source, open, realtime, clock, log } = options;
    this.run = new StreamRun(graph, { stream, overrides: config.nodes, serial, onFlight, nowMs: () => clock.nowMs() });
    this.feed = new FrameFeed({
      stream,
      source,
      open,
      take: config.take,
      realtime: realtime !== undefined,
      restarts: (opened) => new Restarts(config.restart ?? (opened && !opened.info.live ? RESTART_NEVER : RESTART_LIVE)),
      clock,
      log,
      stop: this.#stop.signal,
      events: {
        opened: (opened) => options.onOpened(opened),
        restarting: (fault, afterMs) => this.#restarting(fault, afterMs),
        running: () => this.#become('running'),
        passedOver: () => this.#lose(1, 'source'),
      },
    });
  }

  get state(): StreamState {
    return this.#state;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Presentation time of the last result, in milliseconds. */
  get positionMs(): number | undefined {
    return this.#positionMs;
  }

  /** Whether it still has something to do. */
  get alive(): boolean {
    return this.#state !== 'ended' && this.#state !== 'stopped' && this.#state !== 'failed';
  }

  get losses(): MediaLosses {
    const { corruptPackets, damagedFrames, truncated } = this.feed.source?.losses ?? NO_LOSSES;
    const past = this.#pastLosses;
    return {
      corruptPackets: past.corruptPackets + corruptPackets,
      damagedFrames: past.damagedFrames + damagedFrames,
      truncated: past.truncated || truncated,
    };
  }

  /** Drives the stream to its end. Never throws: how it ended is its state. Once only. */
  drive(): Promise<void> {
    return (this.#over ??= this.#drive());
  }

  /** Closes the source and lets go of the graph. Nothing may be under way. */
  async close(): Promise<void> {
    if (!this.#over) this.run.close();
    await this.#over;
    await this.feed.close();
  }

  /** Takes no further frame; those at work come out. */
  stop(): void {
    this.#stop.abort();
  }

  /** Gives up what is at work, but for native runs in flight. */
  cancel(reason?: unknown): void {
    this.#cancel.abort(reason);
    this.#stop.abort();
  }

  pause(): void {
    if (!this.alive || this.feed.paused) return;
    this.feed.pause();
    this.#beforePause = this.#state;
    this.#become('paused');
  }

  resume(): void {
    if (!this.feed.paused) return;
    this.feed.resume();
    // Its source may have failed meanwhile.
    if (this.#state === 'paused') this.#become(this.#over && this.#beforePause === 'ready' ? this.#begun : this.#beforePause);
  }

  /** What the watchdog sees. */
  get watched(): Watched {
    return {
      stream: this.options.stream,
      deliveredMs: this.#deliveredMs,
      handing: this.#handing,
      flights: this.run.flights,
      expectsFrames: this.#state === 'running',
    };
  }

  /** Notes who has the result at present. */
  handTo(to: string): void {
    if (!this.#handing) return;
    this.#handing.to = to;
    this.#handing.sinceMs = this.options.clock.nowMs();
  }

  summary(): StreamSummary {
    const more = {
      state: this.#state,
      dropped: this.dropped,
      failedFrames: this.failedFrames,
      restarts: this.feed.restartCount,
      ...(this.#fault ? { fault: { code: this.#fault.code, message: this.#fault.message } } : {}),
    };
    return { ...this.tally.summary(this.losses), ...more };
  }

  async #drive(): Promise<void> {
    this.#deliveredMs = this.options.clock.nowMs();
    if (!this.feed.paused) this.#become(this.#begun);
    try {
      const { window } = this.options;
      for await (const looked of inOrder(this.#arrivals(), (arrival) => this.#look(arrival), { window, stop: this.#stop.signal })) {
        if (looked instanceof FailedFrame) continue;
        await this.#deliver(looked);
      }
      throwIfAborted(this.#cancel.signal);
      this.#become(this.#stop.signal.aborted ? 'stopped' : 'ended');
    } catch (error) {
      const fault = toFault(error, 'INTERNAL', `stream ${this.options.stream}: `);
      if (this.#stop.signal.aborted && fault.code === 'CANCELLED') this.#become('stopped');
      else {
        this.#fault = fault;
        this.options.metrics.failed();
        this.#become('failed', { fault });
      }
    } finally {
      this.feed.abandon();
      await this.feed.return().catch((error: unknown) => this.options.log.debug('a source could not be left', { error }));
      this.run.close();
    }
  }

  get #begun(): StreamState {
    return this.feed.source ? 'running' : 'restarting';
  }

  async #deliver(looked: Looked<N>): Promise<void> {
    const { clock, deliver } = this.options;
    const { meta } = looked.result;
    this.#handing = { to: 'the reader', frame: meta.frame, sinceMs: clock.nowMs() };
    this.#positionMs = toMs(meta.pts);
    try {
      await deliver(looked, this.#cancel.signal);
    } catch (error) {
      this.feed.abandon();
      throw error;
    }
    this.#handing = undefined;
    this.#deliveredMs = clock.nowMs();
  }

  #arrivals(): AsyncIterable<Arrival> {
    const { realtime, clock, metrics } = this.options;
    if (!realtime) return this.feed;
    return new RealtimeFeed(this.feed, {
      ...realtime,
      clock,
      stop: this.#stop.signal,
      onArrival: (nowMs) => metrics.arrived(nowMs),
      onDropped: (count) => this.#lose(count, realtime.overflow),
      onDepth: (depth) => metrics.queued(depth),
    });
  }

  async #look({ frame, capturedMs, jumped }: Arrival): Promise<Looked<N> | FailedFrame> {
    if (jumped) this.run.renew();
    const { clock, metrics, realtime } = this.options;
    const takenMs = clock.nowMs();
    if (!realtime) metrics.arrived(takenMs);
    metrics.taken();
    const { number } = frame;
    try {
      const { result, flight } = await this.run.look(frame, this.#cancel.signal);
      this.#failedInARow = 0;
      return new Looked(result, capturedMs, takenMs, flight.critical, jumped);
    } catch (error) {
      const fault = toFault(error, 'INTERNAL', `stream ${this.options.stream}, frame ${number}: `);
      this.failedFrames++;
      if (!realtime || this.#cancel.signal.aborted || ++this.#failedInARow >= MOST_FAILED_IN_A_ROW) {
        // The stream is over, whatever its source waits for.
        this.feed.abandon();
        throw fault;
      }
      this.options.onFrameFailed({ stream: this.options.stream, frame: number, fault });
      return new FailedFrame();
    }
  }

  #lose(count: number, reason: 'oldest' | 'newest' | 'source'): void {
    this.dropped += count;
    this.options.metrics.dropped(count, reason);
  }

  #restarting(fault: Fault | undefined, afterMs: number): void {
    this.#pastLosses = fault ? this.losses : this.#pastLosses;
    this.options.metrics.restarted();
    this.#become('restarting', { afterMs, ...(fault ? { fault } : {}) });
  }

  #become(state: StreamState, more: Pick<StreamStateEvent, 'fault' | 'afterMs'> = {}): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.metrics.state = state;
    this.options.onState({ stream: this.options.stream, state, ...more });
  }
}
