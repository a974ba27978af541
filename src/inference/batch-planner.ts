import { Lane } from './lane.js';
import type { FreeInstance, Schedulable, Scheduler } from './scheduler.js';

/** Rules of a {@link BatchPlanner}. */
export interface BatchRules {
  /** Most rows in one run. A request with more rows than this never runs: refuse it before. */
  readonly maxBatch: number;
  /** How long the oldest request of a partial batch waits for company, in milliseconds. */
  readonly maxDelayMs: number;
  /** Requests that may wait. */
  readonly maxQueue: number;
}

/** Rows and requests that a batch led by one lane would have. */
interface Plan<T extends Schedulable> {
  readonly lanes: readonly Lane<T>[];
  readonly counts: readonly number[];
  /** Nothing more can be added. */
  readonly closed: boolean;
  readonly oldestMs: number;
}

/**
 * The scheduler for requests that know nothing of each other. Pure: time comes in as an argument.
 *
 * The oldest request of the best priority leads; requests of the same key join it, in order, better priorities first, until `maxBatch` rows are
 * reached or the next does not fit. Within a priority and a key nobody overtakes. A batch that can grow no more goes to any free instance; a
 * partial one goes to an idle instance once its oldest request has waited `maxDelayMs`: put behind a running batch it would only stop growing.
 */
export class BatchPlanner<T extends Schedulable> implements Scheduler<T> {
  #lanes: Lane<T>[] = [];
  #turns = 0;
  #size = 0;
  #deadlineMs = Infinity;

  constructor(readonly rules: BatchRules) {}

  get size(): number {
    return this.#size;
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  get dueMs(): number {
    if (this.#size === 0) return Infinity;
    let oldestMs = Infinity;
    for (const lane of this.#lanes) oldestMs = Math.min(oldestMs, lane.at(0)?.request.arrivedMs ?? Infinity);
    return oldestMs + this.rules.maxDelayMs;
  }

  add(request: T): boolean {
    if (this.#size >= this.rules.maxQueue) return false;
    this.#laneFor(request).push({ request, turn: this.#turns++ });
    this.#size++;
    if (request.deadlineMs < this.#deadlineMs) this.#deadlineMs = request.deadlineMs;
    return true;
  }

  remove(request: T): boolean {
    const lane = this.#lanes.find(({ priority, key }) => priority === request.priority && key === request.key);
    if (!lane?.remove(request)) return false;
    this.#left(1);
    return true;
  }

  next(nowMs: number, free: FreeInstance): readonly T[] | undefined {
    if (this.#size === 0) return undefined;
    const lanes = this.#byTurn();
    for (const lead of lanes) {
      if (lanes.find(({ key }) => key === lead.key) !== lead) continue;
      const plan = this.#plan(lead.key, lanes);
      if (plan.closed || (free.idle && plan.oldestMs + this.rules.maxDelayMs <= nowMs)) return this.#take(plan);
    }
    return undefined;
  }

  expire(nowMs: number): readonly T[] {
    const late: T[] = [];
    if (nowMs < this.#deadlineMs) return late;
    for (const lane of this.#lanes) lane.takeWhere(({ deadlineMs }) => deadlineMs <= nowMs, late);
    this.#left(late.length);
    this.#deadlineMs = Infinity;
    for (const lane of this.#lanes)
      for (let i = 0; i < lane.length; i++) this.#deadlineMs = Math.min(this.#deadlineMs, lane.at(i)!.request.deadlineMs);
    return late;
  }

  clear(): readonly T[] {
    const all: T[] = [];
    for (const lane of this.#byTurn()) lane.take(lane.length, all);
    this.#left(all.length);
    return all;
  }

  /** Lanes that hold something, the one to lead first. */
  #byTurn(): readonly Lane<T>[] {
    if (this.#lanes.length === 1) return this.#lanes;
    return this.#lanes.filter((lane) => lane.length > 0).toSorted((a, b) => a.priority - b.priority || a.at(0)!.turn - b.at(0)!.turn);
  }

  #plan(key: string, lanes: readonly Lane<T>[]): Plan<T> {
    const { maxBatch } = this.rules;
    const sharing = lanes.filter((lane) => lane.key === key);
    const counts: number[] = [];
    let rows = 0;
    let oldestMs = Infinity;
    let closed = false;
    for (const lane of sharing) {
      let count = 0;
      while (!closed) {
        const place = lane.at(count);
        if (!place) break;
        closed = rows + place.request.rows > maxBatch;
        if (closed) break;
        rows += place.request.rows;
        oldestMs = Math.min(oldestMs, place.request.arrivedMs);
        closed = rows === maxBatch;
        count++;
      }
      counts.push(count);
    }
    return { lanes: sharing, counts, closed, oldestMs };
  }

  #take({ lanes, counts }: Plan<T>): readonly T[] {
    const batch: T[] = [];
    lanes.forEach((lane, i) => lane.take(counts[i]!, batch));
    this.#left(batch.length);
    return batch;
  }

  #left(count: number): void {
    this.#size -= count;
    if (this.#size === 0) this.#deadlineMs = Infinity;
  }

  #laneFor({ priority, key }: T): Lane<T> {
    const known = this.#lanes.find((lane) => lane.priority === priority && lane.key === key);
    if (known) return known;
    const lane = new Lane<T>(priority, key);
    this.#lanes = [...this.#lanes.filter((other) => other.length > 0), lane];
    return lane;
  }
}
