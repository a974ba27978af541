import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '../../../core/index.js';
import { onnxRuntime } from '../../onnx/onnx-runtime.js';
import type { ModelRuntime } from '../../port.js';
import { convertOpenVino, type OpenVinoOptions } from './convert-openvino.js';
import { type BuiltValue, IrBuilder } from './ir-builder.test.support.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-ir-'))));
after(() => rm(folder, { recursive: true }));

let files = 0;
async function open(net: IrBuilder, options: OpenVinoOptions = {}): Promise<ModelRuntime> {
  const path = join(folder, `net-${files++}.onnx`);
  await writeFile(path, convertOpenVino(net.xml, net.bin, options));
  return onnxRuntime.open({ runtime: 'onnx', path }, {});
}
const specOf = ({ spec }: ModelRuntime): string[] =>
  [...spec.inputs, ...spec.outputs].map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(', ')}]`);
const numbers = async (runtime: ModelRuntime, shape: readonly number[], x: readonly number[]): Promise<Record<string, number[]>> => {
  const outputs = await runtime.infer([{ name: 'x', datatype: 'FP32', shape, data: Float32Array.from(x) }]);
  return Object.fromEntries(outputs.map(({ name, data }) => [name, [...(data as Float32Array)].map((value) => Math.round(value * 1000) / 1000)]));
};

const SSD = { code_type: 'caffe.PriorBoxParameter.CENTER_SIZE', share_location: 'true', normalized: 'true', variance_encoded_in_target: 'false' };

/** An SSD head over a picture of 2 by 4 pixels: one box a pixel, two classes, scores after softmax. */
function ssdNet(detection: Readonly<Record<string, string>> = SSD, version = 11): IrBuilder {
  const net = new IrBuilder(version);
  const x = net.parameter('x', [1, 6, 2, 4]);
  const turned = (value: BuiltValue, channels: number): BuiltValue => {
    const packed = net.layer('Transpose', [value, net.ints([0, 2, 3, 1])], { shape: [1, 2, 4, channels] });
    return net.layer('Reshape', [packed, net.ints([1, 8 * channels])], { shape: [1, 8 * channels], data: { special_zero: true } });
  };
  const [loc, scores] = net.layers('VariadicSplit', [x, net.ints(1), net.ints([4, 2])], {
    shapes: [
      [1, 4, 2, 4],
      [1, 2, 2, 4],
    ],
  }) as [BuiltValue, BuiltValue];
  const rows = net.layer('Reshape', [turned(scores, 2), net.ints([1, 8, 2])], { shape: [1, 8, 2], data: { special_zero: true } });
  const conf = net.layer('Reshape', [net.layer('SoftMax', [rows], { shape: [1, 8, 2], data: { axis: 2 } }), net.ints([1, 16])], { shape: [1, 16] });
  const size = (value: BuiltValue): BuiltValue => {
    const shape = net.layer('ShapeOf', [value], { shape: [4], precision: 'I64', opset: 'opset3' });
    return net.layer('StridedSlice', [shape, net.ints([2]), net.ints([4]), net.ints([1])], {
      shape: [2],
      precision: 'I64',
      data: { begin_mask: '0', end_mask: '0' },
    });
  };
  const boxes = net.layer('PriorBoxClustered', [size(x), size(x)], {
    shape: [2, 32],
    data: { width: '1', height: '1', step: 0, offset: 0.5, variance: '0.1,0.1,0.2,0.2' },
  });
  const priors = net.layer('Unsqueeze', [boxes, net.ints([0])], { shape: [1, 2, 32] });
  net.result(net.layer('DetectionOutput', [turned(loc, 4), conf, priors], { name: 'found', shape: [1, 1, 8, 7], data: detection }));
  return net;
}

test('an SSD head is cut off: offsets, scores and priors for as many pictures as come', async () => {
  await using runtime = await open(ssdNet());
  assert.deepEqual(specOf(runtime), ['x FP32 [-1, 6, 2, 4]', 'loc FP32 [-1, 32]', 'conf FP32 [-1, 16]', 'priors FP32 [-1, 2, 32]']);
  const x = Array.from({ length: 48 }, (_, at) => (at * 7) % 11);
  const one = await numbers(runtime, [1, 6, 2, 4], x);
  const other = await numbers(runtime, [1, 6, 2, 4], x.toReversed());
  const both = await numbers(runtime, [2, 6, 2, 4], [...x, ...x.toReversed()]);
  for (const name of ['loc', 'conf', 'priors']) assert.deepEqual(both[name], [...one[name]!, ...other[name]!], name);
  // The first box fills the first pixel of 4 by 2, and is followed by its neighbour to the right.
  assert.deepEqual(one['priors']!.slice(0, 8), [0, 0, 0.25, 0.5, 0.25, 0, 0.5, 0.5]);
  assert.deepEqual(one['priors']!.slice(32, 36), [0.1, 0.1, 0.2, 0.2]);
});

test('a head that codes boxes otherwise is refused', () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ ...SSD, code_type: 'caffe.PriorBoxParameter.CORNER' }, /"found" \(DetectionOutput\): its code_type is corner, and only center_size/],
    [{ ...SSD, variance_encoded_in_target: 'true' }, /variance_encoded_in_target is 1/],
    [{ ...SSD, share_location: '0' }, /share_location is 0/],
    [{ ...SSD, normalized: 'false' }, /normalized is 0/],
  ];
  for (const [data, message] of cases) {
    const net = ssdNet(data);
    assert.throws(() => convertOpenVino(net.xml, net.bin), { code: 'UNSUPPORTED', message });
  }
});

test('only wanted outputs are kept, and an unknown one is told with those there are', async () => {
  await using runtime = await open(ssdNet(), { outputs: ['conf'] });
  assert.deepEqual(specOf(runtime), ['x FP32 [-1, 6, 2, 4]', 'conf FP32 [-1, 16]']);
  const { xml, bin } = ssdNet();
  assert.throws(() => convertOpenVino(xml, bin, { outputs: ['cnf'] }), {
    code: 'INVALID_ARGUMENT',
    message: /"cnf"\. Did you mean "conf"\? There are loc, conf, priors/,
  });
});

test('letters are cut off before they are picked, and come as [N, T, C] from either decoder', async () => {
  const older = new IrBuilder(10);
  const x = older.parameter('x', [1, 3, 2]);
  const logits = older.layer('Transpose', [x, older.ints([2, 0, 1])], { shape: [2, 1, 3] });
  const mask = older.parameter('seq_ind', [2, 1]);
  older.result(older.layer('CTCGreedyDecoder', [logits, mask], { shape: [1, 2, 1, 1] }));
  await using runtime = await open(older);
  assert.deepEqual(specOf(runtime), ['x FP32 [-1, 3, 2]', 'logits FP32 [-1, 2, 3]']);
  assert.deepEqual((await numbers(runtime, [2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))['logits'], [1, 3, 5, 2, 4, 6, 7, 9, 11, 8, 10, 12]);
  const newer = new IrBuilder(10);
  const y = newer.parameter('x', [1, 2, 3]);
  const [letters] = newer.layers('CTCGreedyDecoderSeqLen', [y, newer.constant([1], [2], 'i32')], {
    shapes: [[1, 2], [1]],
    precision: 'I32',
    opset: 'opset6',
  });
  newer.result(newer.layer('Squeeze', [letters!, newer.ints([0])], { shape: [2], precision: 'I32' }));
  await using other = await open(newer);
  assert.deepEqual(specOf(other), ['x FP32 [-1, 2, 3]', 'logits FP32 [-1, 2, 3]']);
});

test('outputs and inputs keep the names of their layers; both halves of the weights come in either precision', async () => {
  const net = new IrBuilder(10);
  const x = net.parameter('x', [1, 2], 'f16');
  net.result(net.layer('Multiply', [x, net.constant([1, 2], [0.5, 0.25], 'f16')], { name: 'a/b:0', shape: [1, 2], precision: 'FP16' }));
  net.result(net.layer('Add', [x, net.constant([1, 2], [100, 200])], { name: 'Sub:1', shape: [1, 2], precision: 'FP16' }));
  await using runtime = await open(net);
  // A name that the graph could give itself is altered.
  assert.deepEqual(specOf(runtime), ['x FP32 [-1, 2]', 'a/b:0 FP32 [-1, 2]', 'Sub_1 FP32 [-1, 2]']);
  assert.deepEqual(await numbers(runtime, [1, 2], [4, 8]), { 'a/b:0': [2, 2], Sub_1: [104, 208] });
});

test('where pictures would be mixed the batch stays as the file has it', async () => {
  const bound: ((net: IrBuilder, x: BuiltValue) => BuiltValue)[] = [
    (net, x) => net.layer('SoftMax', [x], { shape: [1, 2, 2], data: { axis: 0 } }),
    (net, x) => net.layer('ReduceMax', [x, net.ints([0, 1])], { shape: [1, 1, 2], data: { keep_dims: true } }),
    (net, x) => net.layer('Concat', [x, x], { shape: [2, 2, 2], data: { axis: 0 } }),
    (net, x) => net.layer('Add', [x, net.constant([3, 1, 1], [1, 2, 3])], { shape: [3, 2, 2] }),
    (net, x) => net.layer('Transpose', [x, net.ints([1, 0, 2])], { shape: [2, 1, 2] }),
    (net, x) =>
      net.layer('MatMul', [net.constant([1, 2, 2], [1, 2, 3, 4]), net.layer('Reshape', [x, net.ints([2, 2])], { shape: [2, 2] })], {
        shape: [1, 2, 2],
      }),
    (net, x) => net.layer('Gather', [x, net.ints([0]), net.ints(0)], { shape: [1, 2, 2] }),
    (net, x) => net.layer('Reshape', [x, net.ints([4])], { shape: [4] }),
    (net, x) => net.layer('Tile', [x, net.ints([2, 1, 1])], { shape: [2, 2, 2] }),
  ];
  for (const build of bound) {
    const net = new IrBuilder();
    const y = build(net, net.parameter('x', [1, 2, 2]));
    net.result(y);
    await using runtime = await open(net);
    const { inputs, outputs } = runtime.spec;
    assert.deepEqual([inputs[0]!.shape, outputs[0]!.shape], [[1, 2, 2], y.shape]);
    assert.equal(
      (await numbers(runtime, [1, 2, 2], [1, 2, 3, 4]))[outputs[0]!.name]!.length,
      y.shape.reduce((a, b) => a * b, 1),
    );
  }
});

test('a picture moved to another axis and back stays apart from its neighbours', async () => {
  const net = new IrBuilder();
  const x = net.parameter('x', [1, 2, 2]);
  const turned = net.layer('Transpose', [x, net.ints([1, 0, 2])], { shape: [2, 1, 2] });
  const sums = net.layer('ReduceSum', [turned, net.ints([0])], { shape: [1, 2], data: { keep_dims: false } });
  net.result(sums);
  await using runtime = await open(net);
  const [output] = await runtime.infer([{ name: 'x', datatype: 'FP32', shape: [2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40) }]);
  assert.deepEqual([output!.shape, ...(output!.data as Float32Array)], [[2, 2], 4, 6, 40, 60]);
});

test('layers without a rule are told all at once, with advice for quantised networks', () => {
  const net = new IrBuilder();
  let value = net.parameter('x', [1, 4]);
  for (let i = 0; i < 7; i++) value = net.layer('FakeQuantize', [value], { name: `q${i}`, shape: [1, 4] });
  net.result(net.layer('NonMaxSuppression', [value], { name: 'picks', shape: [1, 4] }));
  assert.throws(() => convertOpenVino(net.xml, net.bin), {
    code: 'UNSUPPORTED',
    message: /cannot convert 8 layers.*FakeQuantize \("q0", "q1", "q2", "q3", "q4" and 2 more\); NonMaxSuppression \("picks"\).*FP16 or FP32/,
  });
});

test('a network with sizes left open is refused with what to do', () => {
  const net = new IrBuilder();
  net.result(net.layer('Sigmoid', [net.parameter('x', [-1, 4])], { shape: [-1, 4] }));
  assert.throws(() => convertOpenVino(net.xml, net.bin), {
    code: 'UNSUPPORTED',
    message: /layer "x" .* \[-1, 4\], which is not fixed; give .*batch 1/,
  });
});

test('version 3: weights beside the layer, ends without a mark, default boxes by the sizes of its inputs', async () => {
  const net = new IrBuilder(3);
  const x = net.layer('Input', [], { name: 'x', shape: [1, 2, 1, 2] });
  const scaled = net.layer('ScaleShift', [x], { shape: [1, 2, 1, 2], blobs: { weights: net.store([2, 3]), biases: net.store([10, 20]) } });
  const data = { kernel: '1,1', strides: '1,1', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0', group: 1, output: 1 };
  const filtered = net.layer('Convolution', [scaled], {
    shape: [1, 1, 1, 2],
    data,
    blobs: { weights: net.store([1, -1]), biases: net.store([0.5]) },
  });
  const leaky = net.layer('ReLU', [filtered], { name: 'leaky', shape: [1, 1, 1, 2], data: { negative_slope: 0.1 } });
  net.layer('Permute', [net.layer('Eltwise', [leaky, leaky], { shape: [1, 1, 1, 2], data: { operation: 'sum' } })], {
    name: 'turned',
    shape: [1, 2, 1, 1],
    data: { order: '0,3,1,2' },
  });
  net.layer('Pooling', [leaky], {
    name: 'pooled',
    shape: [1, 1, 1, 1],
    data: { 'pool-method': 'avg', kernel: '1,2', strides: '1,1', 'exclude-pad': 'true' },
  });
  net.layer('Power', [leaky], { name: 'power', shape: [1, 1, 1, 2], data: { power: 2, scale: 10, shift: 1 } });
  net.layer('FullyConnected', [leaky], {
    name: 'full',
    shape: [1, 1],
    data: { 'out-size': 1 },
    blobs: { weights: net.store([1, 10]), biases: net.store([5]) },
  });
  net.layer('PriorBoxClustered', [leaky, x], {
    name: 'unread',
    shape: [1, 2, 8],
    data: { width: '1', height: '1', step: 0, offset: 0.5, variance: '0.1' },
  });
  await using runtime = await open(net, { outputs: ['turned', 'pooled', 'power', 'full'] });
  assert.deepEqual(specOf(runtime), [
    'x FP32 [-1, 2, 1, 2]',
    'turned FP32 [-1, 2, 1, 1]',
    'pooled FP32 [-1, 1, 1, 1]',
    'power FP32 [-1, 1, 1, 2]',
    'full FP32 [-1, 1]',
  ]);
  // Channels 2 x + 10 and 3 x + 20, their difference and a half: -10.5 and 24.5; a tenth of what is below zero.
  assert.deepEqual(await numbers(runtime, [1, 2, 1, 2], [1, 20, 1, 2]), {
    turned: [-2.1, 49],
    pooled: [11.725],
    power: [90.25, 60516],
    full: [248.95],
  });
  await using boxes = await open(net, { outputs: ['unread'] });
  assert.deepEqual(specOf(boxes), ['x FP32 [1, 2, 1, 2]', 'unread FP32 [1, 2, 8]']);
});

test('damaged files are told by what is wrong with them', () => {
  const { xml, bin } = ssdNet();
  const cases: [string, Uint8Array, RegExp][] = [
    ['', bin, /XML/],
    ['{}', bin, /XML/],
    [xml.slice(0, 700), bin, /XML/],
    [xml.replace('version="11"', 'version="7"'), bin, /IR version 7; versions 3, 10, 11/],
    [
      xml
        .replace('<edges>', '<edges><edge from-layer="999" from-port="0" to-layer="1" to-port="0"/>')
        .replaceAll(/<edge [^>]*to-layer="3" to-port="0"\/>/g, ''),
      bin,
      /nothing is connected to input 1/,
    ],
    [xml.replace('<dim>6</dim>', '<dim>six</dim>'), bin, /layer "x" \(Parameter\), port 0: "six" is no size/],
    [xml.replace('<dim>6</dim>', '<dim>9999999999</dim>'), bin, /too large/],
    [xml.replace(/id="1" name/, 'id="0" name'), bin, /two layers have the id 0/],
    [xml.replace('offset="0"', 'offset="-1"'), bin, /does not say where/],
    [xml, bin.subarray(0, 9), /weights file has 9; it is cut short/],
    [xml.replaceAll('type="Result"', 'type="Nothing"'), bin, /no output/],
    [xml.replace('<net', '<!DOCTYPE net [<!ENTITY a "b">]><net'), bin, /document type/],
    [xml.replace('<layers>', '<layers><__proto__ polluted="1"/>'), bin, /XML/],
    ['<net>'.repeat(5000) + '</net>'.repeat(5000), bin, /XML/],
  ];
  for (const [text, weights, message] of cases)
    assert.throws(
      () => convertOpenVino(text, weights),
      (error: unknown) => {
        assert.ok(error instanceof Fault, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  assert.equal(({} as { polluted?: string }).polluted, undefined);
});

/** Seeded, so that a failure comes again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

test('files cut short or altered anywhere convert or are refused, and nothing else', () => {
  const { xml, bin } = ssdNet();
  const roll = dice(2026);
  const signs = ['9', '-', '0', '"', '<', '>', '&', ' ', 'a', '99999999', '', '\0', '.', ','];
  for (let turn = 0; turn < 400; turn++) {
    let text = turn % 4 === 0 ? xml.slice(0, roll(xml.length)) : xml;
    for (let times = turn % 4; times > 0; times--) {
      const at = roll(text.length);
      text = text.slice(0, at) + signs[roll(signs.length)] + text.slice(at + 1 + roll(2));
    }
    const weights = turn % 5 === 0 ? bin.subarray(0, roll(bin.length)) : Uint8Array.from(bin, (byte) => (roll(50) === 0 ? roll(256) : byte));
    try {
      convertOpenVino(text, weights);
    } catch (error) {
      assert.ok(error instanceof Fault && ['INPUT_CORRUPT', 'UNSUPPORTED'].includes(error.code), `turn ${turn}: ${String(error)}\n${text}`);
    }
  }
});
