import { BatchPlanner } from './batch-planner.js';
import type { FreeInstance, Schedulable } from './scheduler.js';
import type { DirectStrategy, OldestStrategy } from './scheduling.js';
import { type Chain, ready } from './sequence.js';

/** Chooses which of the sequences seated on one instance run next. */
export interface SequencePicker<T extends Schedulable> {
  /** The first sequence of the chain may have got a request that could run. */
  offer(chain: Chain<T>): void;
  /** A request that was offered is not to run. */
  withdraw(request: T): void;
  /** The chain left its seat. */
  leave(chain: Chain<T>): void;
  next(nowMs: number, free: FreeInstance): readonly T[] | undefined;
  readonly dueMs: number;
}

/** `direct`: a run takes a request of each row that has one. */
export class DirectPicker<T extends Schedulable> implements SequencePicker<T> {
  readonly #offered = new Set<Chain<T>>();

  constructor(
    readonly strategy: DirectStrategy,
    readonly rows: number,
  ) {}

  offer(chain: Chain<T>): void {
    this.#offered.add(chain);
  }

  withdraw(): void {}

  leave(chain: Chain<T>): void {
    this.#offered.delete(chain);
  }

  next(nowMs: number, { idle }: FreeInstance): readonly T[] | undefined {
    const waiting = idle ? this.#waiting() : [];
    const first = oldest(waiting);
    if (!first) return undefined;
    const { minimumSlotUtilization = 0 } = this.strategy;
    if (waiting.length / this.rows < minimumSlotUtilization && nowMs < first.arrivedMs + this.#delayMs) return undefined;
    return waiting.filter(({ key }) => key === first.key);
  }

  get dueMs(): number {
    const first = oldest(this.#waiting());
    return first ? first.arrivedMs + this.#delayMs : Infinity;
  }

  get #delayMs(): number {
    const { minimumSlotUtilization = 0, maxQueueDelayMs = 0 } = this.strategy;
    return minimumSlotUtilization > 0 ? maxQueueDelayMs : 0;
  }

  #waiting(): T[] {
    const waiting: T[] = [];
    for (const chain of this.#offered) {
      const request = ready(chain)?.queue[0];
      if (request) waiting.push(request);
      else this.#offered.delete(chain);
    }
    return waiting;
  }
}

function oldest<T extends Schedulable>(requests: readonly T[]): T | undefined {
  return requests.reduce<T | undefined>((first, each) => (first && first.arrivedMs <= each.arrivedMs ? first : each), undefined);
}

/** `oldest`: requests of all sequences, one of each at a time, go through a batcher. */
export class OldestPicker<T extends Schedulable> implements SequencePicker<T> {
  readonly #planner: BatchPlanner<T>;
  readonly #offered = new WeakSet<T>();

  constructor(strategy: OldestStrategy, model: string, maxBatch: number) {
    const { preferredBatchSizes, maxQueueDelayMs = 0 } = strategy;
    const rules = { model, maxBatch, maxDelayMs: maxQueueDelayMs, maxQueue: Infinity };
    const preferred = preferredBatchSizes && [...preferredBatchSizes].toSorted((a, b) => a - b);
    this.#planner = new BatchPlanner<T>(preferred && preferred.length > 0 ? { ...rules, preferred } : rules);
  }

  offer(chain: Chain<T>): void {
    const request = ready(chain)?.queue[0];
    if (!request || this.#offered.has(request)) return;
    this.#offered.add(request);
    this.#planner.add(request);
  }

  withdraw(request: T): void {
    if (this.#offered.delete(request)) this.#planner.remove(request);
  }

  leave(): void {}

  next(nowMs: number, free: FreeInstance): readonly T[] | undefined {
    const batch = this.#planner.next(nowMs, free);
    for (const request of batch ?? []) this.#offered.delete(request);
    return batch;
  }

  get dueMs(): number {
    return this.#planner.dueMs;
  }
}
