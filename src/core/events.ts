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

/** State of a circuit breaker: `closed` lets runs through, `open` holds them back, `half-open` lets one through to see whether things are well again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** A run of an algorithm of one's own came to nothing: it threw, took too long or gave what is no plain data. Plain data. */
export interface AlgorithmError {
  readonly type: 'algorithm-error';
  readonly stream: string;
  /** 0-based number of the frame it was run on. */
  readonly frame: number;
  readonly pts: Pts;
  readonly node: string;
  /** What went wrong, with the place in the algorithm's file where it is known. */
  readonly message: string;
  /** Failures without a success between them, this one included. */
  readonly consecutive: number;
  /** State after this failure. */
  readonly breaker: BreakerState;
}

/** Something that happened on a stream. */
export type EventMeta = LineCrossing | AlgorithmError;

const hundredths = (value: number): number => Math.round(value * 100) / 100;

function crossingRecord({ node, line, direction, trackId, label, at }: LineCrossing) {
  return { node, line, direction, trackId, label, at: [hundredths(at.x), hundredths(at.y)] as [number, number] };
}

/** The record that event sinks write: one line of `events.jsonl`. */
export function toEventRecord(event: EventMeta): EventRecord {
  const { stream, frame, pts } = event;
  const { ticks, timeBase } = pts;
  const place = {
    stream,
    frame,
    pts: { ticks: ticks.toString(), timeBase: [timeBase.num, timeBase.den] as [number, number] },
    timeMs: Math.round(toMs(pts) * 1000) / 1000,
  };
  if (event.type === 'line-crossing') return { version: 1, type: event.type, ...place, ...crossingRecord(event) };
  const { type, node, message, consecutive, breaker } = event;
  return { version: 1, type, ...place, node, message, consecutive, breaker };
}
