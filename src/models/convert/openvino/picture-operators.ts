import type { OnnxAttributes } from '../onnx-graph.js';
import { axesOf, inputOf, intsAt, outputShape, type Conversion, type Operator, type Value } from './conversion.js';
import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';

/** How a window moves over the spatial axes. */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

function windowOf(layer: IrLayer, kernel: readonly number[], spatial: number): Window {
  const listed = (name: string): number[] => {
    const values = attribute.ints(layer, name);
    return values.length === 0 ? Array.from({ length: spatial }, () => 1) : values;
  };
  const window = { kernel, strides: listed('strides'), dilations: listed('dilations') };
  for (const [name, values] of Object.entries(window))
    if (values.length !== spatial || values.some((value: number) => !(value > 0)))
      corrupt(layer, `${name} [${values.join(', ')}] does not fit ${spatial} spatial axes`);
  return window;
}

/** Pixels added before and after one axis. */
interface Pads {
  readonly begin: number;
  readonly end: number;
  /** Of `end`, pixels beyond those that the layer asks for: they make room for a last window that is not full. */
  readonly extra: number;
}

/** The pads of one axis, such that windows over `size` pixels give exactly `out`. @throws Fault INPUT_CORRUPT when none do */
function padsOf(layer: IrLayer, axis: number, size: number, out: number, { kernel, strides, dilations }: Window): Pads {
  const reach = dilations[axis]! * (kernel[axis]! - 1) + 1;
  const needed = (out - 1) * strides[axis]! + reach - size;
  const auto = (attribute.text(layer, 'auto_pad') ?? 'explicit').toLowerCase();
  if (auto === 'same_upper' || auto === 'same_lower') {
    const total = Math.max(0, needed);
    const less = Math.floor(total / 2);
    return auto === 'same_upper' ? { begin: less, end: total - less, extra: 0 } : { begin: total - less, end: less, extra: 0 };
  }
  const given = (name: string): number => (auto === 'valid' ? 0 : (attribute.ints(layer, name)[axis] ?? 0));
  const [begin, stated] = [given('pads_begin'), given('pads_end')];
  // Rounding up is the same as padding until the last window is full.
  const end = attribute.text(layer, 'rounding_type')?.startsWith('ceil') ? Math.max(stated, needed - begin) : stated;
  const made = Math.floor((size + begin + end - reach) / strides[axis]!) + 1;
  if (made !== out) corrupt(layer, `its windows give ${made} along axis ${axis + 2}, but it declares ${out}`);
  return { begin, end, extra: end - stated };
}

function windowAttributes(layer: IrLayer, value: Value, window: Window): { readonly attributes: OnnxAttributes; readonly pads: readonly Pads[] } {
  const out = outputShape(layer);
  if (value.shape.length !== out.length) corrupt(layer, `turns ${value.shape.length} axes into ${out.length}`);
  const pads = value.shape.slice(2).map((size, axis) => padsOf(layer, axis, size, out[axis + 2]!, window));
  const { kernel, strides, dilations } = window;
  const both = [...pads.map(({ begin }) => begin), ...pads.map(({ end }) => end)];
  return { attributes: { kernel_shape: kernel, strides, dilations, pads: both }, pads };
}

/** Filters of a convolution: their name, their shape [out, in, kernel...] and into how many groups channels fall. */
export interface Filters {
  readonly name: string;
  readonly shape: readonly number[];
  readonly group: number;
}

/** Writes a convolution of `value`. */
export function convolve(layer: IrLayer, value: Value, { name, shape, group }: Filters, graph: Conversion, bias: readonly string[] = []): Value {
  const window = windowOf(layer, shape.slice(2), value.shape.length - 2);
  if (value.shape[1] !== shape[1]! * group) corrupt(layer, `its filters take ${shape[1]! * group} channels, but it has ${value.shape[1]}`);
  const { attributes } = windowAttributes(layer, value, window);
  const axis = graph.keep(layer, value.axis, value.axis === 0);
  return graph.node(layer, 'Conv', [graph.name(value), name, ...bias], { ...attributes, group }, axis);
}

const filtersAt = (layer: IrLayer, inputs: readonly Value[], graph: Conversion): Value => {
  const filters = inputOf(layer, inputs, 1);
  graph.keep(layer, filters.axis, false);
  return filters;
};

const convolution: Operator = (layer, inputs, graph) => {
  const filters = filtersAt(layer, inputs, graph);
  return [convolve(layer, inputOf(layer, inputs, 0), { name: graph.name(filters), shape: filters.shape, group: 1 }, graph)];
};

/** Filters come as [groups, out, in, kernel...]; ONNX has groups and outputs in one axis. */
const groupConvolution: Operator = (layer, inputs, graph) => {
  const filters = filtersAt(layer, inputs, graph);
  const [group = 0, out = 0, ...rest] = filters.shape;
  const shape = [group * out, ...rest];
  const name = filters.constant ? graph.storeAs(filters.constant, shape) : graph.onnx.node('Reshape', [graph.name(filters), graph.onnx.ints(shape)]);
  return [convolve(layer, inputOf(layer, inputs, 0), { name, shape, group }, graph)];
};

/** The convolution that undoes one: its declared size tells how many pixels go at the end. */
const deconvolution: Operator = (layer, inputs, graph) => {
  const [value, filters] = [inputOf(layer, inputs, 0), filtersAt(layer, inputs, graph)];
  if (inputs.length > 2) unsupported(layer, 'its size is an input');
  const window = windowOf(layer, filters.shape.slice(2), value.shape.length - 2);
  const { kernel, strides, dilations } = window;
  const out = outputShape(layer);
  const begin = attribute.ints(layer, 'pads_begin');
  const same = attribute.text(layer, 'auto_pad')?.startsWith('same');
  const pads = value.shape.slice(2).map((size, axis) => {
    const whole = strides[axis]! * (size - 1) + dilations[axis]! * (kernel[axis]! - 1) + 1;
    const first = same ? Math.floor((whole - out[axis + 2]!) / 2) : (begin[axis] ?? 0);
    return [first, whole - first - out[axis + 2]!] as const;
  });
  if (pads.some((both) => both.some((pad) => !(pad >= 0)))) unsupported(layer, 'its result is larger than its windows reach');
  const attributes = { kernel_shape: kernel, strides, dilations, pads: [...pads.map(([first]) => first), ...pads.map(([, last]) => last)] };
  const axis = graph.keep(layer, value.axis, value.axis === 0);
  return [graph.node(layer, 'ConvTranspose', [graph.name(value), graph.name(filters)], attributes, axis)];
};

/** Writes a pooling of `value`; `kind` says of what. */
export function pool(layer: IrLayer, value: Value, kind: 'MaxPool' | 'AveragePool', graph: Conversion): Value {
  const window = windowOf(layer, attribute.ints(layer, 'kernel'), value.shape.length - 2);
  const { attributes, pads } = windowAttributes(layer, value, window);
  const axis = graph.keep(layer, value.axis, value.axis === 0 || value.axis === 1);
  if (kind === 'MaxPool') return graph.node(layer, kind, [graph.name(value)], attributes, axis);
  const countPads = !attribute.flag(layer, 'exclude-pad', true);
  if (countPads && pads.some(({ extra }) => extra > 0)) unsupported(layer, 'it averages windows that are not full, and counts what they lack');
  return graph.node(layer, kind, [graph.name(value)], { ...attributes, dilations: undefined, count_include_pad: countPads ? 1 : 0 }, axis);
}

const NEAREST: Readonly<Record<string, string>> = {
  round_prefer_floor: 'round_prefer_floor',
  round_prefer_ceil: 'round_prefer_ceil',
  floor: 'floor',
  ceil: 'ceil',
};
const COORDINATES: ReadonlySet<string> = new Set(['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners']);

/** Resizes to the declared size, by the nearest pixel or in a straight line between pixels. */
const interpolate: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  const out = outputShape(layer);
  if (!['opset4', 'opset11'].includes(layer.version))
    unsupported(layer, `it is of ${layer.version || 'an old version'}; opset4 and opset11 are supported`);
  const [mode = '', coordinates = 'half_pixel'] = [attribute.text(layer, 'mode'), attribute.text(layer, 'coordinate_transformation_mode')];
  if (!['nearest', 'linear', 'linear_onnx'].includes(mode) || !COORDINATES.has(coordinates))
    unsupported(layer, `its mode is ${mode}, ${coordinates}`);
  const nearest = attribute.text(layer, 'nearest_mode') ?? 'round_prefer_floor';
  if (mode === 'nearest' && !Object.hasOwn(NEAREST, nearest)) unsupported(layer, `its nearest_mode is ${nearest}`);
  const pads = [...attribute.ints(layer, 'pads_begin'), ...attribute.ints(layer, 'pads_end')];
  if (attribute.flag(layer, 'antialias') || pads.some((pad) => pad !== 0)) unsupported(layer, 'it pads or smooths');
  if (out.length !== value.shape.length) corrupt(layer, `turns ${value.shape.length} axes into ${out.length}`);
  const axis = graph.keep(layer, value.axis, value.axis === 0 && value.shape[0] === out[0]);
  const name = graph.name(value);
  const sizes =
    axis === undefined
      ? onnx.ints(out)
      : onnx.node('Concat', [onnx.node('Slice', [onnx.node('Shape', [name]), onnx.ints([0]), onnx.ints([1])]), onnx.ints(out.slice(1))], { axis: 0 });
  const attributes = {
    mode: mode === 'nearest' ? 'nearest' : 'linear',
    coordinate_transformation_mode: coordinates,
    ...(mode === 'nearest' ? { nearest_mode: nearest } : {}),
  };
  return [graph.node(layer, 'Resize', [name, '', '', sizes], attributes, axis)];
};

/** Takes the mean off and, unless told not to, divides by the deviation. */
const mvn: Operator = (layer, inputs, graph) => {
  const { onnx } = graph;
  const value = inputOf(layer, inputs, 0);
  if (inputs.length < 2) unsupported(layer, 'it is of an old version; opset6, with its axes as an input, is supported');
  const axes = axesOf(layer, intsAt(layer, inputs, 1), value.shape.length).toSorted((a, b) => a - b);
  const axis = graph.keep(layer, value.axis, !axes.includes(value.axis ?? -1));
  const name = graph.name(value);
  const epsilon = attribute.float(layer, 'eps', 0);
  const inside = (attribute.text(layer, 'eps_mode') ?? 'inside_sqrt').toLowerCase() === 'inside_sqrt';
  const scaled = attribute.flag(layer, 'normalize_variance', true);
  const perChannel = value.shape.length > 2 && axes.length === value.shape.length - 2 && axes[0] === 2;
  if (scaled && inside && perChannel && (axis ?? 0) === 0) {
    const channels = value.shape[1]!;
    const ones = onnx.constant('FP32', [channels], new Float32Array(channels).fill(1));
    const zeros = onnx.constant('FP32', [channels], new Float32Array(channels));
    return [graph.node(layer, 'InstanceNormalization', [name, ones, zeros], { epsilon: { float: epsilon } }, axis)];
  }
  const centred = onnx.node('Sub', [name, onnx.node('ReduceMean', [name], { axes, keepdims: 1 })]);
  if (!scaled) return [graph.value(layer, centred, axis)];
  const variance = onnx.node('ReduceMean', [onnx.node('Mul', [centred, centred])], { axes, keepdims: 1 });
  const small = onnx.float(epsilon);
  const deviation = inside ? onnx.node('Sqrt', [onnx.node('Add', [variance, small])]) : onnx.node('Add', [onnx.node('Sqrt', [variance]), small]);
  return [graph.node(layer, 'Div', [centred, deviation], {}, axis)];
};

/** Operators on pictures: [N, C, then one or more spatial axes]. */
export const PICTURE_OPERATORS: Readonly<Record<string, Operator>> = {
  Convolution: convolution,
  GroupConvolution: groupConvolution,
  ConvolutionBackpropData: deconvolution,
  MaxPool: (layer, inputs, graph) => [pool(layer, inputOf(layer, inputs, 0), 'MaxPool', graph)],
  AvgPool: (layer, inputs, graph) => [pool(layer, inputOf(layer, inputs, 0), 'AveragePool', graph)],
  Interpolate: interpolate,
  MVN: mvn,
};
