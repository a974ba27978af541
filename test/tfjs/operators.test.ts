import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertTfjs, TFJS_OPERATORS } from 'ocellus/models/convert';
import { assertRowsApart, disagreement, openBytes } from './agreement.js';
import type { Make } from './case-parts.js';
import { CASES } from './cases.js';
import { modelOf } from './graphs.js';
import { seeded } from './random.js';
import { openReference } from './reference.js';

/** Graphs tried of each operator: enough that each pair of its options has met. */
const GRAPHS = 16;

/** Both compute in 32 bits, in another order: a sum of some dozens of products is a few units of the last place apart. */
const RELATIVE = 2e-6;
const ABSOLUTE = 2e-6;

/** One graph of an operator, converted, against TF.js' own kernels in JavaScript, which know every operator. */
async function check(make: Make, seed: number): Promise<void> {
  const random = seeded(seed);
  const graph = make(random);
  // What stands for the rows in the file: their number, or any.
  const declared = graph.shape[0] === 1 && random.chance() ? graph.shape.with(0, -1) : graph.shape;
  const files = modelOf(graph, declared);
  const told = `seed ${seed}: ${JSON.stringify({ ...graph, declared })}`;
  try {
    const data = Float32Array.from(random.floats(graph.shape.reduce((a, b) => a * b, 1)));
    using reference = await openReference(files, 'cpu');
    const expected = await reference.run('x', graph.shape, data, graph.outputs);
    await using model = await openBytes(convertTfjs(files.json, files.weights));
    const actual = await model.infer([{ name: 'x', datatype: 'FP32', shape: graph.shape, data }]);
    actual.forEach((tensor, i) => {
      const told = disagreement(tensor, expected[i]!, RELATIVE, ABSOLUTE);
      assert.ok(told === undefined, `${tensor.name} ${told}`);
    });
    const free = model.spec.inputs[0]!.shape[0] === -1;
    assert.ok(!free || graph.shape[0] === 1, 'a batch of another size than 1 is free');
    if (!free) return;
    const rowShape = graph.shape.slice(1);
    const rows = [1, 2, 3].map(() => Float32Array.from(random.floats(data.length)));
    await assertRowsApart(model, 'x', rowShape, rows, RELATIVE);
  } catch (error) {
    throw new Error(`${told}\n${(error as Error).message}`, { cause: error });
  }
}

for (const [title, make] of Object.entries(CASES))
  test(`${title} computes what TF.js computes`, async () => {
    for (let seed = 1; seed <= GRAPHS; seed++) await check(make, seed);
  });

test('every operator that can be converted is tried', () => {
  const tried = new Set(
    Object.values(CASES).flatMap((make) => Array.from({ length: 4 }, (_, seed) => make(seeded(seed)).nodes.map(({ op }) => op)).flat()),
  );
  // The same rule under a name of older files.
  const twins = new Set(['Gather', 'BatchMatMul', 'Snapshot', 'BiasAdd']);
  assert.deepEqual(
    Object.keys(TFJS_OPERATORS).filter((op) => !tried.has(op) && !twins.has(op)),
    [],
  );
});
