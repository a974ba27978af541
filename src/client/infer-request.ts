import { fail } from '../core/index.js';
import { inferRequest, NO_CONTROLS, type InferControls, type InferRequest, type InferTensor, type ParameterValue } from '../wire/index.js';
import type { InferOptions, Inputs, WantedOutput } from './port.js';

function tensorsOf(inputs: Inputs): readonly InferTensor[] {
  if (Array.isArray(inputs)) return inputs as readonly InferTensor[];
  return Object.entries(inputs).map(([name, tensor]) => ({ ...tensor, name }) as InferTensor);
}

/** A whole number is an integer for the model, whose parameters tell the two apart. */
const parameterValue = (value: ParameterValue): ParameterValue => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value);

function whole(name: string, value: number): bigint {
  return Number.isSafeInteger(value) && value >= 0
    ? BigInt(value)
    : fail('INVALID_ARGUMENT', `${name} is ${value}, wanted a whole number of 0 or more`);
}

function controlsOf({ sequence, priority = 0, queueTimeoutMicroseconds = 0 }: InferOptions): InferControls {
  if (!sequence && priority === 0 && queueTimeoutMicroseconds === 0) return NO_CONTROLS;
  return {
    ...NO_CONTROLS,
    // 0 is no id: with START, a server that issues ids answers one.
    ...(sequence && { sequenceId: sequence.id ?? 0n, sequenceStart: sequence.start ?? false, sequenceEnd: sequence.end ?? false }),
    priority: whole('priority', priority),
    timeoutMicroseconds: whole('queueTimeoutMicroseconds', queueTimeoutMicroseconds),
  };
}

/** The request that a call stands for. @throws Fault INVALID_ARGUMENT */
export function requestOf(modelName: string, inputs: Inputs, options: InferOptions): InferRequest {
  const { version: modelVersion = '', id = '', outputs = [], parameters, binary = true } = options;
  return inferRequest({
    modelName,
    modelVersion,
    id,
    controls: controlsOf(options),
    inputs: tensorsOf(inputs),
    outputs: outputs.map((wanted) => {
      const { name, classification = 0, shared }: WantedOutput = typeof wanted === 'string' ? { name: wanted } : wanted;
      return { name, binary, classification, ...(shared && { shared }) };
    }),
    binaryOutput: binary,
    ...(parameters && { parameters: new Map(Object.entries(parameters).map(([key, value]) => [key, parameterValue(value)])) }),
  });
}
