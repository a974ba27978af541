import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { elementCount, Fault, type Tensor } from '../../../core/index.js';
import { mutations, random } from '../../../testing/fuzz.js';
import { onnxRuntime } from '../../onnx/onnx-runtime.js';
import { OnnxGraph } from '../onnx-graph.js';
import { freeBatch } from './free-batch.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-free-batch-'))));
after(() => rm(folder, { recursive: true }));

async function open(name: string, bytes: Uint8Array) {
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, bytes);
  return onnxRuntime.open({ runtime: 'onnx', path }, {});
}

/** Scales a row of four numbers and lays it out as two by two: of two reshapes, both with the same stored shape. */
function small(): OnnxGraph {
  const graph = new OnnxGraph('small');
  const input = graph.input('input', 'FP32', [1, 4]);
  const shape = graph.ints([1, -1, 2]);
  const square = graph.node('Reshape', [input, shape]);
  graph.node('Reshape', [graph.node('Mul', [square, graph.float(2)]), shape], {}, 'output');
  graph.output('output', 'FP32', [1, 2, 2]);
  return graph;
}

const row = (from: number): number[] => [from, from + 1, from + 2, from + 3];
const batch = (...rows: readonly number[][]): Tensor => ({
  name: 'input',
  datatype: 'FP32',
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});

test('a batch of 1 becomes any number, and each row is answered as before', async () => {
  await using model = await open('small', freeBatch(small().toBytes()));
  assert.deepEqual([model.spec.inputs[0]!.shape, model.spec.outputs[0]!.shape], [[-1, 4], [-1, 2, 2]]); // prettier-ignore
  const [three] = await model.infer([batch(row(0), row(10), row(20))]);
  assert.deepEqual(three!.shape, [3, 2, 2]);
  assert.deepEqual(Array.from(three!.data as Float32Array), [...row(0), ...row(10), ...row(20)].map((x) => x * 2)); // prettier-ignore
});

test('a freed file is left as it is when it is freed again', () => {
  const once = freeBatch(small().toBytes());
  assert.deepEqual(freeBatch(once), once);
});

test('what may mix the rows of a batch is refused by its name, and so is another batch than 1', () => {
  const mixing = new OnnxGraph('mixing');
  const input = mixing.input('input', 'FP32', [1, 4]);
  mixing.output(mixing.node('Softmax', [input], { axis: 0 }, 'output'), 'FP32', [1, 4]);
  assert.throws(() => freeBatch(mixing.toBytes()), { code: 'UNSUPPORTED', message: /Softmax \(output\) may mix/ });

  const turned = new OnnxGraph('turned');
  turned.output(turned.node('Transpose', [turned.input('input', 'FP32', [1, 4])], { perm: [1, 0] }, 'output'), 'FP32', [1, 4]);
  assert.throws(() => freeBatch(turned.toBytes()), { code: 'UNSUPPORTED', message: /Transpose/ });

  const two = new OnnxGraph('two');
  two.output(two.node('Relu', [two.input('input', 'FP32', [2, 4])], {}, 'output'), 'FP32', [2, 4]);
  assert.throws(() => freeBatch(two.toBytes()), { code: 'UNSUPPORTED', message: /batch of "input" is 2/ });

  const fixed = new OnnxGraph('fixed');
  fixed.output(fixed.node('Reshape', [fixed.input('input', 'FP32', [1, 4]), fixed.ints([-1, 2])], {}, 'output'), 'FP32', [1, 4]);
  assert.throws(() => freeBatch(fixed.toBytes()), { code: 'UNSUPPORTED', message: /Reshape \(output\)/ });
});

test('damaged files give a fault or a file, never another error', () => {
  for (const bytes of mutations(small().toBytes(), 2000, random(7)))
    try {
      freeBatch(bytes);
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
  assert.throws(() => freeBatch(new Uint8Array()), { code: 'INPUT_CORRUPT', message: /no graph/ });
});

const FACEPLUGIN = dirname(createRequire(import.meta.url).resolve('faceplugin-face-recognition-js/package.json'));

for (const [name, width] of [
  ['fr_feature', 512],
  ['fr_landmark', 136],
] as const)
  test(`${name}: rows of a batch are what they are alone`, async () => {
    const bytes = await readFile(join(FACEPLUGIN, 'model', `${name}.onnx`));
    await using alone = await open(`${name}-1`, bytes);
    await using together = await open(`${name}-n`, freeBatch(bytes));
    const shape = alone.spec.inputs[0]!.shape;
    const next = random(3);
    const data = Float32Array.from({ length: 3 * elementCount(shape) }, () => next() * 2 - 1);
    const ask = (rows: number, values: Float32Array): Tensor => ({ name: 'input', datatype: 'FP32', shape: [rows, ...shape.slice(1)], data: values });
    const [all] = await together.infer([ask(3, data)]);
    assert.deepEqual(all!.shape, [3, width]);
    for (let at = 0; at < 3; at++) {
      const [one] = await alone.infer([ask(1, data.slice(at * elementCount(shape), (at + 1) * elementCount(shape)))]);
      (one!.data as Float32Array).forEach((value, i) => {
        const other = (all!.data as Float32Array)[at * width + i]!;
        // The runtime may add up in another order.
        assert.ok(Math.abs(value - other) < 1e-4, `row ${at}, number ${i}: ${value} alone, ${other} together`);
      });
    }
  });
