import type { FrameMeta, Size } from '../../core/index.js';
import { type Analyser, type LineCounterSettings, createLineCounter, resolveLines } from '../../analytics/index.js';
import type { LinesNodeConfig } from '../config-nodes.js';
import { plainObject } from '../final-objects.js';
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

  #lines(size: Size): LineState[] {
    const counts = this.counter.counts();
    return resolveLines(this.settings, size).map(({ name, from, to }) => ({ node: this.name, name, from, to, ...counts[name]! }));
  }
}

/** Counts crossings of lines: one counter a stream. */
export function openLinesNode(name: string, { on, analytics: _, ...settings }: LinesNodeConfig): GraphNode {
  const names = Object.keys(settings.lines);
  return {
    name,
    reads: [on.objects],
    ordered: true,
    summary: `counts crossings of ${names.join(', ')}`,
    open: (stream) => new StreamLines(name, on.objects, settings, createLineCounter(settings, { stream, node: name })),
    [Symbol.asyncDispose]: async () => {},
  };
}
