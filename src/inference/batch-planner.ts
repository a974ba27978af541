import { Fault } from '../core/index.js';
import { Lane, type Place } from './lane.js';
import { type QueueLevels, timeoutUnder } from './queue-levels.js';
import type { Dismissal, FreeInstance, Schedulable, Scheduler } from './scheduler.js';

/** Rules of a {@link BatchPlanner}. */
export interface BatchRules {
  /** Name of the model, for texts. */
  readonly model: string;
  /** Most rows in one run. A request with more rows than this never runs: refuse it before. */
  readonly maxBatch: number;
  /** How long the oldest request of a partial batch waits for company, in milliseconds. */
  readonly maxDelayMs: number;
  /** Requests that may wait. */
  readonly maxQueue: number;
  /** Rows at which a batch leaves at once, ascending; at `maxBatch` only when absent. */
  readonly preferred?: readonly number[];
  /** Levels with queue policies; without them each priority is a level of its own where everybody may wait. */
  readonly levels?: QueueLevels;
}

/** Added to the level of a request that was delayed: behind its level, before the next. */
const BEHIND = 0.5;

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
 * reached or the next does not fit. Within a priority and a key nobody overtakes. A batch that can grow no more, or has a preferred size, goes to
 * any free instance; a partial one goes to an idle instance once its oldest request has waited `maxDelayMs`: put behind a running batch it would
 * only stop growing. A request that its policy delays moves behind all others of its level.
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

  add(request: T): Fault | undefined {
    const { model, maxQueue, levels } = this.rules;
    if (this.#size >= maxQueue)
      return new Fault('RESOURCE_EXHAUSTED', `model "${model}": ${this.#size} requests wait already (maxQueue); try again later`);
    let level = request.priority;
    let untilMs = request.deadlineMs;
    if (levels) {
      level = levels.levelOf(level);
      const policy = levels.policyOf(level);
      if (policy.maxQueueSize > 0 && this.#countAt(level) >= policy.maxQueueSize) return new Fault('UNAVAILABLE', 'Exceeds maximum queue size');
      const timeoutMs = timeoutUnder(policy, request.timeoutMs);
      if (timeoutMs > 0) untilMs = Math.min(untilMs, request.arrivedMs + timeoutMs);
    }
    this.#stand(level, { request, turn: this.#turns++, untilMs });
    this.#size++;
    return undefined;
  }

  remove(request: T): boolean {
    if (!this.#lanes.some((lane) => lane.key === request.key && lane.remove(request))) return false;
    this.#left(1);
    return true;
  }

  next(nowMs: number, free: FreeInstance): readonly T[] | undefined {
    if (this.#size === 0) return undefined;
    const lanes = this.#byTurn();
    for (const lead of lanes) {
      if (lanes.find(({ key }) => key === lead.key) !== lead) continue;
      const plan = this.#plan(lead.key, lanes, nowMs);
      if (plan.closed || (free.idle && plan.oldestMs + this.rules.maxDelayMs <= nowMs)) return this.#take(plan);
    }
    return undefined;
  }

  expire(nowMs: number): readonly Dismissal<T>[] {
    const dismissed: Dismissal<T>[] = [];
    if (nowMs < this.#deadlineMs) return dismissed;
    const delayed: { readonly level: number; readonly place: Place<T> }[] = [];
    for (const lane of this.#lanes) {
      const { levels } = this.rules;
      for (const place of lane.takeLate(nowMs)) {
        const { request } = place;
        if (request.deadlineMs <= nowMs) dismissed.push({ request, fault: this.#late(request, nowMs) });
        else if (levels?.policyOf(lane.level).timeoutAction === 'delay') delayed.push({ level: lane.level, place });
        else dismissed.push({ request, fault: new Fault('UNAVAILABLE', 'Request timeout expired') });
      }
    }
    this.#left(dismissed.length);
    this.#deadlineMs = Infinity;
    for (const lane of this.#lanes) for (let i = 0; i < lane.length; i++) this.#deadlineMs = Math.min(this.#deadlineMs, lane.at(i)!.untilMs);
    for (const { level, place } of delayed.toSorted((a, b) => a.place.turn - b.place.turn))
      this.#stand(level + BEHIND, { request: place.request, turn: this.#turns++, untilMs: place.request.deadlineMs });
    return dismissed;
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
    return this.#lanes.filter((lane) => lane.length > 0).toSorted((a, b) => a.level - b.level || a.at(0)!.turn - b.at(0)!.turn);
  }

  #plan(key: string, lanes: readonly Lane<T>[], nowMs: number): Plan<T> {
    const { maxBatch, maxDelayMs, preferred } = this.rules;
    const sharing = lanes.filter((lane) => lane.key === key);
    const counts: number[] = [];
    let marked: readonly number[] | undefined;
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
        if (preferred?.includes(rows)) marked = [...counts, count];
      }
      counts.push(count);
    }
    const overdue = maxDelayMs > 0 && oldestMs + maxDelayMs <= nowMs;
    if (marked && !overdue) return { lanes: sharing, counts: sharing.map((_, i) => marked[i] ?? 0), closed: true, oldestMs };
    return { lanes: sharing, counts, closed: closed || rows >= (preferred?.at(-1) ?? maxBatch), oldestMs };
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

  #late({ arrivedMs }: T, nowMs: number): Fault {
    return new Fault('DEADLINE_EXCEEDED', `model "${this.rules.model}": still queued at its deadline, after ${Math.round(nowMs - arrivedMs)} ms`);
  }

  /** Requests at a level, delayed ones included. */
  #countAt(level: number): number {
    let count = 0;
    for (const lane of this.#lanes) if (Math.floor(lane.level) === level) count += lane.length;
    return count;
  }

  #stand(level: number, place: Place<T>): void {
    this.#laneFor(level, place.request.key).push(place);
    if (place.untilMs < this.#deadlineMs) this.#deadlineMs = place.untilMs;
  }

  #laneFor(level: number, key: string): Lane<T> {
    const known = this.#lanes.find((lane) => lane.level === level && lane.key === key);
    if (known) return known;
    const lane = new Lane<T>(level, key);
    this.#lanes = [...this.#lanes.filter((other) => other.length > 0), lane];
    return lane;
  }
}
