import type { Fault } from '../core/index.js';
import type { SequenceId } from './scheduling.js';

/** What a scheduler needs to know of a request. */
export interface Schedulable {
  /** Rows it adds to a run, 1 or more. */
  readonly rows: number;
  /** Requests of equal key may share a run: same input names, datatypes and shapes but for the batch axis. */
  readonly key: string;
  /** 0 is served first. */
  readonly priority: number;
  /** When it came, on the scheduler's clock. */
  readonly arrivedMs: number;
  /** Still queued then, it is expired; `Infinity` for never. */
  readonly deadlineMs: number;
  /** How long it says it may wait; 0 for as long as it takes. */
  readonly timeoutMs: number;
  /** Of which sequence it is; absent for a model without. */
  readonly sequence?: { readonly id: SequenceId; readonly start: boolean; readonly end: boolean } | undefined;
}

/** An instance that could take a batch. */
export interface FreeInstance {
  /** Its number in the model, stable over restarts: what a scheduler of sequences binds a sequence to. */
  readonly index: number;
  /** Whether it would start at once. When false the batch would only wait behind the running one. */
  readonly idle: boolean;
}

/** A request that leaves the queue without having run, and what it fails with. */
export interface Dismissal<T> {
  readonly request: T;
  readonly fault: Fault;
}

/**
 * Decides what runs next and with whom; holds the queue, knows no timer, no instance and no promise.
 * The dispatcher asks it whenever something changed. {@link BatchPlanner} serves requests that know nothing of each other,
 * {@link SequencePlanner} those of sequences.
 */
export interface Scheduler<T extends Schedulable> {
  /** Requests waiting. */
  readonly size: number;
  /** Queues a request. Answers what it fails with, and keeps nothing, when it is refused. */
  add(request: T): Fault | undefined;
  /** Takes a request out. Answers false when it is not queued (any more). */
  remove(request: T, nowMs: number): boolean;
  /** Takes out the batch that `free` should run now; undefined when there is none, or when it should wait for company. */
  next(nowMs: number, free: FreeInstance): readonly T[] | undefined;
  /** Takes out the requests that are not to run any more, such as those whose deadline has passed. */
  expire(nowMs: number): readonly Dismissal<T>[];
  /** Takes out everything, oldest first within a priority. */
  clear(): readonly T[];
  /** When {@link expire} next has something to do; `Infinity` when never. May be early, never late. */
  readonly deadlineMs: number;
  /** When the next partial batch stops waiting for company; `Infinity` when there is none. */
  readonly dueMs: number;
  /** Where requests are bound to instances; absent where any instance serves any request. */
  readonly binding?: Binding<T>;
}

/** What a scheduler that binds requests to instances is told besides. */
export interface Binding<T> {
  /** A request that it handed out is through. `again`: its backend wants another turn for it, so it is queued once more. */
  finished(request: T, nowMs: number, again: boolean): void;
  /** An instance lost all that it knew of its sequences. */
  lost(index: number, nowMs: number): void;
  /** An instance is there to serve. */
  joined(index: number): void;
  /** An instance takes nothing new any more, and what is bound to it ends. */
  left(index: number, nowMs: number): void;
}
