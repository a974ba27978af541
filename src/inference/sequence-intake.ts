import { getRandomValues } from 'node:crypto';
import { fail } from '../core/index.js';
import type { InferenceRequest } from './port.js';
import type { IdControl, SequenceId } from './scheduling.js';

/** What a scheduler of sequences is told of a request. */
export interface SequenceFlags {
  readonly id: SequenceId;
  readonly start: boolean;
  readonly end: boolean;
}

/** How {@link SequenceIntake} reads requests. */
export interface SequenceIntakeRules {
  readonly model: string;
  /** Where ids go in; any id will do when absent. */
  readonly idControl: IdControl | undefined;
  readonly iterative: boolean;
  /** Whether an id is in use. */
  readonly isLive: (id: SequenceId) => boolean;
}

/** Ids fit a JSON number, so that no client bends one; 31 bits where the control has no more. */
const WIDE_BITS = 52n;
const NARROW_BITS = 31n;

const RANGES: Readonly<Record<Exclude<IdControl['datatype'], 'BYTES'>, readonly [least: bigint, most: bigint]>> = {
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
};

const isNone = (id: SequenceId | undefined): boolean => id === undefined || id === 0n || id === '';

/** Reads what requests say of their sequence, and gives ids to those that start without one. */
export class SequenceIntake {
  #iterations = 0n;

  constructor(readonly rules: SequenceIntakeRules) {}

  /**
   * The sequence of a request of `rows` rows, and whether its id was given here.
   * @throws Fault INVALID_ARGUMENT in Triton's words: more than one row, no id, an id of the wrong type
   */
  read({ sequence }: InferenceRequest, rows: number): { readonly flags: SequenceFlags; readonly issued: boolean } {
    const { model, iterative } = this.rules;
    if (rows > 1) fail('INVALID_ARGUMENT', `inference request to model '${model}' must specify batch-size 1 due to requirements of sequence batcher`);
    if (iterative) return { flags: { id: ++this.#iterations, start: true, end: false }, issued: false };
    if (sequence && !isNone(sequence.id)) {
      this.#check(sequence.id);
      return { flags: sequence, issued: false };
    }
    if (!sequence?.start) fail('INVALID_ARGUMENT', `inference request to model '${model}' must specify a non-zero or non-empty correlation ID`);
    return { flags: { id: this.#issue(), start: true, end: sequence.end }, issued: true };
  }

  #check(id: SequenceId): void {
    const { model, idControl } = this.rules;
    if (!idControl) return;
    const { datatype, input } = idControl;
    const text = typeof id === 'string';
    if (text !== (datatype === 'BYTES'))
      fail(
        'INVALID_ARGUMENT',
        `inference request to model '${model}': the sequence id is a ${text ? 'text' : 'number'}, and control input '${input}' is ${datatype}; ` +
          `send a ${text ? 'number' : 'text'}`,
      );
    if (datatype === 'BYTES') return;
    const [least, most] = RANGES[datatype];
    if ((id as bigint) < least || (id as bigint) > most)
      fail(
        'INVALID_ARGUMENT',
        `inference request to model '${model}': sequence id ${id} does not fit control input '${input}', which is ${datatype}`,
      );
  }

  #issue(): SequenceId {
    const datatype = this.rules.idControl?.datatype;
    const bits = datatype === 'INT32' || datatype === 'UINT32' ? NARROW_BITS : WIDE_BITS;
    for (;;) {
      const number = getRandomValues(new BigUint64Array(1))[0]! & (2n ** bits - 1n);
      const id = datatype === 'BYTES' ? number.toString(36) : number;
      if (!isNone(id) && !this.rules.isLive(id)) return id;
    }
  }
}
