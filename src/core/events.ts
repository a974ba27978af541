import type { Point } from './box.js';
import { type Pts, toMs } from './pts.js';
import type { EventRecord } from './schema.js';

/** Which way a line was crossed: `in` is from its left to its right, as seen going from its first point to its second. */
export type CrossingDirection = 'in' | 'out';

/** An object crossed a line. Plain data. */
export interface LineCrossing {
  readonly type: 'line-crossing';
  readonly stream: string;
  /** 0-based number of the frame on which the crossing was certain. */
  readonly frame: number;
  readonly pts: Pts;
  /** The analytics node that saw it. */
  readonly node: string;
  /** Name of the line. */
  readonly line: string;
  readonly direction: CrossingDirection;
  readonly trackId: number;
  readonly label: string;
  /** Where the object's anchor was, in pixels of the displayed frame. */
  readonly at: Point;
}

/** Something that happened on a stream. */
export type EventMeta = LineCrossing;

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** The record that event sinks write: one line of `events.jsonl`. */
export function toEventRecord(event: EventMeta): EventRecord {
  const { type, stream, frame, pts, node, line, direction, trackId, label, at } = event;
  const { ticks, timeBase } = pts;
  return {
    version: 1,
    type,
    stream,
    frame,
    pts: { ticks: ticks.toString(), timeBase: [timeBase.num, timeBase.den] },
    timeMs: Math.round(toMs(pts) * 1000) / 1000,
    node,
    line,
    direction,
    trackId,
    label,
    at: [hundredths(at.x), hundredths(at.y)],
  };
}
