import { ACTIVATIONS, WITHOUT_LEAK, filled, fusedWith, graph, type Make, picture, rows, sizesOf } from './case-parts.js';
import { flag, ints, text, whole, wholes } from './graphs.js';
import type { Random } from './random.js';

function windows(random: Random, allowDilation: boolean) {
  const stride = random.int(1, 3);
  const dilation = stride === 1 && allowDilation ? random.int(1, 3) : 1;
  const kernel = [random.int(1, 4), random.int(1, 4)] as const;
  const extent = kernel.map((size) => (size - 1) * dilation + 1) as [number, number];
  const attr = {
    strides: wholes(1, stride, stride, 1),
    dilations: wholes(1, dilation, dilation, 1),
    padding: text(random.pick(['SAME', 'VALID'])),
    data_format: text('NHWC'),
  };
  return { kernel, attr, shape: [random.int(1, 2), extent[0] + random.int(0, 5), extent[1] + random.int(0, 5), random.int(1, 4)] as const };
}

const convolution =
  (op: string, byDepth: boolean, fused: boolean): Make =>
  (random) => {
    const { kernel, attr, shape } = windows(random, true);
    const last = random.int(1, byDepth ? 2 : 4);
    const more = fused
      ? fusedWith(random, byDepth ? last * shape[3] : last, byDepth ? WITHOUT_LEAK : ACTIVATIONS)
      : { attr: {}, constants: {}, input: [] };
    const constants = { w: filled(random, [...kernel, shape[3], last]), ...more.constants };
    return picture(random, graph(shape, [{ name: 'y', op, input: ['x', 'w', ...more.input], attr: { ...attr, ...more.attr } }], constants));
  };

const explicitConvolution: Make = (random) => {
  const { kernel, attr, shape } = windows(random, true);
  const pads = [0, 0, random.int(0, 2), random.int(0, 2), random.int(0, 2), random.int(0, 2), 0, 0];
  const node = { name: 'y', op: 'Conv2D', input: ['x', 'w'], attr: { ...attr, padding: text('EXPLICIT'), explicit_paddings: wholes(...pads) } };
  return picture(random, graph(shape, [node], { w: filled(random, [...kernel, shape[3], 2]) }));
};

const pooling =
  (op: string): Make =>
  (random) => {
    const { kernel, attr, shape } = windows(random, false);
    return picture(random, graph(shape, [{ name: 'y', op, input: ['x'], attr: { ...attr, ksize: wholes(1, ...kernel, 1) } }]));
  };

const transposedConvolution: Make = (random) => {
  const [stride, kernel, same] = [random.int(1, 3), random.int(1, 4), random.chance()];
  const [rows, height, width, depth] = sizesOf(random, 4, 4) as [number, number, number, number];
  const out = random.int(1, 3);
  // Every size whose forward convolution gives this picture is allowed.
  const size = (n: number): number => (same ? n * stride - random.int(0, stride - 1) : (n - 1) * stride + kernel + random.int(0, stride - 1));
  const constants = { sizes: ints(rows, size(height), size(width), out), w: filled(random, [kernel, kernel, out, depth]) };
  const attr = {
    strides: wholes(1, stride, stride, 1),
    dilations: wholes(1, 1, 1, 1),
    padding: text(same ? 'SAME' : 'VALID'),
    data_format: text('NHWC'),
  };
  return picture(
    random,
    graph([rows, height, width, depth], [{ name: 'y', op: 'Conv2DBackpropInput', input: ['sizes', 'w', 'x'], attr }], constants),
  );
};

const normalisation: Make = (random) => {
  const shape = sizesOf(random, 4);
  const of = (least: number) => filled(random, [shape[3]!], least, 2);
  const constants = { scale: of(-2), offset: of(-2), mean: of(-2), variance: of(0.1) };
  return picture(
    random,
    graph(
      shape,
      [{ name: 'y', op: 'FusedBatchNormV3', input: ['x', ...Object.keys(constants)], attr: { epsilon: { f: 0.01 }, data_format: text('NHWC') } }],
      constants,
    ),
  );
};

const resize =
  (op: string): Make =>
  (random) => {
    const kind = random.int(0, 2);
    const attr = { align_corners: flag(kind === 1), half_pixel_centers: flag(kind === 2) };
    return picture(
      random,
      graph(sizesOf(random, 4, 7), [{ name: 'y', op, input: ['x', 'size'], attr }], { size: ints(random.int(1, 12), random.int(1, 12)) }),
    );
  };

const depthToSpace: Make = (random) => {
  const block = random.int(2, 3);
  const [rows, height, width] = sizesOf(random, 3, 3) as [number, number, number];
  const attr = { block_size: whole(block), data_format: text('NHWC') };
  return picture(random, graph([rows, height, width, block * block * random.int(1, 2)], [{ name: 'y', op: 'DepthToSpace', input: ['x'], attr }]));
};

/** A maker for each operator on pictures. */
export const PICTURE_CASES: Readonly<Record<string, Make>> = {
  Conv2D: convolution('Conv2D', false, false),
  'Conv2D, padded as told': explicitConvolution,
  _FusedConv2D: convolution('_FusedConv2D', false, true),
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative', true, false),
  DepthwiseConv2d: convolution('DepthwiseConv2d', true, false),
  FusedDepthwiseConv2dNative: convolution('FusedDepthwiseConv2dNative', true, true),
  Conv2DBackpropInput: transposedConvolution,
  ...rows(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'], (op) => (random) => {
    const made = normalisation(random);
    return { ...made, nodes: made.nodes.map((node) => (node.op === 'FusedBatchNormV3' ? { ...node, op } : node)) };
  }),
  MaxPool: pooling('MaxPool'),
  AvgPool: pooling('AvgPool'),
  DepthToSpace: depthToSpace,
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
};
