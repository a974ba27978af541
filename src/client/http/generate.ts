import { fail, type TensorSpec } from '../../core/index.js';
import {
  jsonFromTensor,
  tensorFromJson,
  writeJson,
  type InferRequest,
  type InferResponse,
  type JsonInput,
  type JsonObject,
  type JsonValue,
} from '../../wire/index.js';

/**
 * A request as the generate endpoints take it: each input as a list under its name, and the parameters.
 * @throws Fault UNSUPPORTED for inputs in shared memory, INVALID_ARGUMENT where JSON has no form for a tensor
 */
export function generateBody({ id, inputs, parameters, controls }: InferRequest): string {
  const members = inputs.map((input) => {
    if ('shared' in input) return fail('UNSUPPORTED', `input "${input.name}" lies in shared memory, which streams over HTTP do not take`);
    return `${JSON.stringify(input.name)}:${jsonFromTensor(input)}`;
  });
  const { sequenceId, sequenceStart, sequenceEnd, priority, timeoutMicroseconds } = controls;
  const all: Record<string, JsonInput> = {
    ...(sequenceId !== undefined && { sequence_id: sequenceId, sequence_start: sequenceStart, sequence_end: sequenceEnd }),
    ...(priority !== 0n && { priority }),
    ...(timeoutMicroseconds !== 0n && { timeout: timeoutMicroseconds }),
    ...Object.fromEntries(parameters),
  };
  if (id !== '') members.unshift(`"id":${JSON.stringify(id)}`);
  if (Object.keys(all).length > 0) members.push(`"parameters":${writeJson(all)}`);
  return `{${members.join(',')}}`;
}

const textIn = (object: JsonObject, name: string): string => {
  const value = object.get(name);
  return typeof value === 'string' ? value : '';
};

/** An object of the generate endpoints as a response: a member with an output's name becomes a tensor of one axis. @throws Fault as `tensorFromJson` */
export function responseOfObject(object: JsonObject, outputs: readonly TensorSpec[]): InferResponse {
  const tensors = outputs.flatMap(({ name, datatype }) => {
    const value = object.get(name);
    if (value === undefined) return [];
    const data: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    return [tensorFromJson({ name, datatype, shape: [data.length] }, data, 'output')];
  });
  return {
    modelName: textIn(object, 'model_name'),
    modelVersion: textIn(object, 'model_version'),
    id: textIn(object, 'id'),
    parameters: new Map(),
    outputs: tensors,
  };
}
