import type { Seat } from './free-seats.js';
import type { Ending } from './endings.js';
import type { Link } from './linked-queue.js';
import type { SequenceId } from './scheduling.js';

/** One sequence, from its start to its end. */
export interface Sequence<T> {
  readonly id: SequenceId;
  readonly chain: Chain<T>;
  /** Requests that wait, in order. */
  readonly queue: T[];
  /** The request that an instance has. */
  running: T | undefined;
  /** Runs that were begun. */
  turns: number;
  /** When it last gave a sign of life. */
  lastMs: number;
  /** Its place among those that have nothing to do. */
  silence: Link<Sequence<T>> | undefined;
  /** Takes no more requests, and ends so once those it has are done; absent while it lives. */
  over: Ending | undefined;
  /** What it hands from run to run; whoever makes the inputs keeps it here. */
  memory: unknown;
}

/** Sequences of one id that follow each other by restarting: they share a seat, or a place in the backlog. The first is at work. */
export interface Chain<T> {
  readonly sequences: Sequence<T>[];
  seat: Seat | undefined;
  /** Its place in the backlog. */
  backlog: Link<Chain<T>> | undefined;
  /** In the backlog, when it is given up; `Infinity` for never. */
  untilMs: number;
}

/** The sequence of a chain whose request runs next, when there is one that could. */
export function ready<T>({ sequences: [head] }: Chain<T>): Sequence<T> | undefined {
  return head && head.running === undefined && head.queue.length > 0 ? head : undefined;
}

/** A sequence that begins. */
export function begin<T>(id: SequenceId, chain: Chain<T>): Sequence<T> {
  return { id, chain, queue: [], running: undefined, turns: 0, lastMs: 0, silence: undefined, over: undefined, memory: undefined };
}
