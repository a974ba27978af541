import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BYTES_PER_ELEMENT, type Datatype, fail, type Tensor, toFault } from '../../core/index.js';
import type {
  BatchScheduling,
  DirectStrategy,
  OldestStrategy,
  QueuePolicy,
  SequenceControl,
  SequenceScheduling,
  SequenceState,
} from '../../inference/index.js';
import {
  type ModelConfig,
  type ModelDynamicBatching,
  type ModelQueuePolicy,
  ModelQueuePolicy_TimeoutAction,
  type ModelSequenceBatching,
  type ModelSequenceBatching_Control,
  ModelSequenceBatching_Control_Kind,
  type ModelSequenceBatching_ControlInput,
  type ModelSequenceBatching_InitialState,
  type ModelSequenceBatching_State,
  tensorFromBytes,
} from '../../wire/index.js';
import { datatypeOf } from './datatypes.js';

const MICROSECONDS = 1000;

const inMs = (microseconds: bigint): number => Number(microseconds) / MICROSECONDS;

const queuePolicy = (policy: ModelQueuePolicy): QueuePolicy => ({
  timeoutAction: policy.timeoutAction === ModelQueuePolicy_TimeoutAction.DELAY ? 'delay' : 'reject',
  defaultTimeoutMs: inMs(policy.defaultTimeoutMicroseconds),
  allowTimeoutOverride: policy.allowTimeoutOverride,
  maxQueueSize: policy.maxQueueSize,
});

/** The dynamic batcher of a configuration. */
export function batchScheduling(batching: ModelDynamicBatching): BatchScheduling {
  const policies = Object.entries(batching.priorityQueuePolicy).map(([level, policy]) => [Number(level), queuePolicy(policy)] as const);
  return {
    kind: 'batch',
    preferredBatchSizes: batching.preferredBatchSize,
    maxQueueDelayMs: inMs(batching.maxQueueDelayMicroseconds),
    preserveOrdering: batching.preserveOrdering,
    priorityLevels: Number(batching.priorityLevels),
    defaultPriorityLevel: Number(batching.defaultPriorityLevel),
    ...(batching.defaultQueuePolicy && { defaultQueuePolicy: queuePolicy(batching.defaultQueuePolicy) }),
    ...(policies.length > 0 && { priorityQueuePolicies: Object.fromEntries(policies) }),
  };
}

const FLAGS = {
  [ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_START]: 'start',
  [ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_READY]: 'ready',
  [ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_END]: 'end',
} as const;

function flagValues(model: string, input: string, control: ModelSequenceBatching_Control): readonly ['INT32' | 'FP32' | 'BOOL', number[]] {
  const { int32FalseTrue, fp32FalseTrue, boolFalseTrue } = control;
  const given = (
    [
      ['INT32', int32FalseTrue],
      ['FP32', fp32FalseTrue],
      ['BOOL', boolFalseTrue.map(Number)],
    ] as const
  ).filter(([, values]) => values.length > 0);
  const [only] = given;
  if (!only || given.length > 1)
    return fail(
      'INVALID_ARGUMENT',
      `sequence batching ${given.length > 1 ? "specifies more than one from 'int32_false_true', 'fp32_false_true' and 'bool_false_true'" : "must specify either 'int32_false_true', 'fp32_false_true' or 'bool_false_true'"} for ${input} for ${model}`,
    );
  if (only[1].length !== 2) fail('INVALID_ARGUMENT', `sequence batching control of ${input} must have exactly 2 entries for ${model}`);
  return only;
}

const ID_TYPES: ReadonlySet<Datatype> = new Set(['UINT64', 'INT64', 'UINT32', 'INT32', 'BYTES']);

function controlsOf(model: string, { name: input, control }: ModelSequenceBatching_ControlInput): SequenceControl[] {
  return control.map((one) => {
    if (one.kind === ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_CORRID) {
      const datatype = datatypeOf(one.dataType, `control ${input}`);
      if (!ID_TYPES.has(datatype))
        fail(
          'INVALID_ARGUMENT',
          `unexpected data type for control CONTROL_SEQUENCE_CORRID for ${model}. Allowed data types are TYPE_UINT64, TYPE_INT64, TYPE_UINT32, TYPE_INT32 and TYPE_STRING`,
        );
      return { kind: 'sequenceId', input, datatype: datatype as 'UINT64' };
    }
    const [datatype, [no, yes]] = flagValues(model, input, one);
    return { kind: FLAGS[one.kind], input, datatype, values: [no!, yes!] };
  });
}

const IN_FOLDER = 'initial_state';

async function initialOf(
  { inputName }: ModelSequenceBatching_State,
  { dims, dataType, stateData }: ModelSequenceBatching_InitialState,
  folder: string,
  modelName: string,
): Promise<NonNullable<SequenceState['initial']> | undefined> {
  if (stateData.case !== 'dataFile') return undefined;
  const path = join(folder, IN_FOLDER, stateData.value);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw toFault(error, 'INVALID_ARGUMENT', `initial state of '${inputName}' cannot be read: `);
  });
  const datatype = datatypeOf(dataType, `initial state of ${inputName}`);
  const shape = dims.map(Number);
  const size = BYTES_PER_ELEMENT[datatype] * shape.reduce((product, dim) => product * dim, 1);
  if (datatype !== 'BYTES' && bytes.byteLength < size)
    fail('INVALID_ARGUMENT', `initial state of '${inputName}': ${path} has ${bytes.byteLength} bytes, ${size} are needed`);
  const { data } = tensorFromBytes({ name: inputName, datatype, shape }, datatype === 'BYTES' ? bytes : bytes.subarray(0, size), {
    modelName,
    id: '',
    direction: 'input',
  });
  return { dims: shape, data };
}

async function stateOf(state: ModelSequenceBatching_State, folder: string, model: string): Promise<SequenceState> {
  const [first] = state.initialState;
  const initial = first && (await initialOf(state, first, folder, model));
  const dims = first && state.dims.includes(-1n) && !initial ? { dims: first.dims.map(Number) } : undefined;
  const datatype = datatypeOf(state.dataType, `state ${state.inputName}`);
  return {
    input: state.inputName,
    output: state.outputName,
    datatype,
    dims: state.dims.map(Number),
    ...(initial && { initial }),
    ...(dims && { initial: { ...dims, data: zeros(datatype, dims.dims) } }),
  };
}

function zeros(datatype: Datatype, shape: readonly number[]): Tensor['data'] {
  const count = shape.reduce((product, size) => product * size, 1);
  if (datatype === 'BYTES') return Array.from({ length: count }, () => new Uint8Array(0));
  const bytes = new Uint8Array(count * BYTES_PER_ELEMENT[datatype]);
  return tensorFromBytes({ name: 'state', datatype, shape }, bytes, { modelName: '', id: '', direction: 'input' }).data;
}

function strategyOf({ strategyChoice: choice }: ModelSequenceBatching): DirectStrategy | OldestStrategy {
  if (choice.case !== 'oldest')
    return {
      kind: 'direct',
      maxQueueDelayMs: inMs(choice.value?.maxQueueDelayMicroseconds ?? 0n),
      minimumSlotUtilization: choice.value?.minimumSlotUtilization ?? 0,
    };
  const { maxCandidateSequences, preferredBatchSize, maxQueueDelayMicroseconds, preserveOrdering } = choice.value;
  return {
    kind: 'oldest',
    maxCandidateSequences: Math.max(1, maxCandidateSequences),
    preferredBatchSizes: preferredBatchSize,
    maxQueueDelayMs: inMs(maxQueueDelayMicroseconds),
    preserveOrdering,
  };
}

/** The sequence batcher of a configuration; initial states are read from the model's folder. @throws Fault INVALID_ARGUMENT in Triton's words */
export async function sequenceScheduling(batching: ModelSequenceBatching, { name }: ModelConfig, folder: string): Promise<SequenceScheduling> {
  return {
    kind: 'sequence',
    strategy: strategyOf(batching),
    maxIdleMs: inMs(batching.maxSequenceIdleMicroseconds),
    controls: batching.controlInput.flatMap((input) => controlsOf(name, input)),
    states: await Promise.all(batching.state.map((state) => stateOf(state, folder, name))),
    iterative: batching.iterativeSequence,
  };
}
