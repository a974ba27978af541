import { type Constant, floats, type Graph, type Node, text, texts, whole, wholes } from './graphs.js';
import type { Random } from './random.js';

/** Makes a graph of one operator, as the numbers of `random` fall. */
export type Make = (random: Random) => Graph;

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
export const sizesOf = (random: Random, rank: number, most = 5): number[] => Array.from({ length: rank }, () => random.int(1, most));
export const filled = (random: Random, shape: readonly number[], least?: number, most?: number): Constant =>
  floats(shape, random.floats(product(shape), least, most));

export const graph = (shape: readonly number[], nodes: readonly Node[], constants: Graph['constants'] = {}, outputs = ['y']): Graph => ({
  shape,
  constants,
  nodes,
  outputs,
});

/** Half the pictures come out of a convolution, so that both forms of a picture are tried: as TensorFlow keeps it, and as ONNX does. */
export function picture(random: Random, { shape, constants, nodes, outputs }: Graph): Graph {
  if (shape.length !== 4 || random.chance()) return { shape, constants, nodes, outputs };
  const copy: Node = {
    name: 'picture',
    op: 'DepthwiseConv2dNative',
    input: ['x', 'copying filter'],
    attr: { strides: wholes(1, 1, 1, 1), dilations: wholes(1, 1, 1, 1), padding: text('VALID'), data_format: text('NHWC') },
  };
  const read = nodes.map((node) => ({ ...node, input: (node.input ?? []).map((name) => (name === 'x' ? 'picture' : name)) }));
  const channels = shape[3]!;
  return {
    shape,
    constants: {
      ...constants,
      'copying filter': floats(
        [1, 1, channels, 1],
        Array.from({ length: channels }, () => 1),
      ),
    },
    nodes: [copy, ...read],
    outputs,
  };
}

export const ACTIVATIONS = ['Relu', 'Relu6', 'Sigmoid', 'Elu', 'LeakyRelu', 'Prelu'];

/** TF.js forgets the slope of a convolution by depth, and answers NaN. */
export const WITHOUT_LEAK = ACTIVATIONS.filter((name) => name !== 'LeakyRelu');

export function fusedWith(random: Random, channels: number, activations: readonly string[] = ACTIVATIONS) {
  const activation = random.pick([undefined, ...activations]);
  const names = ['BiasAdd', ...(activation === undefined ? [] : [activation])];
  const constants = { bias: filled(random, [channels]), ...(activation === 'Prelu' ? { slopes: filled(random, [channels]) } : {}) };
  return {
    attr: { fused_ops: texts(...names), num_args: whole(Object.keys(constants).length), leakyrelu_alpha: { f: 0.3 } },
    constants,
    input: Object.keys(constants),
  };
}

/** The same maker for several operators. */
export const rows = (names: readonly string[], make: (op: string) => Make): Record<string, Make> =>
  Object.fromEntries(names.map((op) => [op, make(op)]));
