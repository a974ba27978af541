import type { Fault } from '../core/index.js';
import type { InferenceRequest, InferenceResponse, PartialResponse } from './port.js';
import type { Schedulable } from './scheduler.js';
import type { SequenceId } from './scheduling.js';
import type { Slot } from './slots.js';

/** One request on its way through the engine. */
export interface Job extends Schedulable {
  readonly request: InferenceRequest;
  /** Answered or refused; what comes of it later is dropped. */
  settled: boolean;
  /** Where it runs, and its number among all that the instance there was given; absent while it waits. */
  at: { readonly slot: Slot; readonly number: number; readonly batch: Batch } | undefined;
  /** What a backend has answered so far. */
  answers: { count: number; lastMs: number; held: PartialResponse | undefined } | undefined;
  /** The id that the engine gave to its sequence. */
  /** Under which its answer is kept; absent for one that is not. */
  cacheKey: string | undefined;
  readonly issuedId: SequenceId | undefined;
  readonly resolve: (response: InferenceResponse) => void;
  readonly reject: (fault: Fault) => void;
}

/** Requests that share a run. */
export interface Batch {
  readonly jobs: readonly Job[];
  readonly rows: number;
  /** Where the result of each job stands in the report; at the job's own index when absent. */
  readonly places: readonly number[] | undefined;
  /** When its instance turned to it; NaN while it waits behind another batch. */
  startedMs: number;
}

/** A batch that starts as soon as it is given to an instance. */
export function batchOf(jobs: readonly Job[], places?: readonly number[]): Batch {
  let rows = 0;
  for (const job of jobs) rows += job.rows;
  return { jobs, rows, places, startedMs: Number.NaN };
}
