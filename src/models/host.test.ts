import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from '../core/index.js';
import { asset, needs } from '../testing/assets.js';
import { OnnxGraph } from './convert/onnx-graph.js';
import { parseFake, createFakeModel, type FakeModel } from './fake.js';
import { fromHalf } from './half.js';
import { openModelHost, type HostResult, type ModelHost } from './host.js';
import type { ModelDefinition, PictureInput, RuntimeAdapter } from './port.js';

const definition = (path: string, rest: Partial<ModelDefinition> = {}): ModelDefinition => ({
  name: 'tiny',
  weights: { runtime: 'fake', path },
  ...rest,
});
const floats = (shape: readonly number[], ...data: number[]): Tensor => ({ name: 'input', datatype: 'FP32', shape, data: Float32Array.from(data) });
const bytes = (shape: readonly number[], ...data: number[]): Tensor => ({ name: 'picture', datatype: 'UINT8', shape, data: Uint8Array.from(data) });
const ask = (...inputs: Tensor[]) => ({ inputs, answer: 'tensors' as const });
const find = (...inputs: Tensor[]) => ({ inputs, answer: 'decoded' as const });
const numbersOf = (result: HostResult | undefined): number[] => {
  assert.ok(result && 'outputs' in result, JSON.stringify(result));
  return [...(result.outputs[0]!.data as Float32Array)];
};

/** A fake whose calls can be looked at. */
async function watched(path: string, rest: Partial<ModelDefinition> = {}): Promise<{ host: ModelHost; model: FakeModel }> {
  let model: FakeModel | undefined;
  const adapter: RuntimeAdapter = { runtime: 'fake', open: async (weights) => (model = createFakeModel(parseFake(weights.path))) };
  const host = await openModelHost(definition(path, rest), [adapter]);
  return { host, model: model! };
}

const rgb = (layout: 'planar' | 'packed', rest: Partial<PictureInput> = {}): PictureInput => ({
  input: 'input',
  fit: { mode: 'stretch', size: { width: 2, height: 1 }, order: 'rgb', layout, pad: 0 },
  mean: [0, 0, 0],
  std: [1, 1, 1],
  ...rest,
});

test('requests of one form share a run and get their own rows', async () => {
  const { host, model } = await watched('fake:add?shape=-1,2');
  await using _ = host;
  const { results } = await host.execute([ask(floats([1, 2], 1, 2)), ask(floats([2, 2], 3, 4, 5, 6)), ask(floats([1, 2], 7, 8))]);
  assert.deepEqual(results.map(numbersOf), [
    [2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
  assert.deepEqual(
    model.calls.map(([input]) => input!.shape),
    [[4, 2]],
  );
  for (const result of results) assert.ok('outputs' in result && result.outputs[0]!.shape[0] === result.outputs[0]!.data.length / 2);
});

test('answers are the same whatever the batch, and stay as they are when later ones come', async () => {
  await using host = await openModelHost(definition('fake:add?shape=-1,2'));
  const requests = [1, 2, 3, 4].map((value) => ask(floats([1, 2], value, value * 10)));
  const together = (await host.execute(requests)).results;
  const alone = [];
  for (const request of requests) alone.push(...(await host.execute([request])).results);
  assert.deepEqual(together, alone);
});

test('answers that may share memory are views of the run, and equal those that do not', async () => {
  await using host = await openModelHost(definition('fake:add?shape=-1,2'));
  const requests = [1, 2].map((value) => ask(floats([1, 2], value, value * 10)));
  const apart = (await host.execute(requests)).results;
  const shared = (await host.execute(requests.map((request) => ({ ...request, sharedOutputs: true })))).results;
  assert.deepEqual(shared, apart);
  const buffersOf = (results: typeof shared): number =>
    new Set(results.map((result) => ('outputs' in result ? (result.outputs[0]!.data as Float32Array).buffer : undefined))).size;
  assert.deepEqual([buffersOf(shared), buffersOf(apart)], [1, 2]);
});

test('a lone request of the right type reaches the runtime without a copy', async () => {
  const { host, model } = await watched('fake:add?shape=-1,2');
  await using _ = host;
  const input = floats([1, 2], 1, 2);
  await host.execute([ask(input)]);
  assert.equal(model.calls[0]![0]!.data, input.data);
});

test('requests of different form run apart, and no run has more rows than the network takes', async () => {
  const { host, model } = await watched('fake:add?shape=2,-1');
  await using _ = host;
  assert.equal(host.maxBatch, 2);
  const { results } = await host.execute([1, 2, 3].map((value) => ask(floats([1, 1], value))).concat(ask(floats([1, 2], 9, 9))));
  assert.deepEqual(results.map(numbersOf), [[2], [3], [4], [10, 10]]);
  assert.deepEqual(
    model.calls.map(([input]) => input!.shape),
    [
      [2, 1],
      [1, 1],
      [1, 2],
    ],
  );
});

test('a bad request gets its fault, its neighbours their answers', async () => {
  await using host = await openModelHost(definition('fake:add?shape=-1,1&failOn=1'));
  const { results } = await host.execute([
    ask(floats([1, 1], 1)),
    ask({ ...floats([1, 1], 2), name: 'other' }),
    find(floats([1, 1], 3)),
    ask(floats([1, 1], 4)),
  ]);
  assert.deepEqual(numbersOf(results[0]), [2]);
  assert.deepEqual(results[1], { fault: { code: 'INVALID_ARGUMENT', message: 'tiny: input "input" is missing; got other' } });
  assert.ok('fault' in results[2]! && results[2].fault.code === 'FAILED_PRECONDITION');
  assert.deepEqual(numbersOf(results[3]), [5]);
});

test('a failed run of one request is its fault', async () => {
  await using host = await openModelHost(definition('fake:add?shape=-1,1&failOn=1'));
  const { results, runMs } = await host.execute([ask(floats([1, 1], 1))]);
  assert.deepEqual(results, [{ fault: { code: 'UNKNOWN', message: 'fake: run 1 fails as scripted' } }]);
  assert.ok(runMs >= 0);
});

test('calls that overlap are served one after another, so that the batch buffer is never shared', async () => {
  await using host = await openModelHost(definition('fake:identity?shape=-1,1&delayMs=5'));
  const pairs = [1, 2].map((value) => host.execute([ask(floats([1, 1], value)), ask(floats([1, 1], value * 10))]));
  assert.deepEqual(
    (await Promise.all(pairs)).map(({ results }) => results.map(numbersOf)),
    [
      [[1], [10]],
      [[2], [20]],
    ],
  );
});

test('texts are joined too', async () => {
  await using host = await openModelHost(definition('fake:identity?shape=-1,1&datatype=BYTES'));
  const text = (word: string): Tensor => ({ name: 'input', datatype: 'BYTES', shape: [1, 1], data: [new TextEncoder().encode(word)] });
  const { results } = await host.execute([ask(text('a')), ask(text('b'))]);
  assert.deepEqual(results[1], { outputs: [{ ...text('b'), name: 'output' }], answers: [] });
});

test('picture bytes become (byte - mean) / std of their channel, in both layouts', async () => {
  const numbers = { mean: [0, 10, 20], std: [1, 2, 4] };
  await using planar = await openModelHost(definition('fake:identity?shape=-1,3,1,2', { picture: rgb('planar', numbers) }));
  // Two red bytes, two green, two blue.
  const request = ask(bytes([1, 3, 1, 2], 1, 2, 10, 14, 20, 28));
  assert.deepEqual(numbersOf((await planar.execute([request])).results[0]), [1, 2, 0, 2, 0, 2]);
  assert.deepEqual(numbersOf((await planar.execute([request, request])).results[1]), [1, 2, 0, 2, 0, 2]);
  await using packed = await openModelHost(definition('fake:identity?shape=-1,1,2,3', { picture: rgb('packed', numbers) }));
  assert.deepEqual(numbersOf((await packed.execute([ask(bytes([1, 1, 2, 3], 1, 10, 20, 2, 14, 28))])).results[0]), [1, 0, 0, 2, 2, 2]);
});

test('gray, half-precision and byte inputs', async () => {
  const gray: PictureInput = { ...rgb('packed'), fit: { ...rgb('packed').fit, order: 'gray' }, mean: [1], std: [2] };
  await using grayHost = await openModelHost(definition('fake:identity?shape=-1,1,2,1', { picture: gray }));
  assert.deepEqual(numbersOf((await grayHost.execute([ask(bytes([1, 1, 2, 1], 3, 5))])).results[0]), [1, 2]);
  await using half = await openModelHost(definition('fake:identity?shape=-1,3,1,2&datatype=FP16', { picture: rgb('planar') }));
  assert.deepEqual(numbersOf((await half.execute([ask(bytes([1, 3, 1, 2], 0, 1, 2, 3, 4, 255))])).results[0]).map(fromHalf), [0, 1, 2, 3, 4, 255]);
  const { host, model } = await watched('fake:identity?shape=-1,3,1,2&datatype=UINT8', { picture: rgb('planar') });
  await using _ = host;
  const picture = bytes([1, 3, 1, 2], 0, 1, 2, 3, 4, 255);
  assert.deepEqual(numbersOf((await host.execute([ask(picture)])).results[0]), [0, 1, 2, 3, 4, 255]);
  assert.equal(model.calls[0]![0]!.data, picture.data);
});

test('a picture of another size is refused by shape', async () => {
  await using host = await openModelHost(definition('fake:identity?shape=-1,3,1,2', { picture: rgb('planar') }));
  const { results } = await host.execute([ask(bytes([1, 3, 2, 2], ...Array.from({ length: 12 }, () => 0)))]);
  assert.deepEqual(results, [
    { fault: { code: 'INVALID_ARGUMENT', message: 'tiny: picture "picture" is [1, 3, 2, 2] with 12 bytes; [N, 3, 1, 2] is needed' } },
  ]);
});

// Six bytes wide, so that each line of the picture is a box: x1, y1, x2, y2, score and class, all divided by 255.
const BOXES: Partial<ModelDefinition> = {
  picture: { ...rgb('planar'), fit: { ...rgb('planar').fit, size: { width: 6, height: 1 } }, mean: [0, 0, 0], std: [255, 255, 255] },
  head: { type: 'boxes', outputs: { boxes: 'output' }, confidence: 0.5, maximumIou: 0.5, limit: 10, settings: { normalised: true } },
};
const line = (x1: number, score: number, classId: number): number[] => [x1, 0, 255, 255, score, classId];
const EMPTY = line(0, 0, 0);

test('detections are decoded for each row, with the thresholds of their request', async () => {
  await using host = await openModelHost(definition('fake:identity?shape=-1,3,1,6', BOXES));
  const first = bytes([1, 3, 1, 6], ...line(0, 255, 255), ...EMPTY, ...EMPTY);
  const two = bytes([2, 3, 1, 6], ...EMPTY, ...line(0, 51, 0), ...EMPTY, ...line(51, 204, 0), ...EMPTY, ...line(102, 255, 255));
  const { results } = await host.execute([find(first), { ...find(two), thresholds: { confidence: 0.2 } }, ask(first)]);
  const seen = results.map((result) =>
    'answers' in result
      ? result.answers.map((answer) => (answer.kind === 'detections' ? [...answer.scores].map((s) => Number(s.toFixed(2))) : answer))
      : result,
  );
  assert.deepEqual(seen, [[[1]], [[0.2], [1, 0.8]], []]);
  const [found] = 'answers' in results[0]! ? results[0].answers : [];
  assert.ok(found?.kind === 'detections');
  assert.deepEqual([...found.boxes], [0, 0, 6, 1]);
  assert.deepEqual([...found.classIds], [1]);
});

test('a picture or head that does not fit the network is told when the model is opened', async () => {
  const cases: [string, Partial<ModelDefinition>, string, RegExp][] = [
    [
      'fake:identity?shape=-1,3,2,2',
      { picture: rgb('planar') },
      'MODEL_MISMATCH',
      /input "input" is FP32 \[-1, 3, 2, 2\]; the planar rgb picture is \[N, 3, 1, 2\]/,
    ],
    ['fake:identity?shape=-1,3,1,2', { picture: rgb('packed') }, 'MODEL_MISMATCH', /the packed rgb picture is \[N, 1, 2, 3\]/],
    ['fake:identity?shape=-1,3,1,2', { picture: { ...rgb('planar'), input: 'images' } }, 'MODEL_MISMATCH', /no input "images"; it has input/],
    ['fake:identity?shape=-1,3,1,2&datatype=INT32', { picture: rgb('planar') }, 'MODEL_MISMATCH', /INT32/],
    ['fake:identity?shape=-1,3,1,2&datatype=UINT8', { picture: rgb('planar', { mean: [1, 1, 1] }) }, 'MODEL_MISMATCH', /mean must be 0/],
    ['fake:identity?shape=-1,3,1,2', { picture: rgb('planar', { mean: [0] }) }, 'CONFIG_INVALID', /picture.mean has 1 numbers/],
    ['fake:identity?shape=-1,3,1,2', { picture: rgb('planar', { std: [1, 0, 1] }) }, 'CONFIG_INVALID', /divided/],
    [
      'fake:identity?shape=-1,3,1,2',
      { ...BOXES, picture: rgb('planar') },
      'MODEL_MISMATCH',
      /output "output" is FP32 \[\?, 3, 1, 2\]; .*\[N, rows, 6\]/,
    ],
    ['fake:identity?shape=-1,3,1,6', { head: BOXES.head! }, 'CONFIG_INVALID', /a head of type "boxes" needs a picture/],
  ];
  for (const [path, rest, code, message] of cases) {
    let model: FakeModel | undefined;
    const adapter: RuntimeAdapter = { runtime: 'fake', open: async (weights) => (model = createFakeModel(parseFake(weights.path))) };
    await assert.rejects(openModelHost(definition(path, rest), [adapter]), { name: 'Fault', code, message });
    assert.ok(model!.released, 'the runtime is released');
  }
  await assert.rejects(openModelHost(definition('fake:add', { weights: { runtime: 'onxn', path: '' } })), {
    code: 'CONFIG_INVALID',
    message: /Did you mean "onnx"/,
  });
});

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-host-'))));
after(() => rm(folder, { recursive: true }));

test('a real network: the batch is what its axes allow, and joined pictures answer as single ones', async () => {
  const graph = new OnnxGraph('tiny');
  const mean = graph.node('ReduceMean', [graph.input('input', 'FP32', ['N', 3, 1, 2])], { axes: [2, 3], keepdims: 0 }, 'output');
  graph.output(mean, 'FP32', ['N', 3]);
  const path = join(folder, 'mean.onnx');
  await writeFile(path, graph.toBytes());
  await using host = await openModelHost({ name: 'mean', weights: { runtime: 'onnx', path }, picture: rgb('planar') });
  assert.equal(host.maxBatch, Infinity);
  const pictures = [0, 50, 100].map((base) => ask(bytes([1, 3, 1, 2], base, base + 2, base + 4, base + 6, base + 8, base + 10)));
  const { results } = await host.execute(pictures);
  assert.deepEqual(results.map(numbersOf), [
    [1, 5, 9],
    [51, 55, 59],
    [101, 105, 109],
  ]);
});

test('one output with a fixed first axis limits the batch', async () => {
  const graph = new OnnxGraph('tiny');
  const input = graph.input('input', 'FP32', ['N', 2]);
  graph.output(graph.node('Neg', [input], {}, 'free'), 'FP32', ['N', 2]);
  graph.output(graph.node('Identity', [graph.float(1)], {}, 'fixed'), 'FP32', []);
  const path = join(folder, 'fixed.onnx');
  await writeFile(path, graph.toBytes());
  await using host = await openModelHost({ name: 'fixed', weights: { runtime: 'onnx', path } });
  assert.equal(host.maxBatch, 1);
});

const PVB = 'models/person-vehicle-bike-detection-2002.onnx';
test('person-vehicle-bike-2002 has a free batch axis on its input, but one output of a single row', needs(PVB), async () => {
  await using host = await openModelHost({ name: 'pvb', weights: { runtime: 'onnx', path: asset(PVB) } });
  assert.deepEqual([host.spec.inputs[0]!.shape[0], ...host.spec.outputs.map(({ shape }) => shape[0])], [-1, -1, 1, 1]);
  assert.equal(host.maxBatch, 1);
});
