import { didYouMean, fail } from '../../../core/index.js';
import { unsupported } from './conversion.js';
import { attribute, sizesOf, typeOf, type TfjsModel, type TfjsNode, type TfjsSignatureTensor } from './model.js';

/** A node's name and which of its outputs, of a reference such as `^a/b`, `a/b` or `a/b:1`. */
export function referenceOf(reference: string): { readonly name: string; readonly at: number } {
  const [name = '', at = '0'] = reference.replace(/^\^/, '').split(':');
  return { name, at: Number(at) };
}

const signatureOf = (model: TfjsModel) => model.signature ?? model.userDefinedMetadata?.signature ?? {};

/** What the model answers: by its signature, or else every node that nobody reads. */
function outputsOf(model: TfjsModel): TfjsSignatureTensor[] {
  const { node } = model.modelTopology;
  const known = new Set(node.map(({ name }) => name));
  const named = Object.values(signatureOf(model).outputs ?? {});
  if (named.length > 0 && named.every(({ name }) => known.has(referenceOf(name).name))) return named;
  const read = new Set(node.flatMap(({ input }) => input.map((reference) => referenceOf(reference).name)));
  return node.filter(({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder'].includes(op)).map(({ name }) => ({ name }));
}

/** The outputs to convert. @throws Fault INVALID_ARGUMENT for a name that the model does not answer, INPUT_CORRUPT when there is none */
export function keptOutputs(model: TfjsModel, wanted: readonly string[] | undefined): TfjsSignatureTensor[] {
  const all = outputsOf(model);
  if (all.length === 0) fail('INPUT_CORRUPT', 'model.json: the network has no output');
  if (!wanted) return all;
  const names = all.map(({ name }) => referenceOf(name).name);
  return wanted.map(
    (name) =>
      all[names.indexOf(name)] ?? fail('INVALID_ARGUMENT', `outputs: no output "${name}".${didYouMean(name, names)} There are ${names.join(', ')}`),
  );
}

/** Finds a node that another reads. @throws Fault INPUT_CORRUPT */
function finder(model: TfjsModel) {
  const byName = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  return (reference: string, reader: string): TfjsNode => {
    const { name } = referenceOf(reference);
    return byName.get(name) ?? fail('INPUT_CORRUPT', `"${reader}" reads node "${name}", which does not exist`);
  };
}

/** Nodes that `outputs` need, in no order that matters. @throws Fault INPUT_CORRUPT for a node that is read and does not exist */
export function neededNodes(model: TfjsModel, outputs: readonly TfjsSignatureTensor[]): TfjsNode[] {
  const find = finder(model);
  const needed = new Set(outputs.map(({ name }) => find(name, 'the signature')));
  // What is added while the set is gone through is gone through too.
  for (const node of needed) for (const reference of node.input) needed.add(find(reference, node.name));
  return [...needed];
}

/**
 * The same nodes, each after those it reads. The way through the graph is kept by hand: networks are deeper than the call stack.
 * @throws Fault UNSUPPORTED naming a node of a loop
 */
export function inOrder(model: TfjsModel, outputs: readonly TfjsSignatureTensor[]): TfjsNode[] {
  const find = finder(model);
  const order = new Set<TfjsNode>();
  const open = new Set<TfjsNode>();
  const stack = outputs.map(({ name }) => find(name, 'the signature')).toReversed();
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    const ahead = node.input.map((reference) => find(reference, node.name)).filter((input) => !order.has(input));
    if (order.has(node)) stack.pop();
    else if (ahead.length === 0) order.add(stack.pop()!);
    else if (open.has(node)) unsupported(node, 'it is part of a loop');
    else stack.push(...ahead.toReversed());
    open.add(node);
  }
  return [...order];
}

/** An input of the network: its sizes, -1 for any, and its TensorFlow type. */
export interface DeclaredInput {
  readonly sizes: readonly number[];
  readonly type: string;
}

/** What the signature, or the node itself, says of an input. @throws Fault UNSUPPORTED when its rank is unknown */
export function declaredInput(node: TfjsNode, model: TfjsModel): DeclaredInput {
  const declared = Object.values(signatureOf(model).inputs ?? {}).find(({ name }) => referenceOf(name).name === node.name);
  const sizes = sizesOf(declared?.tensorShape) ?? sizesOf(node.attr['shape']?.shape) ?? unsupported(node, 'its shape is unknown');
  return { sizes, type: attribute.type(node, 'dtype') ?? (declared?.dtype === undefined ? 'DT_FLOAT' : typeOf(declared.dtype)) };
}
