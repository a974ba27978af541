import { BYTES_PER_ELEMENT, elementCount, fail, type Tensor } from '../../core/index.js';
import { type InferRequest, type ModelConfig, tensorFromBytes } from '../../wire/index.js';
import { about, type InputRule, requestRules, type RequestRules } from './check-request.js';

function onlyInput(request: InferRequest, { model, inputs }: RequestRules): InputRule {
  const [rule] = [...inputs.values()];
  if (rule && inputs.size === 1) return rule;
  return fail(
    'INVALID_ARGUMENT',
    `${about(request)}Raw request must only have 1 input (found 1) to be deduced but got ${inputs.size} inputs in '${model}' model configuration`,
  );
}

/** The one input of a model from a body without a word about it. @throws Fault INVALID_ARGUMENT in Triton's words */
export function rawInput(request: InferRequest, bytes: Uint8Array, rules: RequestRules): Tensor {
  const { name, datatype, dims } = onlyInput(request, rules);
  const free = dims.filter((size) => size === -1).length;
  if (free > 1)
    fail(
      'INVALID_ARGUMENT',
      `${about(request)}The shape of the raw input '${name}' can not be deduced because there are more than one variable-sized dimension`,
    );
  const known = elementCount(dims.filter((size) => size !== -1));
  const head = (shape: readonly number[]): Pick<Tensor, 'name' | 'shape'> => ({ name, shape: rules.maxBatch > 0 ? [1, ...shape] : shape });
  if (datatype === 'BYTES') {
    if (free > 0 || known !== 1)
      fail('INVALID_ARGUMENT', `${about(request)}For BYTE datatype raw input '${name}', the model must have input shape [1]`);
    return { ...head(dims), datatype, data: [bytes] };
  }
  const size = Math.floor(bytes.byteLength / known / BYTES_PER_ELEMENT[datatype]);
  const { shape } = head(dims.map((dim) => (dim === -1 ? size : dim)));
  return tensorFromBytes({ name, datatype, shape }, bytes, { modelName: rules.model, id: request.id, direction: 'input' });
}

/** A request whose raw body has become the model's one input; others as they are. @throws Fault INVALID_ARGUMENT in Triton's words */
export function completeRawInput(request: InferRequest, config: ModelConfig): InferRequest {
  const { rawInput: bytes, ...named } = request;
  return bytes ? { ...named, inputs: [rawInput(request, bytes, requestRules(config))] } : request;
}
