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
}

/** An instance that could take a batch. */
export interface FreeInstance {
  /** Its number in the model, stable over restarts: what a scheduler of sequences binds a sequence to. */
  readonly index: number;
  /** Whether it would start at once. When false the batch would only wait behind the running one. */
  readonly idle: boolean;
}

/**
 * Decides what runs next and with whom; holds the queue, knows no timer, no instance and no promise.
 * The dispatcher asks it whenever something changed. {@link BatchPlanner} serves requests that know nothing of each other; a scheduler
 * for sequences keeps one queue per sequence and answers `next` according to `free.index`.
 */
export interface Scheduler<T extends Schedulable> {
  /** Requests waiting. */
  readonly size: number;
  /** Queues a request. Answers false, and keeps nothing, when the queue is full. */
  add(request: T): boolean;
  /** Takes a request out. Answers false when it is not queued (any more). */
  remove(request: T): boolean;
  /** Takes out the batch that `free` should run now; undefined when there is none, or when it should wait for company. */
  next(nowMs: number, free: FreeInstance): readonly T[] | undefined;
  /** Takes out the requests whose deadline has passed. */
  expire(nowMs: number): readonly T[];
  /** Takes out everything, oldest first within a priority. */
  clear(): readonly T[];
  /** When the next deadline passes; `Infinity` when there is none. May be early, never late. */
  readonly deadlineMs: number;
  /** When the next partial batch stops waiting for company; `Infinity` when there is none. */
  readonly dueMs: number;
}
