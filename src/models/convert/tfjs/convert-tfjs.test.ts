import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../../../core/index.js';
import { onnxRuntime } from '../../onnx/onnx-runtime.js';
import { ModelSchema } from '../onnx_pb.js';
import { convertTfjs } from './convert-tfjs.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-tfjs-'))));
after(() => rm(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const FLOAT = { type: 'DT_FLOAT' };
const INT = { type: 'DT_INT32' };

interface Const {
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
const floats = (shape: readonly number[], ...values: number[]): Const => ({ dtype: 'float32', shape, values });
const whole = (...values: number[]): Const => ({ dtype: 'int32', shape: [values.length], values });
const one = (value: number): Const => ({ dtype: 'int32', shape: [], values: [value] });

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>> | undefined;
}

/** A graph model of one input `x`, constants and nodes; the last node is the output. */
function modelOf(shape: readonly number[], constants: Readonly<Record<string, Const>>, nodes: readonly Node[], dtype: object = FLOAT) {
  const dim = shape.map((size) => ({ size: String(size) }));
  const weights = Object.entries(constants).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const bytes = Object.values(constants).map(({ dtype, values }) =>
    Buffer.from((dtype === 'float32' ? Float32Array : Int32Array).from(values).buffer),
  );
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype, shape: { shape: { dim } } } },
    ...Object.keys(constants).map((name) => ({ name, op: 'Const' })),
    ...nodes,
  ];
  return {
    json: { format: 'graph-model', modelTopology: { node }, weightsManifest: [{ paths: ['w.bin'], weights }] },
    files: [Buffer.concat(bytes)],
  };
}

/** Converts, runs, and answers the outputs' numbers and the last one's shape. */
async function run(model: ReturnType<typeof modelOf>, x: Tensor): Promise<{ readonly values: number[]; readonly shape: readonly number[] }> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, convertTfjs(model.json, model.files));
  await using opened = await onnxRuntime.open({ runtime: 'onnx', path }, {});
  const output = (await opened.infer([{ ...x, name: 'x' }])).at(-1)!;
  return { values: Array.from(output.data as ArrayLike<number>), shape: output.shape };
}
const input = (shape: readonly number[], ...data: number[]): Tensor => ({ name: 'x', datatype: 'FP32', shape, data: Float32Array.from(data) });
const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1000) / 1000);

test('operators on elements compute what TensorFlow says', async () => {
  const cases: [string, number[], number[]][] = [
    ['Add', [-5, 7], [-2, 10]],
    ['AddV2', [-5, 7], [-2, 10]],
    ['Sub', [-5, 7], [-8, 4]],
    ['Mul', [-5, 7], [-15, 21]],
    ['RealDiv', [-6, 7.5], [-2, 2.5]],
    ['Maximum', [-5, 7], [3, 7]],
    ['Minimum', [-5, 7], [-5, 3]],
    ['FloorDiv', [-5, 7], [-2, 2]],
    ['FloorMod', [-5, 7], [1, 1]],
  ];
  for (const [op, x, expected] of cases) {
    const model = modelOf([-1], { c: floats([], 3) }, [{ name: 'y', op, input: ['x', 'c'] }]);
    assert.deepEqual((await run(model, input([2], ...x))).values, expected, op);
  }
  const unary: [string, number[], number[]][] = [
    ['Relu', [-1, 7], [0, 7]],
    ['Relu6', [-1, 7], [0, 6]],
    ['Sigmoid', [0, 100], [0.5, 1]],
    ['Sqrt', [4, 9], [2, 3]],
    ['Exp', [0, Math.log(3)], [1, 3]],
    ['Identity', [4, 9], [4, 9]],
  ];
  for (const [op, x, expected] of unary)
    assert.deepEqual(rounded((await run(modelOf([-1], {}, [{ name: 'y', op, input: ['x'] }]), input([2], ...x))).values), expected, op);
});

test('comparisons answer truth values, which a cast turns into numbers', async () => {
  const cases: [string, number[]][] = [
    ['Equal', [0, 1, 0]],
    ['Greater', [0, 0, 1]],
    ['GreaterEqual', [0, 1, 1]],
    ['Less', [1, 0, 0]],
    ['LessEqual', [1, 1, 0]],
  ];
  for (const [op, expected] of cases) {
    const nodes = [
      { name: 'c', op, input: ['x', 'three'] },
      { name: 'y', op: 'Cast', input: ['c'], attr: { DstT: FLOAT } },
    ];
    assert.deepEqual((await run(modelOf([-1], { three: floats([], 3) }, nodes), input([3], 2, 3, 4))).values, expected, op);
  }
});

test('whole numbers are 32 bits wide outside, and divided towards minus infinity', async () => {
  const x: Tensor = { name: 'x', datatype: 'INT32', shape: [4], data: Int32Array.of(-7, -6, 6, 7) };
  const div = modelOf([-1], { c: one(3) }, [{ name: 'y', op: 'FloorDiv', input: ['x', 'c'] }], INT);
  assert.deepEqual((await run(div, x)).values, [-3, -2, 2, 2]);
  const mod = modelOf([-1], { c: one(3) }, [{ name: 'y', op: 'FloorMod', input: ['x', 'c'] }], INT);
  assert.deepEqual((await run(mod, x)).values, [2, 0, 0, 1]);
});

const CONV = { strides: ints(1, 1, 1, 1), dilations: ints(1, 1, 1, 1), padding: { s: base64('SAME') }, data_format: { s: base64('NHWC') } };

test('a convolution takes packed pictures, adds its bias and ends with its fused function', async () => {
  // A 1x1 filter from 2 channels to 1: 10 a + b, minus 100, then Relu.
  const attr = { ...CONV, fused_ops: { list: { s: ['BiasAdd', 'Relu'].map(base64) } } };
  const model = modelOf([-1, 1, 2, 2], { w: floats([1, 1, 2, 1], 10, 1), b: floats([1], -100) }, [
    { name: 'y', op: '_FusedConv2D', input: ['x', 'w', 'b'], attr },
  ]);
  assert.deepEqual(await run(model, input([1, 1, 2, 2], 10, 5, 1, 1)), { values: [5, 0], shape: [1, 1, 2, 1] });
});

test('SAME pads the odd pixel at the end, VALID nothing, EXPLICIT as told', async () => {
  const cases: [Node['attr'], number[]][] = [
    [{ padding: { s: base64('SAME') } }, [3, 5, 7, 4]],
    [{ padding: { s: base64('VALID') } }, [3, 5, 7]],
    [{ padding: { s: base64('EXPLICIT') }, explicit_paddings: ints(0, 0, 0, 0, 1, 0, 0, 0) }, [1, 3, 5, 7]],
  ];
  for (const [attr, expected] of cases) {
    // A 1x2 filter of ones over the row 1 2 3 4.
    const model = modelOf([1, 1, 4, 1], { w: floats([1, 2, 1, 1], 1, 1) }, [
      { name: 'y', op: 'Conv2D', input: ['x', 'w'], attr: { ...CONV, ...attr } },
    ]);
    assert.deepEqual((await run(model, input([1, 1, 4, 1], 1, 2, 3, 4))).values, expected);
  }
});

test('a convolution by depth multiplies each channel by its own filters', async () => {
  // Two channels, two results of each: a, 2a, 3b, 4b.
  const model = modelOf([1, 1, 1, 2], { w: floats([1, 1, 2, 2], 1, 2, 3, 4) }, [
    { name: 'y', op: 'DepthwiseConv2dNative', input: ['x', 'w'], attr: CONV },
  ]);
  assert.deepEqual((await run(model, input([1, 1, 1, 2], 1, 10))).values, [1, 2, 30, 40]);
});

test('pooling and resizing keep channels apart', async () => {
  const pool = { ksize: ints(1, 1, 2, 1), strides: ints(1, 1, 2, 1), padding: { s: base64('VALID') } };
  const pooled = modelOf([1, 1, 4, 2], {}, [{ name: 'y', op: 'MaxPool', input: ['x'], attr: pool }]);
  assert.deepEqual((await run(pooled, input([1, 1, 4, 2], 1, 8, 2, 7, 3, 6, 4, 5))).values, [2, 8, 4, 6]);
  const attrs: [Node['attr'], number[]][] = [
    // Old TensorFlow: pixel i comes from i * 2 / 4; the last repeats.
    [{}, [0, 2, 4, 4]],
    [{ half_pixel_centers: { b: true } }, [0, 1, 3, 4]],
    [{ align_corners: { b: true } }, [0, 1.333, 2.667, 4]],
  ];
  for (const [attr, expected] of attrs) {
    const model = modelOf([-1, 1, 2, 1], { size: whole(1, 4) }, [{ name: 'y', op: 'ResizeBilinear', input: ['x', 'size'], attr }]);
    assert.deepEqual(rounded((await run(model, input([1, 1, 2, 1], 0, 4))).values), expected);
  }
});

test('shapes, slices, joins and picks', async () => {
  const six = input([2, 3], 1, 2, 3, 4, 5, 6);
  const cases: [Record<string, Const>, Node[], number[], number[]][] = [
    [{ s: whole(3, -1) }, [{ name: 'y', op: 'Reshape', input: ['x', 's'] }], [3, 2], [1, 2, 3, 4, 5, 6]],
    [{ a: one(-1) }, [{ name: 'y', op: 'ExpandDims', input: ['x', 'a'] }], [2, 3, 1], [1, 2, 3, 4, 5, 6]],
    [{ a: one(1) }, [{ name: 'y', op: 'ConcatV2', input: ['x', 'x', 'a'] }], [2, 6], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]],
    [{ a: whole(1) }, [{ name: 'y', op: 'Mean', input: ['x', 'a'] }], [2], [2, 5]],
    [{ k: one(2) }, [{ name: 'y', op: 'TopKV2', input: ['x', 'k'] }], [2, 2], [3, 2, 6, 5]],
    [{ i: whole(2, 0), a: one(1) }, [{ name: 'y', op: 'GatherV2', input: ['x', 'i', 'a'] }], [2, 2], [3, 1, 6, 4]],
  ];
  for (const [constants, nodes, shape, values] of cases)
    assert.deepEqual(await run(modelOf([2, 3], constants, nodes), six), { values, shape }, nodes[0]!.op);
  const indices = modelOf([2, 3], { k: one(1), zero: one(0) }, [
    { name: 't', op: 'TopKV2', input: ['x', 'k'] },
    { name: 'y', op: 'Add', input: ['t:1', 'zero'] },
  ]);
  assert.deepEqual((await run(indices, six)).values, [2, 2]);
});

test('a strided slice reads its masks', async () => {
  const cases: [number[], number[], number[], Node['attr'], number[], number[]][] = [
    [[0, 1], [2, 3], [1, 1], {}, [2, 2], [2, 3, 5, 6]],
    [[9, 1], [9, 9], [1, 1], { begin_mask: { i: '1' }, end_mask: { i: '3' } }, [2, 2], [2, 3, 5, 6]],
    [[-1, 0], [0, 3], [1, 1], { shrink_axis_mask: { i: '1' } }, [3], [4, 5, 6]],
    [[0, 2], [2, 0], [1, -1], { end_mask: { i: '2' } }, [2, 3], [3, 2, 1, 6, 5, 4]],
    [[0, 0], [0, 2], [1, 1], { new_axis_mask: { i: '1' } }, [1, 2, 3], [1, 2, 3, 4, 5, 6]],
  ];
  for (const [begin, end, step, attr, shape, values] of cases) {
    const constants = { b: whole(...begin), e: whole(...end), s: whole(...step) };
    const model = modelOf([2, 3], constants, [{ name: 'y', op: 'StridedSlice', input: ['x', 'b', 'e', 's'], attr }]);
    assert.deepEqual(await run(model, input([2, 3], 1, 2, 3, 4, 5, 6)), { values, shape });
  }
});

const opsOf = (bytes: Uint8Array): string[] => fromBinary(ModelSchema, bytes).graph!.node.map(({ opType }) => opType);

test('pictures are turned once on the way in and once on the way out, whatever lies between', async () => {
  const nodes: Node[] = [
    { name: 'a', op: 'Conv2D', input: ['x', 'w'], attr: CONV },
    { name: 'scaled', op: 'Mul', input: ['per channel', 'a'] },
    { name: 'squeezed', op: 'Mean', input: ['scaled', 'axes'], attr: { keep_dims: { b: true } } },
    { name: 'gated', op: 'Mul', input: ['scaled', 'squeezed'] },
    { name: 'shifted', op: 'Sub', input: ['gated', 'full'] },
    { name: 'joined', op: 'ConcatV2', input: ['shifted', 'a', 'axis'] },
    { name: 'y', op: 'Relu', input: ['joined'] },
  ];
  const constants = {
    w: floats([1, 1, 2, 2], 1, 0, 0, 1),
    'per channel': floats([2], 2, 3),
    axes: whole(1, 2),
    full: floats([1, 1, 2, 2], 1, 2, 3, 4),
    axis: one(-1),
  };
  const model = modelOf([1, 1, 2, 2], constants, nodes);
  assert.equal(opsOf(convertTfjs(model.json, model.files)).filter((op) => op === 'Transpose').length, 2);
  // a = x = (1 2)(3 4); scaled = (2 6)(6 12); squeezed = (4 9); gated = (8 54)(24 108); shifted = (7 52)(21 104).
  assert.deepEqual(await run(model, input([1, 1, 2, 2], 1, 2, 3, 4)), { values: [7, 52, 1, 2, 21, 104, 3, 4], shape: [1, 1, 2, 4] });
});

test('only what the wanted outputs need is converted', () => {
  const model = modelOf([-1], {}, [
    { name: 'y', op: 'Relu', input: ['x'] },
    { name: 'z', op: 'NoSuchOperator', input: ['x'] },
  ]);
  assert.deepEqual(opsOf(convertTfjs(model.json, model.files, { outputs: ['y'] })), ['Relu', 'Identity']);
  assert.throws(() => convertTfjs(model.json, model.files, { outputs: ['yy'] }), {
    code: 'INVALID_ARGUMENT',
    message: /no output "yy". Did you mean "y"/,
  });
});

test('what cannot be converted is told by operator and node', () => {
  const cases: [Record<string, Const>, Node, RegExp][] = [
    [{}, { name: 'head/fft', op: 'FFT', input: ['x'] }, /^cannot convert operator FFT of node "head\/fft": there is no rule for it yet$/],
    [{}, { name: 'c', op: 'Conv2D', input: ['x', 'x'], attr: CONV }, /Conv2D of node "c": input 2 must be a constant/],
    [{ w: floats([1, 1, 1, 1], 1) }, { name: 'c', op: 'Conv2D', input: ['x', 'w'], attr: { ...CONV, data_format: { s: base64('NCHW') } } }, /NCHW/],
    [
      { w: floats([1, 1, 1, 1], 1) },
      { name: 'c', op: '_FusedConv2D', input: ['x', 'w'], attr: { ...CONV, fused_ops: { list: { s: [base64('Gelu')] } } } },
      /Gelu/,
    ],
    [{}, { name: 'c', op: 'Cast', input: ['x'], attr: { DstT: { type: 'DT_STRING' } } }, /DT_STRING/],
  ];
  for (const [constants, node, message] of cases) {
    const model = modelOf([1, 1, 1, 1], constants, [node]);
    assert.throws(() => convertTfjs(model.json, model.files), { code: 'UNSUPPORTED', message });
  }
  const several = modelOf([1], {}, [
    { name: 'a', op: 'FFT', input: ['x'] },
    { name: 'b', op: 'Switch', input: ['a'] },
    { name: 'c', op: 'FFT', input: ['b'] },
  ]);
  assert.throws(() => convertTfjs(several.json, several.files), {
    code: 'UNSUPPORTED',
    message:
      'cannot convert operator FFT of node "c" and 1 more, operator Switch of node "b": there is no rule for them yet; branches and loops (control flow) are not supported',
  });
  assert.throws(() => convertTfjs({ format: 'layers-model' }, []), { code: 'UNSUPPORTED', message: /layers model/ });
});

test('a broken model is told by what is wrong with it', () => {
  assert.throws(() => convertTfjs({ some: 'json' }, []), { code: 'INPUT_CORRUPT', message: /modelTopology/ });
  assert.throws(() => convertTfjs(null, []), { code: 'INPUT_CORRUPT' });
  const dangling = modelOf([1], {}, [{ name: 'y', op: 'Relu', input: ['nowhere'] }]);
  assert.throws(() => convertTfjs(dangling.json, dangling.files), { code: 'INPUT_CORRUPT', message: /"y" reads node "nowhere"/ });
  const loop = modelOf([1], {}, [
    { name: 'a', op: 'Add', input: ['b', 'x'] },
    { name: 'b', op: 'Relu', input: ['a'] },
    { name: 'y', op: 'Relu', input: ['b'] },
  ]);
  assert.throws(() => convertTfjs(loop.json, loop.files), { code: 'UNSUPPORTED', message: /part of a loop/ });
  const cut = modelOf([1], { c: floats([2], 1, 2) }, [{ name: 'y', op: 'Add', input: ['x', 'c'] }]);
  assert.throws(() => convertTfjs(cut.json, [cut.files[0]!.subarray(0, 7)]), {
    code: 'INPUT_CORRUPT',
    message: /w\.bin: ends in weight "c", at byte 7 of at least 8/,
  });
  assert.throws(() => convertTfjs(cut.json, []), { code: 'INVALID_ARGUMENT', message: /1 files, got 0/ });
});

const human = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '..');

test('centernet of @vladmandic/human converts whole, to the same bytes each time, with few transpositions', async () => {
  const json: unknown = JSON.parse(await readFile(join(human, 'models/centernet.json'), 'utf8'));
  const weights = [await readFile(join(human, 'models/centernet.bin'))];
  const bytes = convertTfjs(json, weights, { outputs: ['tower_0/detections'] });
  const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
  assert.equal(hash(bytes), hash(convertTfjs(json, weights, { outputs: ['tower_0/detections'] })));
  // One for the picture on its way in, one each for key points and sizes where the boxes are picked.
  assert.equal(opsOf(bytes).filter((op) => op === 'Transpose').length, 3);
  const path = join(folder, 'centernet.onnx');
  await writeFile(path, bytes);
  await using model = await onnxRuntime.open({ runtime: 'onnx', path }, {});
  assert.deepEqual(model.spec, {
    inputs: [{ name: 'tower_0/images', datatype: 'FP32', shape: [1, 512, 512, 3] }],
    outputs: [{ name: 'tower_0/detections', datatype: 'FP32', shape: [1, 100, 6] }],
  });
});
