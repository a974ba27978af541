import { type Clock, fail, throwIfAborted } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import type { Job } from './batch.js';
import { type InputContract, batchKey, checkInputs } from './input-contract.js';
import type { InferenceRequest } from './port.js';
import type { SequenceIntake } from './sequence-intake.js';

/** What {@link Intake} checks requests against. */
export interface IntakeRules {
  readonly definition: ModelDefinition;
  readonly contract: InputContract;
  /** Rows that one run takes. */
  readonly maxBatch: number;
  /** Absent for a model without sequences. */
  readonly sequences: SequenceIntake | undefined;
  readonly clock: Clock;
}

/** Makes jobs of requests that fit the model. */
export class Intake {
  constructor(readonly rules: IntakeRules) {}

  /** The request as a job. @throws Fault CANCELLED, INVALID_ARGUMENT */
  accept(request: InferenceRequest, resolve: Job['resolve'], reject: Job['reject']): Job {
    const { definition, contract, maxBatch, sequences, clock } = this.rules;
    const { name, head } = definition;
    throwIfAborted(request.signal);
    const { inputs, answer, priority = 0, deadlineMs = Infinity, timeoutMs = 0 } = request;
    if (answer === 'decoded' && !head) fail('INVALID_ARGUMENT', `model "${name}" has no head that could decode its outputs; ask for tensors`);
    if (!Number.isInteger(priority) || priority < 0)
      fail('INVALID_ARGUMENT', `model "${name}": priority ${priority} must be a whole number of 0 or more`);
    if (!(timeoutMs >= 0)) fail('INVALID_ARGUMENT', `model "${name}": timeoutMs ${timeoutMs} must be 0 or more`);
    const rows = checkInputs(inputs, contract);
    const read = sequences?.read(request, rows);
    return {
      request,
      rows,
      key: maxBatch > 1 ? batchKey(inputs, contract.ragged) : '',
      priority,
      deadlineMs,
      timeoutMs,
      arrivedMs: clock.nowMs(),
      sequence: read?.flags,
      issuedId: read?.issued ? read.flags.id : undefined,
      settled: false,
      cacheKey: undefined,
      at: undefined,
      answers: undefined,
      resolve,
      reject,
    };
  }
}
