import type { BuiltValue, IrBuilder } from './ir-builder.test.support.js';

/** One layer, what goes in, and what OpenVINO 2026.4.1 answers. */
export interface LayerCase {
  readonly name: string;
  /** Shape of the input `x`. */
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly build: (net: IrBuilder, x: BuiltValue) => BuiltValue;
  readonly expected: readonly number[];
}

/** 1, 2, 3 and so on. */
const upTo = (length: number): number[] => Array.from({ length }, (_, at) => at + 1);

type Data = Readonly<Record<string, string | number | boolean>>;

/** A function of each element. */
const each = (type: string, x: readonly number[], expected: readonly number[], data: Data = {}, opset = 'opset1'): LayerCase => ({
  name: `${type} ${JSON.stringify(data)}`,
  shape: [1, x.length],
  x,
  build: (net, value) => net.layer(type, [value], { shape: value.shape, data, opset }),
  expected,
});

/** x with 3. */
const pair = (type: string, expected: readonly number[]): LayerCase => ({
  name: `${type} with a constant`,
  shape: [1, 2],
  x: [-6, 7.5],
  build: (net, x) => net.layer(type, [x, net.constant([1, 1], [3])], { shape: [1, 2] }),
  expected,
});

const ELEMENTS: readonly LayerCase[] = [
  pair('Add', [-3, 10.5]),
  pair('Subtract', [-9, 4.5]),
  pair('Multiply', [-18, 22.5]),
  pair('Divide', [-2, 2.5]),
  pair('Maximum', [3, 7.5]),
  pair('Minimum', [-6, 3]),
  pair('Power', [-216, 421.875]),
  each('ReLU', [-2, 3], [0, 3]),
  each('Elu', [-1, 2], [-1.264241, 2], { alpha: 2 }),
  each('Clamp', [-1, 2, 9], [0, 2, 6], { min: 0, max: 6 }),
  each('Sigmoid', [0, Math.log(3)], [0.5, 0.75]),
  each('Tanh', [0, Math.log(3)], [0, 0.8]),
  each('Exp', [0, Math.log(3)], [1, 3]),
  each('Log', [1, Math.E], [0, 1]),
  each('Sqrt', [4, 9], [2, 3]),
  each('Abs', [-4, 9], [4, 9]),
  each('Negative', [-4, 9], [4, -9]),
  each('Floor', [-1.5, 1.5], [-2, 1]),
  each('Ceiling', [-1.5, 1.5], [-1, 2]),
  each('SoftPlus', [0, 1], [Math.LN2, 1.313262], {}, 'opset4'),
  each('Mish', [0, 1], [0, 0.865098], {}, 'opset4'),
  each('Swish', [0, 1], [0, 0.731059], {}, 'opset4'),
  each('HSigmoid', [-4, 0, 1.5, 4], [0, 0.5, 0.75, 1], {}, 'opset5'),
  each('HSwish', [-4, 0, 1.5, 4], [0, 0, 1.125, 4], {}, 'opset4'),
  {
    name: 'PReLU with a slope a channel',
    shape: [1, 2, 1, 2],
    x: [-1, 1, -2, 2],
    build: (net, x) => net.layer('PReLU', [x, net.constant([2], [0.5, 0.25])], { shape: x.shape }),
    expected: [-0.5, 1, -0.5, 2],
  },
  {
    name: 'half-precision constants are widened',
    shape: [1, 2],
    x: [1, 2],
    build: (net, x) =>
      net.layer(
        'Multiply',
        [x, net.layer('Convert', [net.constant([1, 2], [0.5, -3], 'f16')], { shape: [1, 2], data: { destination_type: 'f32' } })],
        {
          shape: [1, 2],
        },
      ),
    expected: [0.5, -6],
  },
];

const PLAIN: Data = { strides: '1,1', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0', auto_pad: 'explicit' };

/** A filter of ones, 1x2, over the row 1 2 3 4 5. */
const convolution = (name: string, data: Data, columns: number, expected: readonly number[]): LayerCase => ({
  name: `Convolution, ${name}`,
  shape: [1, 1, 1, 5],
  x: upTo(5),
  build: (net, x) => net.layer('Convolution', [x, net.constant([1, 1, 1, 2], [1, 1])], { shape: [1, 1, 1, columns], data: { ...PLAIN, ...data } }),
  expected,
});

const pool = (type: 'MaxPool' | 'AvgPool', data: Data, columns: number, expected: readonly number[]): LayerCase => ({
  name: `${type} ${JSON.stringify(data)}`,
  shape: [1, 1, 1, 5],
  x: upTo(5),
  build: (net, x) =>
    net.layer(type, [x], {
      shape: [1, 1, 1, columns],
      data: { kernel: '1,2', strides: '1,2', pads_begin: '0,0', pads_end: '0,0', rounding_type: 'floor', auto_pad: 'explicit', ...data },
    }),
  expected,
});

const resize = (mode: string, coordinates: string, expected: readonly number[], data: Data = {}): LayerCase => ({
  name: `Interpolate ${mode} ${coordinates} ${JSON.stringify(data)}`,
  shape: [1, 1, 1, 2],
  x: [0, 4],
  build: (net, x) =>
    net.layer('Interpolate', [x, net.ints([1, 4]), net.constant([2], [1, 2]), net.ints([2, 3])], {
      shape: [1, 1, 1, 4],
      opset: 'opset4',
      data: {
        mode,
        coordinate_transformation_mode: coordinates,
        shape_calculation_mode: 'sizes',
        nearest_mode: 'round_prefer_floor',
        antialias: false,
        pads_begin: '0',
        pads_end: '0',
        cube_coeff: -0.75,
        ...data,
      },
    }),
  expected,
});

const mvn = (name: string, axes: readonly number[], data: Data, expected: readonly number[]): LayerCase => ({
  name: `MVN, ${name}`,
  shape: [1, 2, 1, 2],
  x: [1, 3, 10, 30],
  build: (net, x) =>
    net.layer('MVN', [x, net.ints(axes)], {
      shape: x.shape,
      opset: 'opset6',
      data: { eps: 0, normalize_variance: true, eps_mode: 'inside_sqrt', ...data },
    }),
  expected,
});

const PICTURES: readonly LayerCase[] = [
  convolution('as it is', {}, 4, [3, 5, 7, 9]),
  convolution('padded at the end', { auto_pad: 'same_upper' }, 5, [3, 5, 7, 9, 5]),
  convolution('padded at the beginning', { auto_pad: 'same_lower' }, 5, [1, 3, 5, 7, 9]),
  convolution('valid, whatever pads say', { auto_pad: 'valid', pads_begin: '0,1' }, 4, [3, 5, 7, 9]),
  convolution('explicit pads', { pads_begin: '0,1' }, 5, [1, 3, 5, 7, 9]),
  convolution('strides', { strides: '1,2' }, 2, [3, 7]),
  convolution('dilations', { dilations: '1,3' }, 2, [5, 7]),
  {
    name: 'GroupConvolution',
    shape: [1, 2, 1, 1],
    x: [1, 10],
    build: (net, x) => net.layer('GroupConvolution', [x, net.constant([2, 2, 1, 1, 1], [1, 2, 3, 4])], { shape: [1, 4, 1, 1], data: PLAIN }),
    expected: [1, 2, 30, 40],
  },
  {
    name: 'ConvolutionBackpropData',
    shape: [1, 1, 1, 2],
    x: [1, 10],
    build: (net, x) =>
      net.layer('ConvolutionBackpropData', [x, net.constant([1, 1, 1, 3], [1, 2, 3])], {
        shape: [1, 1, 1, 4],
        data: { ...PLAIN, strides: '1,2', pads_begin: '0,1', pads_end: '0,0', output_padding: '0,0' },
      }),
    expected: [2, 13, 20, 30],
  },
  pool('MaxPool', {}, 2, [2, 4]),
  pool('MaxPool', { rounding_type: 'ceil' }, 3, [2, 4, 5]),
  pool('MaxPool', { auto_pad: 'same_upper' }, 3, [2, 4, 5]),
  pool('AvgPool', { 'exclude-pad': true }, 2, [1.5, 3.5]),
  pool('AvgPool', { 'exclude-pad': true, rounding_type: 'ceil' }, 3, [1.5, 3.5, 5]),
  pool('AvgPool', { 'exclude-pad': false, pads_begin: '0,1' }, 3, [0.5, 2.5, 4.5]),
  resize('nearest', 'asymmetric', [0, 0, 4, 4], { nearest_mode: 'floor' }),
  resize('linear_onnx', 'half_pixel', [0, 1, 3, 4]),
  resize('linear_onnx', 'align_corners', [0, 4 / 3, 8 / 3, 4]),
  mvn('each channel by itself', [2, 3], {}, [-1, 1, -1, 1]),
  mvn('all channels together', [1, 2, 3], {}, [-0.872041, -0.697633, -0.087204, 1.656879]),
  mvn('the mean alone', [2, 3], { normalize_variance: false }, [-1, 1, -10, 10]),
  mvn('epsilon beside the root', [2, 3], { eps: 1, eps_mode: 'outside_sqrt' }, [-0.5, 0.5, -10 / 11, 10 / 11]),
  mvn('epsilon under the root', [2, 3], { eps: 3 }, [-0.5, 0.5, -10 / Math.sqrt(103), 10 / Math.sqrt(103)]),
];

/** Six numbers as [1, 2, 3]. */
const six = (name: string, build: LayerCase['build'], expected: readonly number[]): LayerCase => ({
  name,
  shape: [1, 2, 3],
  x: upTo(6),
  build,
  expected,
});

const slice = (
  name: string,
  [begin, end, step]: readonly (readonly number[])[],
  shape: readonly number[],
  expected: readonly number[],
  data: Data = {},
): LayerCase =>
  six(
    `StridedSlice, ${name}`,
    (net, x) =>
      net.layer('StridedSlice', [x, net.ints(begin!), net.ints(end!), net.ints(step!)], {
        shape,
        data: { begin_mask: '0', end_mask: '0', new_axis_mask: '', shrink_axis_mask: '', ellipsis_mask: '', ...data },
      }),
    expected,
  );

const reduce = (type: string, keep: boolean, expected: readonly number[]): LayerCase =>
  six(
    `${type}, ${keep ? 'axes kept' : 'axes gone'}`,
    (net, x) => net.layer(type, [x, net.ints([-1])], { shape: keep ? [1, 2, 1] : [1, 2], data: { keep_dims: keep } }),
    expected,
  );

const SHAPES: readonly LayerCase[] = [
  six(
    'Reshape with the batch written into it',
    (net, x) => net.layer('Reshape', [x, net.ints([1, 6])], { shape: [1, 6], data: { special_zero: true } }),
    upTo(6),
  ),
  six('Unsqueeze', (net, x) => net.layer('Unsqueeze', [x, net.ints([2])], { shape: [1, 2, 1, 3] }), upTo(6)),
  six(
    'Squeeze',
    (net, x) => net.layer('Squeeze', [net.layer('Unsqueeze', [x, net.ints([2])], { shape: [1, 2, 1, 3] }), net.ints([2])], { shape: [1, 2, 3] }),
    upTo(6),
  ),
  six('Transpose', (net, x) => net.layer('Transpose', [x, net.ints([0, 2, 1])], { shape: [1, 3, 2] }), [1, 4, 2, 5, 3, 6]),
  six('Concat', (net, x) => net.layer('Concat', [x, x], { shape: [1, 2, 6], data: { axis: 2 } }), [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]),
  six(
    'Split',
    (net, x) =>
      net.layers('Split', [x, net.ints(1)], {
        shapes: [
          [1, 1, 3],
          [1, 1, 3],
        ],
        data: { num_splits: 2 },
      })[1]!,
    [4, 5, 6],
  ),
  six(
    'VariadicSplit',
    (net, x) =>
      net.layers('VariadicSplit', [x, net.ints(2), net.ints([1, 2])], {
        shapes: [
          [1, 2, 1],
          [1, 2, 2],
        ],
      })[1]!,
    [2, 3, 5, 6],
  ),
  six(
    'Gather',
    (net, x) => net.layer('Gather', [x, net.ints([2, 0]), net.ints(2)], { shape: [1, 2, 2], opset: 'opset8', data: { batch_dims: 0 } }),
    [3, 1, 6, 4],
  ),
  six('Tile', (net, x) => net.layer('Tile', [x, net.ints([1, 1, 2])], { shape: [1, 2, 6] }), [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]),
  six(
    'Broadcast',
    (net, x) =>
      net.layer('Broadcast', [net.layer('Unsqueeze', [x, net.ints([1])], { shape: [1, 1, 2, 3] }), net.ints([1, 2, 2, 3])], {
        shape: [1, 2, 2, 3],
        opset: 'opset3',
        data: { mode: 'numpy' },
      }),
    [...upTo(6), ...upTo(6)],
  ),
  slice(
    'numbers',
    [
      [0, 0, 1],
      [1, 2, 3],
      [1, 1, 1],
    ],
    [1, 2, 2],
    [2, 3, 5, 6],
    { begin_mask: '0,0,0', end_mask: '0,0,0' },
  ),
  slice(
    'a set mask means all',
    [
      [0, 9, 1],
      [9, 9, 9],
      [1, 1, 1],
    ],
    [1, 2, 2],
    [2, 3, 5, 6],
    { begin_mask: '0,1,0', end_mask: '1,1,1' },
  ),
  slice(
    'backwards',
    [
      [0, 0, 0],
      [1, 2, 0],
      [1, 1, -1],
    ],
    [1, 2, 3],
    [3, 2, 1, 6, 5, 4],
    { begin_mask: '0,0,1', end_mask: '0,0,1' },
  ),
  slice(
    'an axis that goes',
    [
      [0, -1, 0],
      [1, 0, 3],
      [1, 1, 1],
    ],
    [1, 3],
    [4, 5, 6],
    { begin_mask: '0,0,0', end_mask: '0,0,0', shrink_axis_mask: '0,1,0' },
  ),
  reduce('ReduceMean', true, [2, 5]),
  reduce('ReduceMean', false, [2, 5]),
  reduce('ReduceMax', true, [3, 6]),
  reduce('ReduceMin', true, [1, 4]),
  reduce('ReduceSum', false, [6, 15]),
  six(
    'SoftMax',
    (net, x) => net.layer('SoftMax', [x], { shape: x.shape, data: { axis: 2 } }),
    [0.090031, 0.244728, 0.665241, 0.090031, 0.244728, 0.665241],
  ),
  six(
    'MatMul',
    (net, x) =>
      net.layer('MatMul', [x, net.constant([3, 2], [1, 0, 0, 1, 1, 1])], { shape: [1, 2, 2], data: { transpose_a: false, transpose_b: false } }),
    [4, 5, 10, 11],
  ),
  six(
    'MatMul, right side turned',
    (net, x) =>
      net.layer('MatMul', [x, net.constant([2, 3], [1, 0, 1, 0, 1, 1])], { shape: [1, 2, 2], data: { transpose_a: false, transpose_b: true } }),
    [4, 5, 10, 11],
  ),
  six(
    'MatMul of a row, as a fully connected layer',
    (net, x) =>
      net.layer(
        'MatMul',
        [net.layer('Reshape', [x, net.ints([1, -1])], { shape: [1, 6], data: { special_zero: true } }), net.constant([1, 6], [1, 1, 1, 1, 1, 1])],
        { shape: [1, 1], data: { transpose_a: false, transpose_b: true } },
      ),
    [21],
  ),
  six(
    'scores of boxes: softmax of a picture spread over rows',
    (net, x) => {
      const rows = net.layer('Reshape', [x, net.ints([2, 3])], { shape: [2, 3], data: { special_zero: false } });
      const soft = net.layer('SoftMax', [rows], { shape: [2, 3], data: { axis: 1 }, opset: 'opset8' });
      return net.layer('Reshape', [soft, net.ints([1, 6])], { shape: [1, 6], data: { special_zero: false } });
    },
    [0.090031, 0.244728, 0.665241, 0.090031, 0.244728, 0.665241],
  ),
  six(
    'a size that the network computes',
    (net, x) => {
      const shape = net.layer('ShapeOf', [x], { shape: [3], precision: 'I64', opset: 'opset3', data: { output_type: 'i64' } });
      const slice = net.layer('StridedSlice', [shape, net.ints([1]), net.ints([3]), net.ints([1])], {
        shape: [2],
        precision: 'I64',
        data: { begin_mask: '0', end_mask: '0' },
      });
      const product = net.layer('ReduceProd', [slice, net.ints([0])], { shape: [1], precision: 'I64', data: { keep_dims: true } });
      const first = net.layer('Gather', [shape, net.ints([0]), net.ints(0)], {
        shape: [1],
        precision: 'I64',
        opset: 'opset8',
        data: { batch_dims: 0 },
      });
      const both = net.layer('Concat', [first, product], { shape: [2], precision: 'I64', data: { axis: 0 } });
      return net.layer('Reshape', [x, both], { shape: [1, 6], data: { special_zero: false } });
    },
    upTo(6),
  ),
  six(
    'axes that the network counts out',
    (net, x) => {
      const shape = net.layer('ShapeOf', [x], { shape: [3], precision: 'I64', opset: 'opset3', data: { output_type: 'i64' } });
      const rank = net.layer(
        'Squeeze',
        [net.layer('ShapeOf', [shape], { shape: [1], precision: 'I64', opset: 'opset3', data: { output_type: 'i64' } }), net.ints([0])],
        { shape: [], precision: 'I64' },
      );
      const axes = net.layer('Range', [net.ints(1), rank, net.ints(1)], {
        shape: [2],
        precision: 'I64',
        opset: 'opset4',
        data: { output_type: 'i64' },
      });
      return net.layer('ReduceMax', [x, axes], { shape: [1, 1, 1], data: { keep_dims: true } });
    },
    [6],
  ),
];

/** A case of every layer that version 10 and 11 have a rule for, but those of boxes. */
export const LAYER_CASES: readonly LayerCase[] = [...ELEMENTS, ...PICTURES, ...SHAPES];
