import type { Fault } from '../core/index.js';
import type { InferenceRequest, InferenceResponse } from './port.js';
import type { Schedulable } from './scheduler.js';

/** One request on its way through the engine. */
export interface Job extends Schedulable {
  readonly request: InferenceRequest;
  /** Answered or refused; what comes of it later is dropped. */
  settled: boolean;
  readonly resolve: (response: InferenceResponse) => void;
  readonly reject: (fault: Fault) => void;
}

/** Requests that share a run. */
export interface Batch {
  readonly jobs: readonly Job[];
  readonly rows: number;
  /** When its instance turned to it; NaN while it waits behind another batch. */
  startedMs: number;
}

/** A batch that starts as soon as it is given to an instance. */
export function batchOf(jobs: readonly Job[]): Batch {
  let rows = 0;
  for (const job of jobs) rows += job.rows;
  return { jobs, rows, startedMs: Number.NaN };
}
