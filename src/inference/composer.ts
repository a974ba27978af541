import type { HostReport, RequestParameters } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import type { InstanceRequest } from './instance.js';

/** What an instance is given for a batch. */
export interface Composed {
  readonly requests: readonly InstanceRequest[];
  /** Which of them is which job's; in the order of the jobs when absent. */
  readonly places?: readonly number[];
}

/** Makes of a batch what its instance gets, and takes out of the report what is not for the callers. */
export interface Composer {
  compose(jobs: readonly Job[]): Composed;
  absorb(batch: Batch, report: HostReport): HostReport;
}

/** Requests as they came: for networks without sequences. */
export const PLAIN: Composer = Object.freeze({
  compose: (jobs: readonly Job[]) => ({ requests: jobs.map(({ request }) => request) }),
  absorb: (_: Batch, report: HostReport) => report,
});

/** What a backend sees of a request. */
export function forBackend({ request, sequence = request.sequence }: Job): InstanceRequest {
  const { inputs, answer, id = '', parameters = NO_PARAMETERS, outputs, priority = 0, timeoutMs = 0, onResponse } = request;
  const context = { id, parameters, priority, timeoutMs, several: onResponse !== undefined };
  return { inputs, answer, context: { ...context, ...(outputs && { outputs }), ...(sequence && { sequence }) } };
}

const NO_PARAMETERS: RequestParameters = new Map();

/** Requests with all that they say: for backends without sequences. */
export const WITH_CONTEXT: Composer = Object.freeze({ ...PLAIN, compose: (jobs: readonly Job[]) => ({ requests: jobs.map(forBackend) }) });
