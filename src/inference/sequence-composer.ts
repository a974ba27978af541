import { ARRAY_OF, type Tensor, type TensorSpec, elementCount } from '../core/index.js';
import type { HostReport, HostResult } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import { type Composed, type Composer, forBackend } from './composer.js';
import type { InstanceRequest } from './instance.js';
import type { FlagControl, SequenceControl, SequenceId, SequenceState } from './scheduling.js';
import { copied } from './sendable.js';
import type { Sequence } from './sequence.js';

/** How {@link SequenceComposer} makes inputs. */
export interface SequenceInputs {
  readonly controls: readonly SequenceControl[];
  readonly states: readonly SequenceState[];
  /** Whether tensors have a batch axis. */
  readonly batchAxis: boolean;
  /** Whether a row is one sequence, so that a network with a `ready` control gets the rows that have no request as well. */
  readonly direct: boolean;
  /** Whether what runs is a backend. */
  readonly backend: boolean;
}

type Flags = Readonly<Record<FlagControl['kind'], boolean>>;

const utf8 = new TextEncoder();
const NOT_READY: Flags = { start: false, end: false, ready: false };

/** The tensor of a control. */
function controlTensor(control: SequenceControl, flags: Flags, id: SequenceId, shape: readonly number[]): Tensor {
  const { input: name, datatype } = control;
  if (control.kind !== 'sequenceId') {
    const [no, yes] = control.values ?? [0, 1];
    return { name, datatype, shape, data: ARRAY_OF[control.datatype].of(flags[control.kind] ? yes : no) } as Tensor;
  }
  if (datatype === 'BYTES') return { name, datatype, shape, data: [utf8.encode(String(id))] };
  const number = typeof id === 'bigint' ? id : 0n;
  if (datatype === 'UINT64') return { name, datatype, shape, data: BigUint64Array.of(number) };
  if (datatype === 'INT64') return { name, datatype, shape, data: BigInt64Array.of(number) };
  return { name, datatype, shape, data: ARRAY_OF[control.datatype as 'INT32'].of(Number(number)) } as Tensor;
}

/** A tensor of zeros, or of empty texts. */
function zeros({ name, datatype, shape }: TensorSpec): Tensor {
  const count = elementCount(shape);
  if (datatype === 'BYTES') return { name, datatype, shape, data: Array.from({ length: count }, () => new Uint8Array()) };
  return { name, datatype, shape, data: new ARRAY_OF[datatype](count) } as Tensor;
}

/** What a state is at the start of a sequence. */
function initialState({ input: name, datatype, dims, initial }: SequenceState, batchAxis: boolean): Tensor {
  const own = (initial?.dims ?? dims).map((size) => (size < 0 ? 1 : size));
  const shape = batchAxis ? [1, ...own] : own;
  return initial ? copied({ name, datatype, shape, data: initial.data } as Tensor) : zeros({ name, datatype, shape });
}

/** Fills in controls and states, keeps what a run makes of the states for the next one, and fills the rows that have no request. */
export class SequenceComposer implements Composer {
  readonly #one: readonly number[];
  readonly #fillRows: boolean;
  readonly #outputs: ReadonlyMap<string, string>;

  constructor(
    readonly inputs: SequenceInputs,
    readonly sequenceOf: (job: Job) => Sequence<Job> | undefined,
  ) {
    this.#one = inputs.batchAxis ? [1, 1] : [1];
    this.#fillRows = inputs.direct && !inputs.backend && inputs.controls.some(({ kind }) => kind === 'ready');
    this.#outputs = new Map(inputs.states.map(({ input, output }) => [output, input]));
  }

  compose(jobs: readonly Job[]): Composed {
    const requests = jobs.map((job) => this.#requestOf(job));
    if (!this.#fillRows) return { requests };
    const places = jobs.map((job) => this.sequenceOf(job)!.chain.seat!.slot);
    const rows = Array.from({ length: Math.max(...places) + 1 }, () => undefined as InstanceRequest | undefined);
    places.forEach((place, index) => (rows[place] = requests[index]));
    return { requests: rows.map((row) => row ?? this.#emptyRow(jobs[0]!)), places };
  }

  absorb(batch: Batch, report: HostReport): HostReport {
    if (this.inputs.states.length === 0) return report;
    const results = [...report.results];
    batch.jobs.forEach((job, index) => {
      const place = batch.places?.[index] ?? index;
      const result = results[place];
      if (result && 'outputs' in result) results[place] = this.#keepStates(job, result);
    });
    return { ...report, results };
  }

  #requestOf(job: Job): InstanceRequest {
    const { id, turns } = this.sequenceOf(job)!;
    const { start, end } = job.sequence!;
    const flags: Flags = { start: start && turns === 1, end, ready: true };
    const extra = [...this.#controls(flags, id), ...this.#states(job)];
    const { inputs, answer, thresholds } = job.request;
    const all = [...inputs, ...extra];
    if (!this.inputs.backend) return thresholds ? { inputs: all, answer, thresholds } : { inputs: all, answer };
    const request = forBackend(job);
    return { ...request, inputs: all, context: { ...request.context!, sequence: { id, start: flags.start, end } } };
  }

  #emptyRow({ request: { inputs, answer } }: Job): InstanceRequest {
    const { states, batchAxis } = this.inputs;
    const empty = states.map((state) => ({ ...zeros(initialState(state, batchAxis)) }));
    return { inputs: [...inputs.map(zeros), ...this.#controls(NOT_READY, 0n), ...empty], answer };
  }

  #controls(flags: Flags, id: SequenceId): readonly Tensor[] {
    return this.inputs.controls.map((control) => controlTensor(control, flags, id, this.#one));
  }

  #states(job: Job): readonly Tensor[] {
    const { states, batchAxis } = this.inputs;
    const kept = this.sequenceOf(job)!.memory as ReadonlyMap<string, Tensor> | undefined;
    // A copy goes: a run that fails leaves the state as it was.
    return states.map((state) => {
      const tensor = kept?.get(state.input);
      return tensor ? copied(tensor) : initialState(state, batchAxis);
    });
  }

  #keepStates(job: Job, result: Extract<HostResult, { readonly outputs: unknown }>): HostResult {
    const kept = new Map<string, Tensor>();
    const outputs: Tensor[] = [];
    for (const output of result.outputs) {
      const input = this.#outputs.get(output.name);
      const wanted = input === undefined || job.request.outputs?.includes(output.name);
      if (wanted) outputs.push(output);
      // Handed to the next run, a buffer changes hands: the caller's must be another.
      if (input !== undefined) kept.set(input, { ...(wanted ? copied(output) : output), name: input } as Tensor);
    }
    const sequence = this.sequenceOf(job);
    if (sequence) sequence.memory = kept;
    return { ...result, outputs };
  }
}
