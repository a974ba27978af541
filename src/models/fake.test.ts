import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Tensor } from '../core/index.js';
import { runtimeConformance } from './conformance.js';
import { createFakeModel, fakeRuntime, parseFake } from './fake.js';

runtimeConformance('fake', {
  adapter: fakeRuntime,
  weightsFor: async ({ operation, datatype, shape }) => ({
    runtime: 'fake',
    path: `fake:${operation}?datatype=${datatype}&shape=${shape.join(',')}`,
  }),
});

const input = (...values: number[]): Tensor => ({ name: 'input', datatype: 'FP32', shape: [1, values.length], data: Float32Array.from(values) });

test('a path is a whole script', () => {
  const script = parseFake('fake:add?by=2&shape=-1,3&datatype=INT64&delayMs=5&failOn=3,4');
  assert.deepEqual(
    { by: script.by, shape: script.shape, datatype: script.datatype, delayMs: script.delayMs, failOn: script.failOn },
    { by: 2, shape: [-1, 3], datatype: 'INT64', delayMs: 5, failOn: [3, 4] },
  );
  assert.deepEqual(parseFake('/made/absolute/fake:sum').operation, 'sum');
});

test('a wrong path is told with the nearest names', () => {
  assert.throws(() => parseFake('fake:ad'), { code: 'NOT_FOUND', message: /Did you mean "add"/ });
  assert.throws(() => parseFake('fake:add?dealyMs=1'), { code: 'CONFIG_INVALID', message: /Did you mean "delayMs"/ });
  assert.throws(() => parseFake('fake:add?delayMs=soon'), { code: 'CONFIG_INVALID', message: /"soon" is no value for delayMs/ });
  assert.throws(() => parseFake('fake:add?datatype=FLOAT'), { code: 'CONFIG_INVALID', message: /FLOAT/ });
});

test('runs are recorded, and fail when the script says so', async () => {
  await using model = createFakeModel(parseFake('fake:add?failOn=2'));
  await model.infer([input(1)]);
  await assert.rejects(model.infer([input(2)]), { code: 'UNKNOWN', message: /run 2/ });
  assert.deepEqual((await model.infer([input(3)]))[0]!.data, Float32Array.of(4));
  assert.deepEqual(
    model.calls.map(([tensor]) => tensor!.data[0]),
    [1, 2, 3],
  );
});

test('sum answers one number for each row', async () => {
  await using model = createFakeModel(parseFake('fake:sum?shape=-1,2'));
  const [output] = await model.infer([{ name: 'input', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]);
  assert.deepEqual(output, { name: 'output', datatype: 'FP32', shape: [2, 1], data: Float32Array.of(3, 7) });
});

test('a delay leaves the thread free, a block does not', async () => {
  const ticksDuring = async (path: string): Promise<number> => {
    await using model = createFakeModel(parseFake(path));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    await model.infer([input(1)]);
    clearInterval(timer);
    return ticks;
  };
  assert.ok((await ticksDuring('fake:add?delayMs=40')) > 0);
  assert.equal(await ticksDuring('fake:add?blockMs=40'), 0);
});

test('a hang never answers', async () => {
  const model = createFakeModel(parseFake('fake:add?hangOn=1'));
  const first = await Promise.race([model.infer([input(1)]), new Promise((resolve) => setTimeout(resolve, 20, 'still waiting'))]);
  assert.equal(first, 'still waiting');
});

/** Runs one call of a fake in a worker; answers what the worker's end looked like from outside. */
async function fateOf(path: string): Promise<string> {
  const code = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(async ({ createFakeModel, parseFake }) => {
      const model = createFakeModel(parseFake(workerData.path));
      await model.infer([{ name: 'input', datatype: 'FP32', shape: [1, 1], data: new Float32Array(1) }]);
    });`;
  const module = new URL('./fake.js', import.meta.url).href;
  const worker = new Worker(code, { eval: true, execArgv: [], workerData: { module, path } });
  return new Promise((resolve) => {
    worker.once('error', (error) => resolve(`error: ${error.message}`));
    worker.once('exit', (status) => resolve(`exit: ${status}`));
  });
}

test('a crash is seen outside of the promise, an exit ends the thread', async () => {
  assert.equal(await fateOf('fake:add?crashOn=1'), 'error: fake: run 1 crashes as scripted');
  assert.equal(await fateOf('fake:add?exitOn=1'), 'exit: 70');
  assert.equal(await fateOf('fake:add'), 'exit: 0');
});
