import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, type Tensor } from '../../core/index.js';
import { runtimeConformance, type ConformanceGraph } from '../conformance.js';
import { OnnxGraph } from '../convert/onnx-graph.js';
import { notInstalled } from './load-ort.js';
import { onnxRuntime } from './onnx-runtime.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-onnx-'))));
after(() => rm(folder, { recursive: true }));

function graphOf({ operation, datatype, shape }: ConformanceGraph): OnnxGraph {
  const graph = new OnnxGraph('conformance');
  const input = graph.input('input', datatype, shape);
  if (operation !== 'add') graph.output(graph.node('Identity', [input], {}, operation === 'both' ? 'same' : 'output'), datatype, shape);
  if (operation !== 'identity')
    graph.output(graph.node('Add', [input, graph.float(1)], {}, operation === 'both' ? 'next' : 'output'), datatype, shape);
  return graph;
}

async function saved(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function weightsFor(graph: ConformanceGraph) {
  return { runtime: 'onnx', path: await saved(`${graph.operation}-${graph.datatype}.onnx`, graphOf(graph).toBytes()) };
}

runtimeConformance('onnx', { adapter: onnxRuntime, weightsFor });

const ADD: ConformanceGraph = { operation: 'add', datatype: 'FP32', shape: [-1, 3] };
const input = (shape: readonly number[]): Tensor => ({
  name: 'input',
  datatype: 'FP32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

test('a file that is missing, a folder, empty, no model, or cut short is told by name', async () => {
  const whole = graphOf({ ...ADD, shape: [-1, 3] });
  whole.constant('FP32', [4096], new Float32Array(4096), 'ballast');
  const cut = await saved('cut.onnx', whole.toBytes());
  await truncate(cut, (await readFile(cut)).length >> 1);
  const cases = [
    [join(folder, 'missing.onnx'), 'NOT_FOUND'],
    [folder, 'INPUT_CORRUPT'],
    [await saved('empty.onnx', ''), 'INPUT_CORRUPT'],
    [await saved('text-opset13.onnx', 'this is no model at all'), 'INPUT_CORRUPT'],
    [cut, 'INPUT_CORRUPT'],
  ] as const;
  for (const [path, code] of cases)
    await assert.rejects(onnxRuntime.open({ runtime: 'onnx', path }, {}), (error) => {
      assert.ok(error instanceof Fault);
      assert.equal(error.code, code);
      assert.ok(error.message.includes(path), error.message);
      assert.doesNotMatch(error.message, /onnxruntime_src/);
      return true;
    });
});

test('providers are tried in order, each with a reason, and the one that works is taken', async () => {
  await using model = await onnxRuntime.open(await weightsFor(ADD), { providers: ['tpu', 'cpu'] });
  assert.deepEqual(
    model.providers.map(({ provider, taken }) => [provider, taken]),
    [
      ['tpu', false],
      ['cpu', true],
    ],
  );
  assert.match(model.providers[0]!.reason!, /not a provider of this onnxruntime-node; it knows .*cpu/);
});

test('without cpu in the list nothing falls back to it, and every reason is told', async () => {
  const weights = await weightsFor(ADD);
  await assert.rejects(onnxRuntime.open(weights, { providers: ['tpu', 'npu'] }), { code: 'UNSUPPORTED', message: /tpu: .*; npu: / });
  await assert.rejects(onnxRuntime.open(weights, { providers: [] }), { code: 'CONFIG_INVALID' });
});

test('a tensor of the wrong shape or type is an invalid argument, not a crash', async () => {
  await using model = await onnxRuntime.open(await weightsFor(ADD), {});
  await assert.rejects(model.infer([input([1, 4])]), { code: 'INVALID_ARGUMENT', message: /add-FP32\.onnx.*input/ });
  await assert.rejects(model.infer([{ name: 'input', datatype: 'INT32', shape: [1, 3], data: new Int32Array(3) }]), { code: 'INVALID_ARGUMENT' });
  await assert.rejects(model.infer([{ name: 'input', datatype: 'BF16', shape: [1, 3], data: new Uint16Array(3) }]), { code: 'UNSUPPORTED' });
});

test('bytes that are no text are refused by name', async () => {
  await using model = await onnxRuntime.open(await weightsFor({ operation: 'identity', datatype: 'BYTES', shape: [-1, 4] }), {});
  const data = Array.from({ length: 4 }, () => Uint8Array.of(0xff, 0xfe));
  await assert.rejects(model.infer([{ name: 'input', datatype: 'BYTES', shape: [1, 4], data }]), {
    code: 'INVALID_ARGUMENT',
    message: /input: an element is no UTF-8/,
  });
});

test('an operator that the runtime does not know is told with the reason', async () => {
  const graph = new OnnxGraph('unknown');
  graph.output(graph.node('NoSuchOperator', [graph.input('input', 'FP32', [1])], {}, 'output'), 'FP32', [1]);
  const path = await saved('unknown.onnx', graph.toBytes());
  await assert.rejects(onnxRuntime.open({ runtime: 'onnx', path }, {}), { code: 'UNSUPPORTED', message: /NoSuchOperator/ });
});

test('two models on several threads work beside each other', async () => {
  const weights = await weightsFor(ADD);
  await using first = await onnxRuntime.open(weights, { threads: 2, spinning: true });
  await using second = await onnxRuntime.open(weights, {});
  const answers = await Promise.all([first.infer([input([2, 3])]), second.infer([input([2, 3])])]);
  assert.deepEqual(answers[0], answers[1]);
});

test('a missing binary is told with what to type', () => {
  const text = notInstalled(new Error("Cannot find module '../bin/napi-v6/linux/riscv64/onnxruntime_binding.node'\nRequire stack:"), 'linux-riscv64');
  assert.match(text, /linux-riscv64: Cannot find module .*npm install --ignore-scripts/);
});
