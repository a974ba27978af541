import { BYTES_PER_ELEMENT, type Datatype, fail, type Tensor } from '../../core/index.js';
import {
  inferRequest,
  type InferRequest,
  type InferResponse,
  jsonOfTensor,
  type JsonInput,
  type JsonObject,
  type JsonValue,
  type ModelMetadataResponse,
  type ParameterValue,
  tensorFromJson,
} from '../../wire/index.js';

/** The shape of `count` elements: fixed sizes as they are, the innermost free one takes the rest, the others are 1. @throws Fault INVALID_ARGUMENT */
function paddedShape(name: string, shape: readonly number[], count: number): number[] {
  const refuse = (): never => fail('INVALID_ARGUMENT', `The schema can not convert input '${name}' to tensor with proper shape`);
  let rest = count;
  for (const size of shape) {
    if (size === -1) continue;
    if (rest % size !== 0) refuse();
    rest /= size;
  }
  const padded = shape
    .toReversed()
    .map((size) => {
      if (size !== -1) return size;
      const taken = rest;
      rest = 1;
      return taken;
    })
    .toReversed();
  if (rest !== 1) refuse();
  return padded;
}

function inputOf(input: ModelMetadataResponse['inputs'][number], value: JsonValue, maxBytes: number): Tensor {
  const { name } = input;
  const datatype = input.datatype as Datatype;
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  if (values.length * BYTES_PER_ELEMENT[datatype] > maxBytes)
    fail(
      'INVALID_ARGUMENT',
      `request size of 0 bytes with input '${name}' of size ${values.length * BYTES_PER_ELEMENT[datatype]} bytes exceeds the maximum allowed input size of ${maxBytes}. Use --http-max-input-size to increase the limit.`,
    );
  return tensorFromJson({ name, datatype, shape: paddedShape(name, input.shape.map(Number), values.length) }, values, 'input');
}

function parameterOf(name: string, value: JsonValue): ParameterValue {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return fail('INVALID_ARGUMENT', `parameter '${name}' has invalid type. It should be either 'int', 'bool', or 'string'.`);
}

/**
 * Reads the body of `generate`: members that are inputs of the model become tensors, all others parameters; the members of `parameters` stand
 * for themselves. @throws Fault INVALID_ARGUMENT, INTERNAL in Triton's words
 */
export function generateRequest(metadata: ModelMetadataResponse, version: string, body: JsonObject, maxBytes: number): InferRequest {
  const known = new Map(metadata.inputs.map((input) => [input.name, input]));
  const inputs: Tensor[] = [];
  const parameters = new Map<string, ParameterValue>();
  let id = '';
  const take = (members: JsonObject): void => {
    for (const [name, value] of members) {
      const input = known.get(name);
      if (input) inputs.push(inputOf(input, value, maxBytes));
      else if (name === 'id') id = String(value);
      else if (name !== 'parameters') parameters.set(name, parameterOf(name, value));
      else if (value instanceof Map) take(value as JsonObject);
      else fail('INVALID_ARGUMENT', "Expected JSON object for keyword: 'parameters'");
    }
  };
  take(body);
  return inferRequest({ modelName: metadata.name, modelVersion: version, id, inputs, parameters });
}

/** A response as `generate` tells it: outputs by name, an output of one element without its list. */
export function generateResponse({ id, modelName, modelVersion, parameters, outputs }: InferResponse): JsonInput {
  const told = new Map<string, JsonInput>([
    ...(id === '' ? [] : ([['id', id]] as const)),
    ['model_name', modelName],
    ['model_version', modelVersion],
  ]);
  for (const [name, value] of parameters) told.set(name, value);
  for (const output of outputs) {
    if ('shared' in output) continue;
    const values = jsonOfTensor(output);
    told.set(output.name, values.length === 1 ? values[0]! : values);
  }
  // In the order of their names, as Triton has them.
  return new Map([...told].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
