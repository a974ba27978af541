import { type Tensor, type TensorSpec, checked, didYouMean, fail } from '../core/index.js';
import type { ModelDefinition, ModelSpec, PictureInput } from '../models/index.js';

/** What a model takes, prepared for checking each request. */
export interface InputContract {
  readonly model: string;
  readonly inputs: ReadonlyMap<string, TensorSpec>;
  readonly picture: PictureInput | undefined;
  /** Whether the first axis counts rows that a run may have any number of, up to `maxBatch`. */
  readonly batched: boolean;
  readonly maxBatch: number;
}

/** The contract of a model whose graph takes `graphBatch` rows and whose host allows `maxBatch`. */
export function inputContract(definition: ModelDefinition, spec: ModelSpec, graphBatch: number, maxBatch: number): InputContract {
  const inputs = new Map(spec.inputs.map((input) => [input.name, input]));
  return { model: definition.name, inputs, picture: definition.picture, batched: graphBatch > 1, maxBatch };
}

const fits = (shape: readonly number[], wanted: readonly number[], from: number): boolean =>
  shape.length === wanted.length && shape.every((size, axis) => axis < from || wanted[axis] === -1 || wanted[axis] === size);

function isPicture({ shape }: Tensor, { fit }: PictureInput): boolean {
  const channels = fit.order === 'gray' ? 1 : 3;
  const { width, height } = fit.size;
  const [, a, b, c] = shape;
  if (shape.length !== 4) return false;
  return (a === channels && b === height && c === width) || (a === height && b === width && c === channels);
}

function checkOne(tensor: Tensor, spec: TensorSpec, { model, picture, batched }: InputContract): void {
  checked(tensor as Extract<Tensor, { datatype: 'FP32' }>);
  const asPicture = picture?.input === tensor.name && tensor.datatype === 'UINT8' && spec.datatype !== 'UINT8';
  if (asPicture) {
    const { width, height } = picture.fit.size;
    if (isPicture(tensor, picture)) return;
    const channels = picture.fit.order === 'gray' ? 1 : 3;
    fail(
      'INVALID_ARGUMENT',
      `model "${model}": picture "${tensor.name}" has shape [${tensor.shape}], wanted [N,${channels},${height},${width}] or [N,${height},${width},${channels}]`,
    );
  }
  if (tensor.datatype !== spec.datatype)
    fail('INVALID_ARGUMENT', `model "${model}": input "${tensor.name}" is ${tensor.datatype}, wanted ${spec.datatype}`);
  if (!fits(tensor.shape, spec.shape, batched ? 1 : 0))
    fail('INVALID_ARGUMENT', `model "${model}": input "${tensor.name}" has shape [${tensor.shape}], wanted [${spec.shape}] (-1 is any size)`);
}

function rowsOf(inputs: readonly Tensor[], { model, batched, maxBatch }: InputContract): number {
  if (!batched) return 1;
  const rows = inputs[0]!.shape[0]!;
  const odd = inputs.find(({ shape }) => shape[0] !== rows);
  if (odd) fail('INVALID_ARGUMENT', `model "${model}": input "${odd.name}" has ${odd.shape[0]} rows, "${inputs[0]!.name}" has ${rows}`);
  if (rows < 1) fail('INVALID_ARGUMENT', `model "${model}": input "${inputs[0]!.name}" has no rows`);
  if (rows > maxBatch)
    fail(
      'INVALID_ARGUMENT',
      `model "${model}": ${rows} rows in one request, at most ${maxBatch} fit a run; split it, or load with a larger maxBatch`,
    );
  return rows;
}

/** Rows of a request whose inputs fit. @throws Fault INVALID_ARGUMENT naming the model, the input and what it wanted */
export function checkInputs(inputs: readonly Tensor[], contract: InputContract): number {
  const { model, inputs: wanted } = contract;
  if (inputs.length !== wanted.size)
    fail('INVALID_ARGUMENT', `model "${model}": ${inputs.length} inputs given, wanted ${wanted.size}: ${[...wanted.keys()].join(', ')}`);
  for (let i = 0; i < inputs.length; i++) {
    const tensor = inputs[i]!;
    const spec =
      wanted.get(tensor.name) ??
      fail('INVALID_ARGUMENT', `model "${model}": no input "${tensor.name}".${didYouMean(tensor.name, [...wanted.keys()])}`);
    if (inputs.length > 1 && inputs.findIndex(({ name }) => name === tensor.name) !== i)
      fail('INVALID_ARGUMENT', `model "${model}": input "${tensor.name}" is given twice`);
    checkOne(tensor, spec, contract);
  }
  return rowsOf(inputs, contract);
}

/** Equal for requests that can share a run: names, datatypes and shapes but for the batch axis. */
export function batchKey(inputs: readonly Tensor[]): string {
  let key = '';
  for (const { name, datatype, shape } of inputs) key += `${name}:${datatype}:${shape.slice(1).join()};`;
  return key;
}
