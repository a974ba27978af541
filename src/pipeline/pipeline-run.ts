import { stat } from 'node:fs/promises';
import { type Clock, Fault, type Log, throwIfAborted } from '../core/index.js';
import { NodeTimings } from '../analytics/index.js';
import { type TimedNode, criticalPath } from './metrics/critical-path.js';
import { type CountedModels, PipelineMetrics } from './metrics/pipeline-metrics.js';
import type { VideoSource } from '../media/index.js';
import type { Sink } from '../sinks/index.js';
import { type Collector, collectInto } from './collector.js';
import type { SourceConfig } from './config-sources.js';
import type { PipelineConfig } from './config.js';
import type { Flight } from './flight.js';
import type { FrameResult } from './frame-result.js';
import { frameWindow } from './frame-window.js';
import type { Graph } from './graph.js';
import type { Listeners } from './listeners.js';
import type { GraphNode } from './nodes/port.js';
import type { Output, OutputFile } from './outputs/port.js';
import type { PipelineEvents } from './pipeline-events.js';
import { PlanChooser } from './plan-chooser.js';
import type { ResultHub } from './result-hub.js';
import type { RunSummary, StreamSummary } from './run-summary.js';
import { type Delivery, StreamDriver, type StreamStateEvent } from './stream-driver.js';
import { Watchdog } from './watchdog.js';

/** Frames at work when the run is stopped get so long; those that still wait for a model then are given up. */
const STOP_GRACE_MS = 1500;

/** A realtime pipeline without a model takes so many frames of all streams at once. */
const MOST_REALTIME_FRAMES = 64;

/** A file that a sink writes. */
export type SinkFile = Pick<OutputFile, 'path' | 'holds'>;

/** What a run is made with. */
export interface PipelineRunOptions<N extends string> {
  readonly config: PipelineConfig;
  readonly graph: Graph;
  readonly clock: Clock;
  readonly log: Log;
  readonly outputs: ReadonlyMap<string, Output>;
  readonly sinks: readonly Sink[];
  readonly sinkFiles: readonly SinkFile[];
  readonly collectors: ReadonlySet<Collector>;
  readonly hub: ResultHub;
  readonly events: Listeners<PipelineEvents<N>>;
  readonly open: (stream: string, config: SourceConfig, signal: AbortSignal) => Promise<VideoSource>;
}

/** A stream that has a result to give. */
export interface Wanting {
  readonly stream: string;
  /** No other stream is at work. */
  readonly alone: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** How results leave a run. */
export interface RunReader<N extends string> {
  /** Ends the run at once. */
  readonly signal: AbortSignal;
  /** Called with each result in order, before collectors, sinks and outputs. */
  readonly onResult?: ((result: FrameResult<N>) => void | Promise<void>) | undefined;
  /** Waited for before a result goes anywhere; a result that is not wanted is dropped. */
  readonly wanted?: (wanting: Wanting) => Promise<boolean>;
  /** Takes each result over, after sinks and outputs; it is closed where nobody does. */
  readonly take?: (result: FrameResult<N>) => void;
  /** Stay when every stream has ended: others may be added. */
  readonly keepOpen: boolean;
}

const sizedFile = async ({ path, holds }: SinkFile): Promise<OutputFile> => ({
  path,
  holds,
  bytes: await stat(path).then(
    ({ size }) => size,
    () => 0,
  ),
});

/** From the first frame to the last of every stream, once. */
export class PipelineRun<N extends string> {
  readonly drivers = new Map<string, StreamDriver<N>>();
  readonly timings = new NodeTimings();
  readonly metrics: PipelineMetrics;
  /** Streams that were removed while it ran. */
  readonly #gone = new Map<string, StreamDriver<N>>();
  readonly #watchdog: Watchdog;
  #graph: Graph;
  #chooser: PlanChooser;
  #room: number;
  #reader: RunReader<N> | undefined;
  readonly #driving = new Map<StreamDriver<N>, Promise<void>>();
  /** What outputs threw when a stream ended. */
  readonly #faults: unknown[] = [];
  #settled = (): void => {};
  #stopping = false;
  #over = false;
  #startMs = NaN;
  #endMs = NaN;

  constructor(readonly options: PipelineRunOptions<N>) {
    this.#graph = options.graph;
    this.#chooser = this.#chooserFor(options.graph, options.config);
    this.#room = this.#roomOf(options.graph);
    const { clock, config, events, log } = options;
    this.metrics = new PipelineMetrics({ startMs: clock.nowMs(), models: () => this.#models() });
    this.#watchdog = new Watchdog(
      clock,
      config.watchdogSeconds * 1000,
      () => [...this.drivers.values()].filter(({ alive }) => alive).map(({ watched }) => watched),
      (stream, text) => {
        log.warn(text, { stream });
        events.emit('stalled', { stream, text });
      },
    );
  }

  get plan(): PlanChooser['state'] {
    return this.#chooser.state;
  }

  get started(): boolean {
    return this.#reader !== undefined;
  }

  /** How long it has run, in milliseconds. */
  get elapsedMs(): number {
    return (Number.isNaN(this.#endMs) ? this.options.clock.nowMs() : this.#endMs) - this.#startMs;
  }

  /**
   * Adds a stream, and starts it where the run has started and not ended. Without a source, it is opened as its restart rules say.
   * @throws Fault of the outputs; nothing is added then, and the source stays the caller's
   */
  async addStream(name: string, config: SourceConfig, source: VideoSource | undefined): Promise<void> {
    if (source && !this.#over) await this.#join(name, source);
    let joined = source !== undefined;
    const { clock, log, open } = this.options;
    const { mode, realtime } = this.options.config;
    const driver: StreamDriver<N> = new StreamDriver<N>({
      stream: name,
      config,
      source,
      open: (signal) => open(name, config, signal),
      realtime: mode === 'realtime' ? realtime : undefined,
      graph: this.#graph,
      metrics: this.metrics.stream(name),
      clock,
      log,
      serial: () => this.#chooser.serial,
      window: () => this.#window(),
      onFlight: (flight, result) => this.#flown(driver, flight, result),
      onState: (event) => this.#stateChanged(event),
      onFrameFailed: (failure) => {
        log.warn(`stream ${name}, frame ${failure.frame} got no result: ${failure.fault.message}`, { stream: name });
        this.options.events.emit('frame-failed', failure);
      },
      onOpened: async (opened) => {
        if (!joined) await this.#join(name, opened);
        joined = true;
      },
      deliver: (delivery, gone) => this.#deliver(driver, delivery, gone),
    });
    this.drivers.set(name, driver);
    if (this.#reader && !this.#over) this.#drive(driver);
  }

  /** Ends a stream in good order; the others go on. */
  async removeStream(name: string): Promise<void> {
    const driver = this.drivers.get(name);
    if (!driver) return;
    this.drivers.delete(name);
    this.#gone.set(name, driver);
    driver.stop();
    const callOff = this.options.clock.after(STOP_GRACE_MS, () => driver.cancel(new Fault('CANCELLED', 'the stream was removed')));
    // With its outputs: it may come back under its name.
    await this.#driving.get(driver);
    callOff();
    await driver.close();
    driver.options.metrics.removed();
  }

  /** The next frames of every stream go through this graph. */
  turnTo(graph: Graph, config: PipelineConfig): void {
    this.#graph = graph;
    this.#chooser = this.#chooserFor(graph, config);
    this.#room = this.#roomOf(graph);
    for (const [name, driver] of this.drivers) driver.run.turnTo(graph, config.sources[name]?.nodes);
  }

  /** Drives every stream to its end. @throws Fault of the first stream when every stream failed; CANCELLED; of sinks and outputs */
  async start(reader: RunReader<N>): Promise<RunSummary> {
    this.#reader = reader;
    const { clock } = this.options;
    this.#startMs = clock.nowMs();
    const cancel = (): void => this.#cancel(reader.signal.reason);
    reader.signal.addEventListener('abort', cancel, { once: true });
    this.#watchdog.start();
    for (const driver of this.drivers.values()) this.#drive(driver);
    if (reader.signal.aborted) cancel();
    await this.#allEnded();
    reader.signal.removeEventListener('abort', cancel);
    this.#watchdog.stop();
    this.#endMs = clock.nowMs();
    return this.#close(reader);
  }

  /** Takes no further frame; those at work come out, as far as they do so soon. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const driver of this.drivers.values()) driver.stop();
    this.#settled();
    const reason = new Fault('CANCELLED', 'the run was stopped');
    this.options.clock.after(STOP_GRACE_MS, () => this.#cancel(reason));
  }

  /** Drops what is at work, and ends in good order. */
  leave(reason: Fault): void {
    this.#cancel(reason);
  }

  /** What came of it so far. */
  streams(): Record<string, StreamSummary> {
    return Object.fromEntries([...this.#gone, ...this.drivers].map(([name, driver]) => [name, driver.summary()]));
  }

  #cancel(reason: unknown): void {
    this.#stopping = true;
    for (const driver of this.drivers.values()) driver.cancel(reason);
    this.#settled();
  }

  #drive(driver: StreamDriver<N>): void {
    const driving = this.#driveToEnd(driver).finally(() => {
      this.#driving.delete(driver);
      this.#settled();
    });
    this.#driving.set(driver, driving);
    if (this.#stopping) driver.stop();
  }

  async #driveToEnd(driver: StreamDriver<N>): Promise<void> {
    await driver.drive();
    // What waits for this stream, such as a wall, goes on without it.
    for (const output of this.options.outputs.values())
      await output.endStream(driver.options.stream).catch((error: unknown) => void this.#faults.push(error));
  }

  async #allEnded(): Promise<void> {
    while (this.#driving.size > 0 || (this.#reader?.keepOpen && !this.#stopping)) await new Promise<void>((resolve) => (this.#settled = resolve));
    this.#over = true;
  }

  /** @throws Fault as `start` */
  async #close({ signal }: RunReader<N>): Promise<RunSummary> {
    const drivers = [...this.#gone.values(), ...this.drivers.values()];
    const failed = drivers.filter(({ state }) => state === 'failed');
    const everyFailed = failed.length > 0 && failed.length === drivers.length;
    this.options.hub.end();
    if (signal.aborted && !everyFailed) throwIfAborted(signal);
    if (everyFailed) {
      // What was good stays: outputs and sinks are completed as far as the run came. What broke it is told, not what came of that.
      if (!signal.aborted) await this.#finish(true).catch(() => {});
      throwIfAborted(signal);
      throw failed[0]!.fault!;
    }
    const streams = this.streams();
    const total = (key: 'frames' | 'objects'): number => Object.values(streams).reduce((sum, stream) => sum + stream[key], 0);
    const outputs = await this.#finish(this.#stopping || failed.length > 0);
    return { frames: total('frames'), objects: total('objects'), elapsedMs: this.elapsedMs, streams, outputs };
  }

  /** Completes sinks and outputs, each whatever becomes of the others. @throws the first fault */
  async #finish(interrupted: boolean): Promise<Record<string, readonly OutputFile[]>> {
    const { sinks, sinkFiles, outputs } = this.options;
    const made: Record<string, readonly OutputFile[]> = {};
    const faults = this.#faults;
    const attempt = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => void faults.push(error));
    for (const sink of sinks) await attempt(sink.finish());
    const written = await Promise.all(sinkFiles.map(sizedFile));
    for (const [name, output] of outputs) {
      const losses = new Map([...this.#gone, ...this.drivers].map(([stream, driver]) => [stream, driver.losses]));
      const run = {
        elapsedMs: this.elapsedMs,
        interrupted,
        losses,
        files: [...Object.values(made).flat(), ...written],
        timings: this.timings.list(),
      };
      await attempt(output.finish(run).then((files) => void (made[name] = files)));
    }
    if (faults.length > 0) throw faults[0];
    return made;
  }

  #stateChanged(event: StreamStateEvent): void {
    const { stream, state, fault, afterMs } = event;
    const { log, events } = this.options;
    if (state === 'restarting' && fault)
      log.warn(`stream ${stream}: ${fault.message}; opening it again${afterMs ? ` in ${(afterMs / 1000).toFixed(1)} s` : ''}`, { stream });
    if (state === 'failed') log.error(`stream ${stream} failed: ${fault?.message}`, { stream });
    events.emit('stream', event);
  }

  async #join(name: string, source: VideoSource): Promise<void> {
    const outputs = [...this.options.outputs.values()];
    try {
      for (const output of outputs) await output.addStream(name, source);
    } catch (error) {
      // Those that took it must not wait for it.
      for (const output of outputs)
        await output.endStream(name).catch((fault: unknown) => this.options.log.debug('an output could not let a stream go', { error: fault }));
      throw error;
    }
  }

  #flown(driver: StreamDriver<N>, flight: Flight, result: FrameResult): void {
    const { startMs, endMs, takenMs } = flight;
    const { metrics } = driver.options;
    const { inferred } = result.meta;
    const timed: TimedNode[] = [];
    for (const [at, { name, reads }] of flight.nodes.entries()) {
      const [start, end] = [startMs[at]!, endMs[at]!];
      timed.push({ name, reads, startMs: start, endMs: end });
      this.timings.add(name, end - start);
      metrics.node(name).looked({ startMs: start, endMs: end, inferred: inferred[name]!, objects: result.count(name) });
    }
    flight.critical = criticalPath(timed, takenMs);
    const lastMs = timed.reduce((last, { endMs: end }) => Math.max(last, end), takenMs);
    if (this.#chooser.done(lastMs - takenMs, lastMs)) this.options.events.emit('plan', this.#chooser.state);
  }

  #models(): CountedModels {
    return Object.fromEntries(this.#graph.nodes.flatMap(({ name, model }) => (model ? [[name, model]] : [])));
  }

  async #deliver(driver: StreamDriver<N>, { result, capturedMs, takenMs, critical }: Delivery<N>, gone: AbortSignal): Promise<void> {
    const { collectors, hub, events, sinks, outputs } = this.options;
    const reader = this.#reader!;
    let given = false;
    try {
      const doneMs = this.options.clock.nowMs();
      const since = capturedMs === undefined ? {} : { capturedMs, latenessMs: takenMs - capturedMs };
      driver.options.metrics.done({ takenMs, doneMs, critical, ...since });
      if (reader.wanted && !(await reader.wanted({ stream: result.meta.stream, alone: this.#alive <= 1, signal: gone }))) return;
      driver.tally.add(result);
      hub.take(result);
      for (const event of result.events) events.emit('event', event);
      const heard = reader.onResult?.(result);
      if (heard) await heard;
      if (collectors.size > 0) {
        driver.handTo('a collector');
        for (const collector of collectors) await collectInto(collector, result);
      }
      if (sinks.length > 0) {
        driver.handTo('a sink');
        for (const sink of sinks) await sink.write(result.meta, result.events);
      }
      for (const [name, output] of outputs) {
        driver.handTo(`output ${name}`);
        await output.write(result);
      }
      if (reader.take) {
        given = true;
        reader.take(result);
      }
    } finally {
      if (!given) result[Symbol.dispose]();
    }
  }

  /** Streams that still have something to do. */
  get #alive(): number {
    let count = 0;
    for (const { alive } of this.drivers.values()) if (alive) count++;
    return count;
  }

  /** Frames of one stream under way: all streams together keep the models busy; in realtime none waits behind others of its stream. */
  #window(): number {
    const share = this.#room / Math.max(1, this.#alive);
    return this.options.config.mode === 'realtime' ? Math.max(1, Math.floor(share)) : Math.max(2, Math.ceil(share));
  }

  /** Frames of all streams under way. */
  #roomOf({ nodes }: Graph): number {
    if (this.options.config.mode === 'offline') return frameWindow(nodes);
    const instances = (of: readonly GraphNode[]): number[] => of.flatMap(({ model }) => (model ? [model.instances] : []));
    const primary = instances(nodes.filter(({ reads }) => reads.length === 0));
    return Math.min(MOST_REALTIME_FRAMES, ...(primary.length > 0 ? primary : instances(nodes)));
  }

  #chooserFor(graph: Graph, { plan, mode }: PipelineConfig): PlanChooser {
    return new PlanChooser(plan, graph.nodes, mode === 'realtime' ? 'latency' : 'rate');
  }
}
