import type { Clock } from '../core/index.js';
import type { Job } from './batch.js';
import type { InferenceResponse } from './port.js';
import { type ResponseCache, cacheKey } from './response-cache.js';
import type { StatisticsKeeper } from './statistics.js';

let loads = 0;

/** One model's way to the engine's response cache. A model loaded again starts afresh. */
export class CacheDoor {
  readonly #prefix: string;

  constructor(
    model: string,
    readonly cache: ResponseCache,
    readonly statistics: StatisticsKeeper,
    readonly clock: Clock,
  ) {
    this.#prefix = `${model}\n${loads++}\n`;
  }

  /** The kept answer to a request; without one, notes under which key to keep it. */
  answerOf(job: Job): InferenceResponse | undefined {
    const { inputs, outputs, answer, onResponse } = job.request;
    if (answer !== 'tensors' || onResponse) return undefined;
    const key = cacheKey(this.#prefix, inputs, outputs);
    const kept = this.cache.get(key);
    const lookMs = this.clock.nowMs() - job.arrivedMs;
    if (!kept) {
      job.cacheKey = key;
      this.statistics.missedCache(lookMs, true);
      return undefined;
    }
    this.statistics.answeredFromCache(lookMs);
    return { ...kept, answers: [], times: { queueMs: 0, inputMs: 0, runMs: 0, outputMs: 0, batch: job.rows }, cached: true };
  }

  /** Keeps the answer to a request that was looked for. */
  keep({ cacheKey: key }: Job, response: InferenceResponse): void {
    if (key === undefined || response.empty) return;
    const startMs = this.clock.nowMs();
    this.cache.put(key, response);
    this.statistics.missedCache(this.clock.nowMs() - startMs, false);
  }

  /** The model is gone. */
  close(): void {
    this.cache.clear(this.#prefix);
  }
}
