import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createEngine } from '../../inference/index.js';
import { OnnxGraph } from '../../models/convert.js';
import { addSub, identity } from '../sample-models.test.support.js';
import { runsAtOnce } from './trial-run.js';

let folder = '';
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-trial-'))));
after(() => rm(folder, { recursive: true, force: true }));

/** A file of some hundred bytes that multiplies matrices of 1500 x 1500: some 7 thousand million operations. */
function slow(): Uint8Array {
  const graph = new OnnxGraph('slow');
  const wide = graph.node('Expand', [graph.input('IN', 'FP32', [1]), graph.ints([1500, 1500])]);
  graph.node('ReduceSum', [graph.node('MatMul', [wide, wide])], { keepdims: 0 }, 'OUT');
  graph.output('OUT', 'FP32', []);
  return graph.toBytes();
}

async function tried(bytes: Uint8Array): Promise<boolean> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, bytes);
  await using engine = createEngine();
  const answer = await runsAtOnce(engine, { name: 'm', weights: { runtime: 'onnx', path } }, 4);
  assert.equal(engine.models.length, 0);
  return answer;
}

test('a model that looks small and is slow is found out', async () => assert.equal(await tried(slow()), false));

test('a small model is fast, of numbers or of text', async () => {
  assert.equal(await tried(addSub()), true);
  assert.equal(await tried(identity('BYTES', [-1, 2])), true);
});

test('what is no model is not trusted', async () => assert.equal(await tried(new Uint8Array(10)), false));
