import { fail } from '../../core/index.js';
import { NO_CONTROLS, type InferControls, type Parameters, type ParameterValue } from '../infer.js';
import type { WireParameter, WireParameters } from './fields.js';

function expectKind(key: string, { kind }: WireParameter, ...kinds: readonly WireParameter['kind'][]): void {
  if (!kinds.includes(kind))
    fail('INVALID_ARGUMENT', `invalid value type for '${key}' parameter, expected ${kinds.map((wanted) => `${wanted}_param`).join(' or ')}.`);
}

function priorityOf(parameter: WireParameter): bigint {
  expectKind('priority', parameter, 'int64', 'uint64');
  if ((parameter.value as bigint) < 0n) fail('INVALID_ARGUMENT', `invalid value for 'priority', expected value >= 0.`);
  return parameter.value as bigint;
}

/** How each control is read from its parameter. */
const READ: Readonly<Record<string, (parameter: WireParameter) => Partial<InferControls>>> = {
  sequence_id(parameter) {
    expectKind('sequence_id', parameter, 'int64', 'string');
    const { value } = parameter;
    return { sequenceId: typeof value === 'string' ? value : BigInt.asUintN(64, value as bigint) };
  },
  sequence_start(parameter) {
    expectKind('sequence_start', parameter, 'bool');
    return { sequenceStart: parameter.value as boolean };
  },
  sequence_end(parameter) {
    expectKind('sequence_end', parameter, 'bool');
    return { sequenceEnd: parameter.value as boolean };
  },
  priority: (parameter) => ({ priority: priorityOf(parameter) }),
  timeout(parameter) {
    expectKind('timeout', parameter, 'int64');
    return { timeoutMicroseconds: BigInt.asUintN(64, parameter.value as bigint) };
  },
  triton_enable_empty_final_response(parameter) {
    expectKind('triton_enable_empty_final_response', parameter, 'bool');
    return { emptyFinalResponse: parameter.value as boolean };
  },
};

/** Tells the scheduler's parameters from the client's own. @throws Fault INVALID_ARGUMENT in Triton's words */
export function readControls(wire: WireParameters): { controls: InferControls; parameters: Parameters } {
  if (wire.size === 0) return { controls: NO_CONTROLS, parameters: new Map() };
  let controls: InferControls | undefined;
  const parameters = new Map<string, ParameterValue>();
  for (const [key, parameter] of wire) {
    const read = Object.hasOwn(READ, key) ? READ[key] : undefined;
    if (read) {
      Object.assign((controls ??= { ...NO_CONTROLS }), read(parameter));
      continue;
    }
    if (key.startsWith('triton_'))
      fail(
        'INVALID_ARGUMENT',
        `parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response`,
      );
    if (parameter.kind === 'uint64' || parameter.kind === 'none')
      fail('INVALID_ARGUMENT', `invalid value type for '${key}' parameter, expected int64_param, bool_param, or string_param.`);
    parameters.set(key, parameter.value);
  }
  return { controls: controls ?? NO_CONTROLS, parameters };
}

/** The scheduler's parameters and the client's own as one list, as they travel. */
export function joinControls({ controls, parameters }: { controls: InferControls; parameters: Parameters }): Parameters {
  const all = new Map<string, ParameterValue>();
  const { sequenceId, sequenceStart, sequenceEnd, priority, timeoutMicroseconds, emptyFinalResponse } = controls;
  if (sequenceId !== undefined) {
    all.set('sequence_id', typeof sequenceId === 'bigint' ? BigInt.asIntN(64, sequenceId) : sequenceId);
    all.set('sequence_start', sequenceStart);
    all.set('sequence_end', sequenceEnd);
  }
  if (priority !== 0n) all.set('priority', priority);
  if (timeoutMicroseconds !== 0n) all.set('timeout', timeoutMicroseconds);
  if (emptyFinalResponse) all.set('triton_enable_empty_final_response', true);
  for (const [key, value] of parameters) all.set(key, value);
  return all;
}
