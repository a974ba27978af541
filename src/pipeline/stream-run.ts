import { type EventMeta, type Frame, type FrameMeta, type ObjectMeta, fail } from '../core/index.js';
import type { Shape } from '../vision/index.js';
import { finalObjects } from './final-objects.js';
import { type FindingsByNode, FrameResult, type ObjectAnswer } from './frame-result.js';
import { type Board, type Draft, type LineState, NOTHING, type NodeFindings, type Said } from './nodes/board.js';
import { NodeTimings } from '../analytics/index.js';
import type { GraphNode, StreamNode } from './nodes/port.js';

interface Placed {
  readonly node: GraphNode;
  readonly stream: StreamNode;
  /** Places of the nodes that it reads. */
  readonly reads: readonly number[];
}

/** What the nodes said of one frame, by their names, for whoever asks when all is done. */
class FrameFindings implements FindingsByNode {
  readonly given = new Map<Draft, ObjectMeta>();

  constructor(
    readonly findings: readonly NodeFindings[],
    readonly places: ReadonlyMap<string, number>,
  ) {}

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

/**
 * Takes the frames of one stream through the nodes. A node looks at a frame when every node that it reads has reported on that frame, and one
 * that needs order, when it is done with the frame before: both are promises of that very frame, so nothing is polled and nothing waits for data at start.
 */
export class StreamRun<N extends string> implements AsyncDisposable {
  readonly #placed: readonly Placed[];
  readonly #names: ReadonlyMap<string, number>;
  /** By place: when an ordered node is done with the last frame it was given. */
  readonly #turns: (Promise<unknown> | undefined)[] = [];

  /** `nodes` come in an order in which each stands behind those it reads. */
  constructor(
    nodes: readonly GraphNode[],
    stream: string,
    readonly timings = new NodeTimings(),
  ) {
    this.#names = new Map(nodes.map(({ name }, at) => [name, at]));
    this.#placed = nodes.map((node) => ({ node, stream: node.open(stream), reads: node.reads.map((read) => this.#names.get(read)!) }));
  }

  /** Takes the frame over, whatever becomes of it. Frames are to be given in presentation order; several may be under way. */
  async look(frame: Frame, signal: AbortSignal): Promise<FrameResult<N>> {
    const findings: (NodeFindings | undefined)[] = [];
    const board: Board = {
      frame,
      of: (name) => findings[this.#names.get(name) ?? -1] ?? fail('INTERNAL', `node ${name} was asked for before it was done`),
    };
    const done: Promise<unknown>[] = [];
    for (const [at, placed] of this.#placed.entries()) {
      const look = async (): Promise<void> => {
        const startMs = performance.now();
        const finding = placed.stream.look(board, signal);
        findings[at] = finding instanceof Promise ? await finding : finding;
        this.timings.add(placed.node.name, performance.now() - startMs);
      };
      const before = this.#before(placed, at, done);
      const ready = before.length === 0 ? look() : Promise.all(before).then(look);
      ready.catch(() => {});
      if (placed.node.ordered) this.#turns[at] = ready;
      done.push(ready);
    }
    try {
      await Promise.all(done);
    } catch (error) {
      await Promise.allSettled(done);
      for (const finding of findings) finding?.replaced?.close();
      frame.close();
      throw error;
    }
    return this.#result(frame, findings as NodeFindings[]);
  }

  #before({ node, reads }: Placed, at: number, done: readonly Promise<unknown>[]): Promise<unknown>[] {
    const before = reads.map((read) => done[read]!);
    const turn = node.ordered ? this.#turns[at] : undefined;
    if (turn) before.push(turn);
    return before;
  }

  #result(frame: Frame, findings: readonly NodeFindings[]): FrameResult<N> {
    const { stream, number, pts, size } = frame.info;
    const read = new FrameFindings(findings, this.#names);
    const objects = finalObjects(findings, read.given);
    const inferred: Record<string, boolean> = {};
    let events: EventMeta[] | undefined;
    let lines: LineState[] | undefined;
    let shapes: Shape[] | undefined;
    let replaced: Frame | undefined;
    findings.forEach((finding, at) => {
      inferred[this.#placed[at]!.node.name] = finding.inferred;
      if (finding.events?.length) (events ??= []).push(...finding.events);
      if (finding.lines?.length) (lines ??= []).push(...finding.lines);
      if (finding.shapes?.length) (shapes ??= []).push(...finding.shapes);
      if (!finding.replaced) return;
      // The last in the order of the plan is shown.
      replaced?.close();
      replaced = finding.replaced;
    });
    const meta = { stream, frame: number, pts, size, inferred, objects, ...this.#values(findings) };
    return new FrameResult(frame, meta, read, events, lines, { ...(shapes ? { shapes } : {}), ...(replaced ? { replaced } : {}) });
  }

  #values(findings: readonly NodeFindings[]): Pick<FrameMeta, 'values' | 'valueFrames'> | undefined {
    let values: Record<string, unknown> | undefined;
    let valueFrames: Record<string, number> | undefined;
    findings.forEach(({ value, fromFrame }, at) => {
      if (value === undefined) return;
      const { name } = this.#placed[at]!.node;
      (values ??= {})[name] = value;
      if (fromFrame !== undefined) (valueFrames ??= {})[name] = fromFrame;
    });
    return values && (valueFrames ? { values, valueFrames } : { values });
  }

  /** Ends what the nodes keep for the stream; with no frame under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#placed.map(({ stream }) => stream.close?.()));
  }
}
