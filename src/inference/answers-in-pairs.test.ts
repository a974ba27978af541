import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersOf, request } from './conformance.js';
import { createEngine } from './engine.js';
import type { LoadedModel } from './port.js';

async function withModel(use: (model: LoadedModel) => Promise<void>, instances = 1): Promise<void> {
  await using engine = createEngine();
  const weights = { runtime: 'fake', path: 'fake:add?shape=-1,4&blockMs=5' };
  await use(await engine.load({ name: 'plus-one', weights }, { placement: 'thread', instances, answersInPairs: true }));
}

test('every request gets its own answer, in the order asked', () =>
  withModel(async (model) => {
    const settled: number[] = [];
    const asked = Array.from({ length: 25 }, (_, i) => model.infer(request(i)).then((answer) => (settled.push(i), numbersOf(answer)[0])));
    assert.deepEqual(
      await Promise.all(asked),
      Array.from({ length: 25 }, (_, i) => i + 1),
    );
    assert.deepEqual(
      settled,
      settled.toSorted((a, b) => a - b),
    );
  }));

test('a request that nobody follows is answered at once', () =>
  withModel(async (model) => {
    for (let i = 0; i < 3; i++) assert.equal(numbersOf(await model.infer(request(i)))[0], i + 1);
  }));

test('answers come two at a time while more waits', () =>
  withModel(async (model) => {
    const atMs: number[] = [];
    await Promise.all(Array.from({ length: 12 }, (_, i) => model.infer(request(i)).then(() => atMs.push(performance.now()))));
    // Runs block 5 ms: answers told together lie far closer than that.
    const together = atMs.slice(1).filter((ms, i) => ms - atMs[i]! < 2.5).length;
    assert.ok(together >= 4, `${together} of 11 neighbours came together`);
  }));

test('an instance holds one batch more, and unloading answers what is held', () =>
  withModel(async (model) => {
    assert.equal(model.concurrency, 2 * 3);
    const asked = [1, 2, 3, 4, 5].map((value) => model.infer(request(value)));
    const unloaded = model[Symbol.asyncDispose]();
    assert.deepEqual(
      (await Promise.all(asked)).map((answer) => numbersOf(answer)[0]),
      [2, 3, 4, 5, 6],
    );
    await unloaded;
  }, 2));
