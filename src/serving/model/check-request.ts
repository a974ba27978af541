import { type Datatype, fail, type Tensor } from '../../core/index.js';
import type { InferRequest, ModelConfig, ModelInput } from '../../wire/index.js';
import { datatypeOf } from './datatypes.js';

/** An input as requests must bring it. */
export interface InputRule {
  readonly name: string;
  readonly datatype: Datatype;
  readonly dims: readonly number[];
  readonly optional: boolean;
  readonly ragged: boolean;
  /** The shape that the backend wants instead of `dims`. */
  readonly reshape: readonly number[] | undefined;
}

/** What a model takes, prepared for checking each request. */
export interface RequestRules {
  readonly model: string;
  /** 0: the first axis is no batch. */
  readonly maxBatch: number;
  readonly inputs: ReadonlyMap<string, InputRule>;
  readonly required: number;
  readonly outputs: ReadonlySet<string>;
}

const ruleOf = (input: ModelInput): InputRule => ({
  name: input.name,
  datatype: datatypeOf(input.dataType, 'model input'),
  dims: input.dims.map(Number),
  optional: input.optional,
  ragged: input.allowRaggedBatch,
  reshape: input.reshape?.shape.map(Number),
});

/** The rules of a configuration. */
export function requestRules(config: ModelConfig): RequestRules {
  const inputs = config.input.map(ruleOf);
  const states = config.schedulingChoice.case === 'sequenceBatching' ? config.schedulingChoice.value.state : [];
  return {
    model: config.name,
    maxBatch: config.maxBatchSize,
    inputs: new Map(inputs.map((rule) => [rule.name, rule])),
    required: inputs.filter(({ optional }) => !optional).length,
    outputs: new Set([...config.output.map(({ name }) => name), ...states.map(({ outputName }) => outputName)]),
  };
}

/** The start of Triton's texts about one request. */
export const about = ({ id }: Pick<InferRequest, 'id'>): string => `[request id: ${id === '' ? '<id_unknown>' : id}] `;

const BATCH_NOTE =
  'NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each input shape. If you want to specify the full shape including the batch dim in your input dims config, try setting max_batch_size to zero. See the model configuration docs for more info on max_batch_size.';

function refuseCount(request: InferRequest, inputs: readonly Tensor[], { model, inputs: rules, required }: RequestRules): never {
  const given = new Set(inputs.map(({ name }) => name));
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(',');
  const missing = [...rules.values()].filter((rule) => !rule.optional && !given.has(rule.name)).map(({ name }) => name);
  const wanted = required === rules.size ? `expected ${rules.size} inputs` : `expected number of inputs between ${required} and ${rules.size}`;
  // Triton closes the second list over the bracket that opens it when nothing is missing.
  const lacking = missing.length === 0 ? ']' : `[${quoted(missing)}]`;
  return fail(
    'INVALID_ARGUMENT',
    `${about(request)}${wanted} but got ${given.size} inputs for model '${model}'. Got input(s) [${quoted([...given].toSorted())}], but missing required input(s) ${lacking}. Please provide all required input(s).`,
  );
}

function ruleFor(tensor: Tensor, { model, inputs }: RequestRules): InputRule {
  return inputs.get(tensor.name) ?? fail('INVALID_ARGUMENT', `unexpected inference input '${tensor.name}' for model '${model}'`);
}

function rowsOf(request: InferRequest, inputs: readonly Tensor[], { model, maxBatch }: RequestRules): number {
  let rows = 0;
  for (const { name, shape } of inputs) {
    if (shape.length === 0)
      fail('INVALID_ARGUMENT', `${about(request)}input '${name}' has no shape but model requires batch dimension for '${model}'`);
    if (rows === 0) rows = shape[0]!;
    else if (rows !== shape[0]) fail('INVALID_ARGUMENT', `${about(request)}input '${name}' batch size does not match other inputs for '${model}'`);
  }
  const [first] = inputs;
  if (first && rows === 0) fail('INVALID_ARGUMENT', `${about(request)}input '${first.name}' has no rows: batch-size must be >= 1 for '${model}'`);
  if (rows > maxBatch) fail('INVALID_ARGUMENT', `${about(request)}inference request batch-size must be <= ${maxBatch} for '${model}'`);
  return rows;
}

function checkShape(request: InferRequest, { name, shape }: Tensor, { dims }: InputRule, { model, maxBatch }: RequestRules): void {
  const from = maxBatch > 0 ? 1 : 0;
  let fits = shape.length === dims.length + from;
  for (let axis = 0; fits && axis < dims.length; axis++) fits = dims[axis] === -1 || dims[axis] === shape[axis + from];
  if (fits) return;
  const wanted = maxBatch > 0 ? [-1, ...dims] : dims;
  fail(
    'INVALID_ARGUMENT',
    `${about(request)}unexpected shape for input '${name}' for model '${model}'. Expected [${wanted.join(',')}], got [${shape.join(',')}]. ${maxBatch > 0 ? BATCH_NOTE : ''}`,
  );
}

/** The shape after `reshape`: its free sizes are those of the dims, in order. */
export function reshaped(shape: readonly number[], dims: readonly number[], target: readonly number[], hasBatch: boolean): number[] {
  const from = hasBatch ? 1 : 0;
  const free = dims.flatMap((size, axis) => (size === -1 ? [shape[axis + from]!] : []));
  return [...shape.slice(0, from), ...target.map((size) => (size === -1 ? free.shift()! : size))];
}

/**
 * Checks inputs against the model; gives them as the backend wants them, and the rows (0 where the first axis is no batch).
 * @throws Fault INVALID_ARGUMENT in Triton's words
 */
export function checkRequest(request: InferRequest, inputs: readonly Tensor[], rules: RequestRules): { inputs: readonly Tensor[]; rows: number } {
  const { model, outputs, maxBatch } = rules;
  for (const { name } of request.outputs)
    if (!outputs.has(name)) fail('INVALID_ARGUMENT', `unexpected inference output '${name}' for model '${model}'`);
  if (inputs.length > rules.inputs.size || inputs.length < rules.required) refuseCount(request, inputs, rules);
  const found = inputs.map((tensor) => ruleFor(tensor, rules));
  const rows = maxBatch > 0 ? rowsOf(request, inputs, rules) : 0;
  let changed = false;
  const wanted = inputs.map((tensor, i) => {
    const rule = found[i]!;
    if (tensor.datatype !== rule.datatype)
      fail(
        'INVALID_ARGUMENT',
        `${about(request)}inference input '${tensor.name}' data-type is '${tensor.datatype}', but model '${model}' expects '${rule.datatype}'`,
      );
    checkShape(request, tensor, rule, rules);
    if (rule.reshape === undefined) return tensor;
    changed = true;
    return { ...tensor, shape: reshaped(tensor.shape, rule.dims, rule.reshape, maxBatch > 0) };
  });
  return { inputs: changed ? wanted : inputs, rows };
}
