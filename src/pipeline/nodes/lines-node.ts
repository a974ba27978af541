import { type FrameMeta, type Size, fail } from '../../core/index.js';
import { type Analyser, type Line, type LineCounterSettings, createLineCounter, resolveLines } from '../../analytics/index.js';
import type { LinesNodeConfig, NodeConfig } from '../config-nodes.js';
import { plainObject } from '../final-objects.js';
import { linesSummary } from '../node-summary.js';
import { type Board, type LineState, NOTHING, type NodeFindings } from './board.js';
import type { GraphNode, StreamNode } from './port.js';

class StreamLines implements StreamNode {
  constructor(
    readonly name: string,
    readonly read: string,
    readonly settings: LineCounterSettings,
    readonly counter: Analyser,
  ) {}

  look({ frame, of }: Board): NodeFindings {
    const { stream, number, pts, size } = frame.info;
    const { objects, inferred } = of(this.read);
    const meta: FrameMeta = {
      stream,
      frame: number,
      pts,
      size,
      inferred: { [this.read]: inferred },
      objects: objects.map(plainObject),
    };
    const events = this.counter.update(meta);
    return { inferred, objects: NOTHING, made: NOTHING, events, lines: this.#lines(size) };
  }

  follow(before: StreamNode): void {
    if (before instanceof StreamLines) this.counter.follow(before.counter);
  }

  #lines(size: Size): LineState[] {
    const counts = this.counter.counts();
    return resolveLines(this.settings, size).map(({ name, from, to }) => ({ node: this.name, name, from, to, ...counts[name]! }));
  }
}

const isOutside = ({ from, to }: Line, { width, height }: Size): boolean =>
  Math.max(from.x, to.x) < 0 || Math.max(from.y, to.y) < 0 || Math.min(from.x, to.x) > width || Math.min(from.y, to.y) > height;

/** Nothing could ever cross a line that lies beside the pictures of every source. @throws Fault CONFIG_INVALID */
export function checkLines(nodes: Readonly<Record<string, NodeConfig>>, sizes: readonly Size[]): void {
  for (const [name, node] of Object.entries(nodes)) {
    if (!('analytics' in node)) continue;
    for (const line of Object.keys(node.lines)) {
      const inEach = sizes.map((size) => ({ size, placed: resolveLines(node, size).find((one) => one.name === line)! }));
      if (!inEach.every(({ size, placed }) => isOutside(placed, size))) continue;
      const pictures = [...new Set(sizes.map(({ width, height }) => `${width}x${height}`))].join(', ');
      fail('CONFIG_INVALID', `nodes.${name}.lines.${line}: the line lies outside the picture, which has ${pictures} pixels`);
    }
  }
}

/** Counts crossings of lines: one counter a stream. */
export function openLinesNode(name: string, { on, analytics: _, enabled: __, ...settings }: LinesNodeConfig): GraphNode {
  return {
    name,
    reads: [on.objects],
    ordered: true,
    summary: linesSummary(settings),
    open: (stream) => new StreamLines(name, on.objects, settings, createLineCounter(settings, { stream, node: name })),
    [Symbol.asyncDispose]: async () => {},
  };
}
