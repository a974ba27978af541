import { type Conversion, type Operator, type Value, floatsOf, inputOf, sizesAt, unsupported } from './conversion.js';
import { activated, fusedOf } from './fused.js';
import { attribute, type TfjsNode } from './model.js';
import { areNumbers, type Size } from './sizes.js';
import { type Pair, spatial, windowsOf } from './windows.js';
import { transposed } from './weights.js';

/** Height and width of a picture. */
export const heightAndWidth = ({ sizes }: Value): Pair<Size> => [sizes?.[1], sizes?.[2]];

/** The picture at input `at`. @throws Fault UNSUPPORTED when it has not four axes */
export function pictureAt(node: TfjsNode, inputs: readonly Value[], at: number): Value {
  const value = inputOf(node, inputs, at);
  if (value.sizes && value.sizes.length !== 4) unsupported(node, `its picture has ${value.sizes.length} axes, not 4`);
  return value;
}

/** A convolution's filters, [H, W, in, out] or [H, W, in, times] by depth. @throws Fault UNSUPPORTED when they are computed, or have other axes */
function filtersAt(node: TfjsNode, inputs: readonly Value[], at: number) {
  const { shape, data } = floatsOf(node, inputs, at);
  if (shape.length !== 4) unsupported(node, `its filters have ${shape.length} axes`);
  const [height, width, depth, last] = shape as [number, number, number, number];
  return { shape, data, kernel: [height, width] as const, depth, last };
}

function fixedName(node: TfjsNode, value: Value, graph: Conversion): string {
  // Its axes stand behind those of the picture, so a batch's own would land among the channels.
  if (!value.fixed && graph.batch === 'rows') graph.mixesRows(node);
  return graph.packed(value);
}

const convolution =
  (byDepth: boolean): Operator =>
  (node, inputs, graph) => {
    const picture = pictureAt(node, inputs, 0);
    const { data, shape, kernel, depth, last } = filtersAt(node, inputs, 1);
    const channels = picture.sizes?.[3];
    if (typeof channels === 'number' && channels !== depth) unsupported(node, `its picture has ${channels} channels and its filters take ${depth}`);
    const fused = fusedOf(node, inputs);
    const values = transposed(data, shape, byDepth ? [2, 3, 0, 1] : [3, 2, 0, 1]);
    const filters = graph.onnx.constant('FP32', byDepth ? [depth * last, 1, ...kernel] : [last, depth, ...kernel], values);
    const { attributes, sizes } = windowsOf(node, kernel, heightAndWidth(picture));
    const bias = fused.bias ? [fixedName(node, fused.bias, graph)] : [];
    let name = graph.onnx.node('Conv', [graph.planar(picture), filters, ...bias], { ...attributes, group: byDepth ? depth : 1 });
    name = activated(
      node,
      name,
      fused,
      graph,
      () => graph.broadcastPlanar(fused.slopes!) ?? unsupported(node, 'the slopes of its PRelu must be constants'),
    );
    return [graph.fromPlanar(name, [picture.sizes?.[0], ...sizes, byDepth ? depth * last : last])];
  };

/** Pads that the convolution of which this is the inverse had along one axis, and what the last window lacks. */
function inversePads(node: TfjsNode, input: Size, output: Size, kernel: number, stride: number): { before: number; after: number; more: number } {
  if (typeof input !== 'number' || typeof output !== 'number') return unsupported(node, 'the sizes of its pictures are not known');
  const whole = (input - 1) * stride + kernel;
  const same = attribute.text(node, 'padding') === 'SAME';
  const total = same ? Math.max(whole - output, 0) : 0;
  return { before: total >> 1, after: total - (total >> 1), more: Math.max(output - whole, 0) };
}

const transposedConvolution: Operator = (node, inputs, graph) => {
  const picture = pictureAt(node, inputs, 2);
  const { data, shape, kernel, depth, last } = filtersAt(node, inputs, 1);
  const target = sizesAt(node, inputs, 0);
  const strides = spatial(node, 'strides');
  if (spatial(node, 'dilations').some((dilation) => dilation !== 1)) unsupported(node, 'it is dilated');
  if (!['SAME', 'VALID'].includes(attribute.text(node, 'padding') ?? '')) unsupported(node, 'its padding is neither SAME nor VALID');
  const from = heightAndWidth(picture);
  const to: Pair<Size> = [target[1], target[2]];
  const [y, x] = [0, 1].map((i) => inversePads(node, from[i], to[i], kernel[i]!, strides[i]!)) as [
    ReturnType<typeof inversePads>,
    ReturnType<typeof inversePads>,
  ];
  // TensorFlow has [H, W, out, in] here, ONNX [in, out, H, W].
  const filters = graph.onnx.constant('FP32', [last, depth, ...kernel], transposed(data, shape, [3, 2, 0, 1]));
  const name = graph.onnx.node('ConvTranspose', [graph.planar(picture), filters], {
    kernel_shape: kernel,
    strides,
    pads: [y.before, x.before, y.after, x.after],
    ...(y.more + x.more > 0 ? { output_padding: [y.more, x.more] } : {}),
  });
  return [graph.fromPlanar(name, [picture.sizes?.[0], ...to, depth])];
};

const batchNormalisation: Operator = (node, inputs, graph) => {
  const names = [1, 2, 3, 4].map((at) => fixedName(node, inputOf(node, inputs, at), graph));
  const picture = pictureAt(node, inputs, 0);
  const epsilon = { float: attribute.float(node, 'epsilon', 0.001) };
  return [graph.fromPlanar(graph.onnx.node('BatchNormalization', [graph.planar(picture), ...names], { epsilon }), picture.sizes)];
};

const pooling =
  (op: 'MaxPool' | 'AveragePool'): Operator =>
  (node, inputs, graph) => {
    const picture = pictureAt(node, inputs, 0);
    const { attributes, sizes } = windowsOf(node, spatial(node, 'ksize'), heightAndWidth(picture));
    const name = graph.onnx.node(op, [graph.planar(picture)], attributes);
    return [graph.fromPlanar(name, [picture.sizes?.[0], ...sizes, picture.sizes?.[3]])];
  };

const moved = (size: Size, by: (size: number) => number): Size => (typeof size === 'number' ? by(size) : undefined);

const depthToSpace: Operator = (node, inputs, graph) => {
  const picture = pictureAt(node, inputs, 0);
  const blocksize = attribute.int(node, 'block_size', 2);
  const [rows, height, width, depth] = picture.sizes ?? [];
  const sizes = [rows, moved(height, (n) => n * blocksize), moved(width, (n) => n * blocksize), moved(depth, (n) => n / blocksize ** 2)];
  if (areNumbers([sizes[3]]) && !Number.isInteger(sizes[3])) unsupported(node, `${depth} channels make no blocks of ${blocksize} x ${blocksize}`);
  return [graph.fromPlanar(graph.onnx.node('DepthToSpace', [graph.planar(picture)], { blocksize, mode: 'DCR' }), sizes)];
};

/** Operators that move a window over pictures, which ONNX has in planar form. */
export const CONVOLUTION_OPERATORS: Readonly<Record<string, Operator>> = {
  Conv2D: convolution(false),
  _FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  DepthwiseConv2d: convolution(true),
  FusedDepthwiseConv2dNative: convolution(true),
  Conv2DBackpropInput: transposedConvolution,
  FusedBatchNorm: batchNormalisation,
  FusedBatchNormV2: batchNormalisation,
  FusedBatchNormV3: batchNormalisation,
  MaxPool: pooling('MaxPool'),
  AvgPool: pooling('AveragePool'),
  DepthToSpace: depthToSpace,
};
