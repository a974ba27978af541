import type { EventMeta, Frame, FrameMeta, ObjectMeta } from '../core/index.js';
import type { Shape } from '../vision/index.js';
import type { StreamNodeConfig } from './config-sources.js';
import { finalObjects } from './final-objects.js';
import { Flight } from './flight.js';
import { type FindingsByNode, FrameResult, type ObjectAnswer } from './frame-result.js';
import type { Graph } from './graph.js';
import { type Board, type Draft, type LineState, NOTHING, type NodeFindings, SKIPPED, type Said } from './nodes/board.js';
import type { GraphNode, StreamNode } from './nodes/port.js';
import { type Rate, Schedule } from './schedule.js';

/** A node at work on the stream. */
interface Placed {
  readonly node: GraphNode;
  readonly stream: StreamNode;
  /** Places of the nodes that it reads. */
  readonly reads: readonly number[];
  readonly schedule: Schedule;
  /** When the node may begin with the next frame: it is done with the last one, or has begun with it; where it needs order at all. */
  turn: Promise<unknown> | undefined;
}

/** The stream's side of one graph. */
interface Layout {
  readonly graph: Graph;
  readonly placed: readonly Placed[];
  /** The same nodes, by place. */
  readonly nodes: readonly GraphNode[];
  readonly places: ReadonlyMap<string, number>;
  /** Frames under way. */
  frames: number;
}

/** A frame that went through the nodes. */
export interface Seen<N extends string> {
  readonly flight: Flight;
  readonly result: FrameResult<N>;
}

/** What a stream is run with. */
export interface StreamRunOptions {
  readonly stream: string;
  /** What is different for nodes on this stream. */
  readonly overrides?: Readonly<Record<string, StreamNodeConfig>>;
  /** Asked for each frame: whether its nodes work one after the other. */
  readonly serial?: () => boolean;
  /** Monotonic milliseconds; the machine's clock when absent. */
  readonly nowMs?: () => number;
  /** Told when a frame is through, before its result is given out. */
  readonly onFlight?: (flight: Flight, result: FrameResult) => void;
}

/** What the nodes said of one frame, by their names, for whoever asks when all is done. */
class FrameFindings implements FindingsByNode {
  readonly given = new Map<Draft, ObjectMeta>();

  constructor(
    readonly findings: readonly NodeFindings[],
    readonly places: ReadonlyMap<string, number>,
  ) {}

  count(node: string): number {
    return this.#of(node)?.objects.length ?? 0;
  }

  said(node: string): boolean {
    const of = this.#of(node);
    return of !== undefined && (of.inferred || of.objects.length > 0 || of.value !== undefined);
  }

  objects(node: string): readonly ObjectMeta[] {
    return this.#of(node)?.objects.flatMap((draft) => this.given.get(draft) ?? NOTHING) ?? NOTHING;
  }

  answers(node: string): readonly ObjectAnswer[] {
    return this.#of(node)?.said?.flatMap((said) => this.#answer(said)) ?? NOTHING;
  }

  value(node: string): unknown {
    return this.#of(node)?.value;
  }

  #answer({ of, answered }: Said): readonly ObjectAnswer[] {
    const object = this.given.get(of);
    return object && answered ? [{ object, ...answered }] : NOTHING;
  }

  #of(node: string): NodeFindings | undefined {
    return this.findings[this.places.get(node) ?? -1];
  }
}

/** What algorithms of one's own gave; nothing where none did. */
function valuesOf(findings: readonly NodeFindings[], placed: readonly Placed[]): Pick<FrameMeta, 'values' | 'valueFrames'> | undefined {
  let values: Record<string, unknown> | undefined;
  let valueFrames: Record<string, number> | undefined;
  findings.forEach(({ value, fromFrame }, at) => {
    if (value === undefined) return;
    const { name } = placed[at]!.node;
    (values ??= {})[name] = value;
    if (fromFrame !== undefined) (valueFrames ??= {})[name] = fromFrame;
  });
  return values && (valueFrames ? { values, valueFrames } : { values });
}

const rateOf = ({ rate }: GraphNode, { everyFrames, everySeconds }: StreamNodeConfig = {}): Rate =>
  everyFrames === undefined && everySeconds === undefined ? (rate ?? {}) : { everyFrames, everySeconds };

const sameRate = (a: Rate, b: Rate): boolean => (a.everyFrames ?? 1) === (b.everyFrames ?? 1) && a.everySeconds === b.everySeconds;

/**
 * Takes the frames of one stream through the nodes. A node looks at a frame when every node that it reads has reported on that frame, and one
 * that needs order, when it is done with the frame before: both are promises of that very frame, so nothing is polled and nothing waits for data at start.
 * Another graph may take the place of the present one between two frames.
 */
export class StreamRun<N extends string> {
  #layout: Layout;
  /** The present one, and those before it that have frames under way. */
  readonly #layouts = new Set<Layout>();
  #closed = false;
  #overrides: Readonly<Record<string, StreamNodeConfig>>;
  readonly #flights = new Set<Flight>();
  readonly #nowMs: () => number;

  /** Holds the graph until `close`. */
  constructor(
    graph: Graph,
    readonly options: StreamRunOptions,
  ) {
    this.#overrides = options.overrides ?? {};
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#layout = this.#lay(graph.retain());
  }

  /** Frames under way, oldest first. */
  get flights(): ReadonlySet<Flight> {
    return this.#flights;
  }

  /** The next frames go through this graph, unless there are none to come. Nodes that both graphs share keep what they know of the stream. */
  turnTo(graph: Graph, overrides = this.#overrides): void {
    if (this.#closed) return;
    const before = this.#layout;
    this.#overrides = overrides;
    this.#layout = this.#lay(graph.retain(), before);
    if (before.frames === 0) this.#leave(before);
  }

  /** Forgets what nodes know of the stream: the next frame does not follow on the last. */
  renew(): void {
    const before = this.#layout;
    this.#layout = this.#lay(before.graph.retain());
    if (before.frames === 0) this.#leave(before);
  }

  /** Lets go of the graph. Nothing may be under way. */
  close(): void {
    this.#closed = true;
    this.#leave(this.#layout);
  }

  /** Takes the frame over, whatever becomes of it. Frames are to be given in presentation order; several may be under way. */
  async look(frame: Frame, signal: AbortSignal): Promise<Seen<N>> {
    const layout = this.#layout;
    const { placed, places } = layout;
    const findings: (NodeFindings | undefined)[] = [];
    const due = placed.map(({ schedule }) => schedule.due(frame.pts));
    const board: Board = {
      frame,
      // A node that is left out on this stream says nothing, which is not the same as finding nothing.
      of: (name) => findings[places.get(name) ?? -1] ?? SKIPPED,
      due: (name) => due[places.get(name) ?? -1] ?? false,
    };
    const flight = new Flight(frame.number, layout.nodes, this.#nowMs());
    this.#flights.add(flight);
    layout.frames++;
    const done: Promise<unknown>[] = [];
    const serial = this.options.serial?.() ?? false;
    for (const [at, each] of placed.entries()) {
      let begun = (): void => {};
      const look = async (): Promise<void> => {
        flight.begun(at, this.#nowMs());
        begun();
        const finding = each.stream.look(board, signal);
        findings[at] = finding instanceof Promise ? await finding : finding;
        flight.done(at, this.#nowMs());
      };
      const before = this.#before(each, at, done, serial);
      const ready = before.length === 0 ? look() : Promise.all(before).then(look);
      ready.catch(() => {});
      // The next frame minds when its turn comes, not what became of this one.
      if (each.node.ordered) each.turn = ready.catch(() => {});
      else if (each.node.startsInOrder) each.turn = Promise.race([new Promise<void>((resolve) => (begun = resolve)), ready.catch(() => {})]);
      done.push(ready);
    }
    try {
      await Promise.all(done);
    } catch (error) {
      await Promise.allSettled(done);
      for (const finding of findings) finding?.replaced?.close();
      frame.close();
      throw error;
    } finally {
      this.#flights.delete(flight);
      if (--layout.frames === 0 && layout !== this.#layout) this.#leave(layout);
    }
    const result = this.#result(frame, layout, findings as NodeFindings[]);
    this.options.onFlight?.(flight, result);
    return { flight, result };
  }

  #before({ reads, turn }: Placed, at: number, done: readonly Promise<unknown>[], serial: boolean): Promise<unknown>[] {
    const before = serial && at > 0 ? [done[at - 1]!] : reads.map((read) => done[read]!);
    if (turn) before.push(turn);
    return before;
  }

  #lay(graph: Graph, before?: Layout): Layout {
    const placed: Placed[] = [];
    const places = new Map<string, number>();
    for (const node of graph.nodes) {
      if (!this.#works(node, places)) continue;
      const last = before?.placed.find((each) => each.node.name === node.name);
      const reads = node.reads.flatMap((read) => places.get(read) ?? NOTHING);
      const rate = rateOf(node, this.#overrides[node.name]);
      const schedule = last && sameRate(last.schedule.rate, rate) ? last.schedule : new Schedule(rate);
      places.set(node.name, placed.length);
      placed.push({ node, stream: this.#opened(node, last), reads, schedule, turn: last?.turn });
    }
    const layout: Layout = { graph, placed, nodes: placed.map(({ node }) => node), places, frames: 0 };
    this.#layouts.add(layout);
    return layout;
  }

  #works({ name, reads }: GraphNode, places: ReadonlyMap<string, number>): boolean {
    return this.#overrides[name]?.enabled !== false && (reads.length === 0 || reads.some((read) => places.has(read)));
  }

  #opened(node: GraphNode, last: Placed | undefined): StreamNode {
    if (last?.node === node) return last.stream;
    const fresh = node.open(this.options.stream);
    if (last) fresh.follow?.(last.stream);
    return fresh;
  }

  /** No frame will go through the layout any more. */
  #leave(layout: Layout): void {
    this.#layouts.delete(layout);
    const kept = new Set([...this.#layouts].flatMap(({ placed }) => placed.map(({ stream }) => stream)));
    for (const { stream } of layout.placed) if (!kept.has(stream)) stream.close?.();
    layout.graph.release();
  }

  #result(frame: Frame, { graph, placed, places }: Layout, findings: readonly NodeFindings[]): FrameResult<N> {
    const { stream, number, pts, size } = frame.info;
    const read = new FrameFindings(findings, places);
    const objects = finalObjects(findings, read.given);
    const inferred: Record<string, boolean> = {};
    let events: EventMeta[] | undefined;
    let lines: LineState[] | undefined;
    let shapes: Shape[] | undefined;
    let replaced: Frame | undefined;
    findings.forEach((finding, at) => {
      inferred[placed[at]!.node.name] = finding.inferred;
      if (finding.events?.length) (events ??= []).push(...finding.events);
      if (finding.lines?.length) (lines ??= []).push(...finding.lines);
      if (finding.shapes?.length) (shapes ??= []).push(...finding.shapes);
      if (!finding.replaced) return;
      // The last in the order of the plan is shown.
      replaced?.close();
      replaced = finding.replaced;
    });
    for (const { name } of placed.length === graph.held.length ? NOTHING : graph.nodes) inferred[name] ??= false;
    for (const name of graph.inactive) inferred[name] = false;
    const meta = { stream, frame: number, pts, size, inferred, objects, ...valuesOf(findings, placed) };
    return new FrameResult(frame, meta, read, events, lines, { ...(shapes ? { shapes } : {}), ...(replaced ? { replaced } : {}) });
  }
}
