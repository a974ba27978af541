import type { OnnxAttributes } from '../onnx-graph.js';
import { type Conversion, type Operator, type Value, floatsOf, inputOf, numbersOf, unsupported } from './conversion.js';
import { attribute, type TfjsNode } from './model.js';
import { transposed } from './weights.js';

/** Height and width of an attribute that has one number an axis of a packed picture. */
function spatial(node: TfjsNode, name: string): [number, number] {
  const values = attribute.ints(node, name);
  const format = attribute.text(node, 'data_format');
  if (format !== undefined && format !== 'NHWC') unsupported(node, `its pictures are ${format}; only NHWC is supported`);
  return values.length === 4 ? [values[1]!, values[2]!] : [values[0] ?? 1, values[1] ?? values[0] ?? 1];
}

function padding(node: TfjsNode): OnnxAttributes {
  const kind = attribute.text(node, 'padding') ?? 'VALID';
  if (kind === 'SAME') return { auto_pad: 'SAME_UPPER' };
  if (kind === 'VALID') return {};
  const pads = attribute.ints(node, 'explicit_paddings');
  if (kind === 'EXPLICIT' && pads.length === 8) return { pads: [pads[2]!, pads[4]!, pads[3]!, pads[5]!] };
  return unsupported(node, `its padding ${kind} is not supported`);
}

/** What a fused operator does after its main work. */
const AFTER: Readonly<Record<string, (name: string, graph: Conversion) => string>> = {
  Relu: (name, { onnx }) => onnx.node('Relu', [name]),
  Relu6: (name, { onnx }) => onnx.node('Clip', [name, onnx.float(0), onnx.float(6)]),
  Sigmoid: (name, { onnx }) => onnx.node('Sigmoid', [name]),
};

/** A convolution's filters for ONNX: [out, in, H, W], and the number of groups. TensorFlow has [H, W, in, out], or [H, W, in, times] by depth. */
function filtersOf(node: TfjsNode, inputs: readonly Value[], byDepth: boolean, { onnx }: Conversion) {
  const { shape, data } = floatsOf(node, inputs, 1);
  if (shape.length !== 4) unsupported(node, `its filters have ${shape.length} axes`);
  const [height, width, depth, last] = shape as [number, number, number, number];
  const values = transposed(data, shape, byDepth ? [2, 3, 0, 1] : [3, 2, 0, 1]);
  const filters = onnx.constant('FP32', byDepth ? [depth * last, 1, height, width] : [last, depth, height, width], values);
  return { filters, group: byDepth ? depth : 1, kernel: [height, width] };
}

const convolution =
  (byDepth: boolean): Operator =>
  (node, inputs, graph) => {
    const { filters, group, kernel } = filtersOf(node, inputs, byDepth, graph);
    const [bias, ...after] = attribute.texts(node, 'fused_ops');
    if (bias !== undefined && bias !== 'BiasAdd') unsupported(node, `it is fused with ${bias}`);
    const dilations = spatial(node, 'dilations');
    let name = graph.onnx.node('Conv', [graph.planar(inputOf(node, inputs, 0)), filters, ...(bias ? [graph.packed(inputOf(node, inputs, 2))] : [])], {
      kernel_shape: kernel,
      strides: spatial(node, 'strides'),
      dilations,
      group,
      ...padding(node),
    });
    for (const step of after) name = (AFTER[step] ?? unsupported(node, `it is fused with ${step}`))(name, graph);
    return [graph.fromPlanar(name)];
  };

const maxPool: Operator = (node, inputs, graph) => {
  const sizes = { kernel_shape: spatial(node, 'ksize'), strides: spatial(node, 'strides') };
  return [graph.fromPlanar(graph.onnx.node('MaxPool', [graph.planar(inputOf(node, inputs, 0))], { ...sizes, ...padding(node) }))];
};

/** Resizes to a fixed height and width; batch and channels are taken from the picture at run time. */
const resizeBilinear: Operator = (node, inputs, graph) => {
  const { onnx } = graph;
  const picture = graph.planar(inputOf(node, inputs, 0));
  const kept = onnx.node('Slice', [onnx.node('Shape', [picture]), onnx.ints([0]), onnx.ints([2])]);
  const sizes = onnx.node('Concat', [kept, onnx.ints(numbersOf(node, inputs, 1))], { axis: 0 });
  const corners = attribute.flag(node, 'align_corners') ? 'align_corners' : 'asymmetric';
  const mode = attribute.flag(node, 'half_pixel_centers') ? 'half_pixel' : corners;
  return [graph.fromPlanar(onnx.node('Resize', [picture, '', '', sizes], { mode: 'linear', coordinate_transformation_mode: mode }))];
};

/** Operators on pictures, which ONNX has in planar form. */
export const PICTURE_OPERATORS: Readonly<Record<string, Operator>> = {
  Conv2D: convolution(false),
  _FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2dNative: convolution(true),
  MaxPool: maxPool,
  ResizeBilinear: resizeBilinear,
};
