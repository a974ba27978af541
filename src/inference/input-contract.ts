import { type Datatype, type Tensor, type TensorSpec, checked, didYouMean, fail } from '../core/index.js';
import type { ModelDefinition, ModelSpec, PictureInput } from '../models/index.js';

/** What a model takes, prepared for checking each request. */
export interface InputContract {
  readonly model: string;
  readonly inputs: ReadonlyMap<string, TensorSpec>;
  /** Shape of a picture given as bytes, without the batch axis; absent for a model that takes tensors only. */
  readonly picture: readonly number[] | undefined;
  /** Size of the first axis where the graph fixes it; undefined where it counts rows, any number up to `maxBatch`. */
  readonly fixedRows: number | undefined;
  readonly maxBatch: number;
  /** Inputs that may be left out. */
  readonly optional: ReadonlySet<string>;
  /** Inputs whose shape sets no request apart. */
  readonly ragged: ReadonlySet<string>;
}

/** What a contract is made with besides the model: names of inputs. */
export interface InputRules {
  readonly optional: readonly string[];
  readonly ragged: readonly string[];
  /** Filled in by the engine: not in a request. */
  readonly engines: readonly string[];
}

const NOTHING: ReadonlySet<string> = new Set();

const NO_RULES: InputRules = Object.freeze({ optional: [], ragged: [], engines: [] });

function pictureShape({ fit }: PictureInput): readonly number[] {
  const { width, height } = fit.size;
  const channels = fit.order === 'gray' ? 1 : 3;
  return fit.layout === 'planar' ? [channels, height, width] : [height, width, channels];
}

/** The contract of a model whose graph takes `graphBatch` rows (`Infinity`: any number), in a host that allows `maxBatch`. */
export function inputContract(
  { name, picture }: ModelDefinition,
  spec: ModelSpec,
  graphBatch: number,
  maxBatch: number,
  { optional, ragged, engines }: InputRules = NO_RULES,
): InputContract {
  const known = spec.inputs.map((input) => input.name);
  const stray = [...optional, ...ragged, ...engines].find((input) => !known.includes(input));
  if (stray !== undefined) fail('CONFIG_INVALID', `model "${name}": no input "${stray}".${didYouMean(stray, known)} It has ${known.join(', ')}`);
  return {
    model: name,
    inputs: new Map(spec.inputs.filter((input) => !engines.includes(input.name)).map((input) => [input.name, input])),
    optional: new Set(optional),
    ragged: new Set(ragged),
    picture: picture && pictureShape(picture),
    fixedRows: graphBatch === Infinity ? undefined : graphBatch,
    maxBatch,
  };
}

const fits = (shape: readonly number[], wanted: readonly number[], from: number): boolean =>
  shape.length === wanted.length && shape.every((size, axis) => axis < from || wanted[axis] === -1 || wanted[axis] === size);

function checkPicture({ name, shape }: Tensor, wanted: readonly number[], { model, fixedRows = -1 }: InputContract): void {
  if (fits(shape, [fixedRows, ...wanted], 0)) return;
  const axes = [fixedRows === -1 ? 'N' : fixedRows, ...wanted].join();
  fail('INVALID_ARGUMENT', `model "${model}": picture "${name}" has shape [${shape}], wanted [${axes}]`);
}

function checkTensor({ name, datatype, shape }: Tensor, spec: TensorSpec, { model, fixedRows }: InputContract): void {
  if (datatype !== spec.datatype) fail('INVALID_ARGUMENT', `model "${model}": input "${name}" is ${datatype}, wanted ${spec.datatype}`);
  if (!fits(shape, spec.shape, fixedRows === undefined ? 1 : 0))
    fail('INVALID_ARGUMENT', `model "${model}": input "${name}" has shape [${shape}], wanted [${spec.shape}] (-1 is any size)`);
}

function rowsOf(inputs: readonly Tensor[], { model, fixedRows, maxBatch }: InputContract): number {
  if (fixedRows !== undefined) return 1;
  const rows = inputs[0]?.shape[0] ?? 1;
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

/**
 * Rows of a request whose inputs fit; a graph with a fixed first axis counts a request as one row.
 * @throws Fault INVALID_ARGUMENT naming the model, the input and what it wanted
 */
export function checkInputs(inputs: readonly Tensor[], contract: InputContract): number {
  const { model, inputs: wanted, picture } = contract;
  const [first] = inputs;
  if (picture && first && inputs.length === 1 && first.datatype === 'UINT8') {
    checked(first);
    checkPicture(first, picture, contract);
    return rowsOf(inputs, contract);
  }
  if (inputs.length < wanted.size - contract.optional.size || inputs.length > wanted.size)
    fail('INVALID_ARGUMENT', `model "${model}": ${inputs.length} inputs given, wanted ${wanted.size}: ${[...wanted.keys()].join(', ')}`);
  inputs.forEach((tensor, i) => {
    const { name } = tensor;
    const spec = wanted.get(name) ?? fail('INVALID_ARGUMENT', `model "${model}": no input "${name}".${didYouMean(name, [...wanted.keys()])}`);
    if (i > 0 && inputs.findIndex((other) => other.name === name) !== i) fail('INVALID_ARGUMENT', `model "${model}": input "${name}" is given twice`);
    checked<Datatype>(tensor);
    checkTensor(tensor, spec, contract);
  });
  if (inputs.length < wanted.size) checkLeftOut(inputs, contract);
  return rowsOf(inputs, contract);
}

function checkLeftOut(inputs: readonly Tensor[], { model, inputs: wanted, optional }: InputContract): void {
  const missing = [...wanted.keys()].find((name) => !optional.has(name) && !inputs.some((input) => input.name === name));
  if (missing !== undefined) fail('INVALID_ARGUMENT', `model "${model}": input "${missing}" is missing, and is not optional`);
}

/** Equal for requests that can share a run: names, datatypes and shapes but for the batch axis, and for ragged inputs. */
export function batchKey(inputs: readonly Tensor[], ragged: ReadonlySet<string> = NOTHING): string {
  let key = '';
  for (const { name, datatype, shape } of inputs) key += ragged.has(name) ? `${name};` : `${name}:${datatype}:${shape.slice(1).join()};`;
  return key;
}
