import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, memoryLog } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { numbersOf, request } from './conformance.js';
import { createEngine } from './engine.js';
import type { LoadedModel } from './port.js';
import type { RestartRules } from './restart-policy.js';

const fake = (script: string): ModelDefinition => ({ name: 'scripted', weights: { runtime: 'fake', path: `fake:add?shape=-1,4&${script}` } });

/** Quick restarts, so that tests are. */
const RESTARTS: RestartRules = { limit: 2, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 4 };

const faultOf = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => assert.fail('answered'),
    (fault: Fault) => fault,
  );

async function answersAgain(model: LoadedModel): Promise<void> {
  assert.deepEqual(numbersOf(await model.infer(request(1))), [2, 2, 2, 2]);
}

const pidOf = (log: ReturnType<typeof memoryLog>): number => {
  const places = log.records.flatMap(({ fields }) => (typeof fields['where'] === 'string' ? fields['where'] : []));
  return Number(/process (\d+)/.exec(places.at(-1) ?? '')?.[1]);
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a thread that crashes fails what it held, naming model, instance and cause, and is replaced', async () => {
  await using engine = createEngine({ restarts: RESTARTS });
  const model = await engine.load(fake('crashOn=2'), { placement: 'thread', instances: 1 });
  await answersAgain(model);
  const lost = await Promise.all([faultOf(model.infer(request(1))), faultOf(model.infer(request(1)))]);
  for (const fault of lost) {
    assert.equal(fault.code, 'UNAVAILABLE');
    assert.match(fault.message, /model "scripted", instance 0 \(thread \d+\) is gone: Error: fake: run 2 crashes as scripted/);
  }
  await answersAgain(model);
  const { restarts, failures, requests } = model.statistics();
  assert.deepEqual([restarts, failures, requests], [1, 2, 2]);
});

test('a thread that ends by itself is replaced as well', async () => {
  await using engine = createEngine({ restarts: RESTARTS });
  const model = await engine.load(fake('exitOn=1'), { placement: 'thread', instances: 1 });
  assert.match((await faultOf(model.infer(request(1)))).message, /exit code 70/);
  assert.equal((await faultOf(model.infer(request(1)))).code, 'UNAVAILABLE');
  assert.equal(model.statistics().restarts, 1);
});

test('requests that wait while an instance is replaced are served by the next', async () => {
  await using engine = createEngine({ restarts: RESTARTS });
  const model = await engine.load(fake('crashOn=3'), { placement: 'thread', instances: 1 });
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => model.infer(request(i))));
  const kept = outcomes.map(({ status }) => status === 'fulfilled');
  assert.deepEqual(kept, [true, true, false, false, true, true], 'the crash takes the running and the one behind it');
});

test('an instance that ends again and again is given up, with the reason', async () => {
  const log = memoryLog();
  await using engine = createEngine({ restarts: RESTARTS, log });
  const model = await engine.load(fake('crashOn=1'), { placement: 'thread', instances: 1 });
  for (let i = 0; i <= RESTARTS.limit; i++) assert.match((await faultOf(model.infer(request(1)))).message, /crashes as scripted/);
  const fault = await faultOf(model.infer(request(1)));
  assert.equal(fault.code, 'UNAVAILABLE');
  assert.match(fault.message, /model "scripted" is given up.*crashes as scripted.*Load it again/s);
  assert.equal(model.statistics().restarts, RESTARTS.limit);
  assert.ok(log.records.some(({ level, message }) => level === 'error' && message.includes('given up')));
});

test('the other instances serve on when one is given up', async () => {
  await using engine = createEngine({ restarts: { ...RESTARTS, limit: 0 } });
  const model = await engine.load(fake('exitOn=2'), { placement: 'thread', instances: 2 });
  const first = await Promise.allSettled([model.infer(request(1)), model.infer(request(1))]);
  assert.ok(first.every(({ status }) => status === 'fulfilled'));
  for (let i = 0; i < 2; i++) assert.match((await faultOf(model.infer(request(1)))).message, /exit code 70/);
  assert.match((await faultOf(model.infer(request(1)))).message, /given up/);
});

test('a process that is killed from outside fails what it held and is replaced', async () => {
  const log = memoryLog();
  await using engine = createEngine({ restarts: RESTARTS, log });
  const model = await engine.load(fake('delayMs=400'), { placement: 'process', instances: 1 });
  const running = faultOf(model.infer(request(1)));
  const pid = pidOf(log);
  process.kill(pid, 'SIGKILL');
  const fault = await running;
  assert.equal(fault.code, 'UNAVAILABLE');
  assert.match(fault.message, new RegExp(`instance 0 \\(process ${pid}\\) is gone: killed by SIGKILL`));
  await answersAgain(model);
  assert.equal(model.statistics().restarts, 1);
});

test('an interrupt at the terminal, which reaches children too, is left to the program', { skip: process.platform === 'win32' }, async () => {
  const log = memoryLog();
  await using engine = createEngine({ log });
  const model = await engine.load(fake(''), { placement: 'process', instances: 1 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pidOf(log), signal);
  await answersAgain(model);
  await answersAgain(model);
  assert.equal(model.statistics().restarts, 0);
});

test('a process that crashes says what it wrote last', async () => {
  await using engine = createEngine({ restarts: RESTARTS });
  const model = await engine.load(fake('crashOn=1'), { placement: 'process', instances: 1 });
  const fault = await faultOf(model.infer(request(1)));
  assert.equal(fault.code, 'UNAVAILABLE');
  assert.match(fault.message, /exit code 1; last on its standard error: .*fake: run 1 crashes as scripted/s);
});

for (const hang of ['hangOn=1', 'spinOn=1'])
  test(`a process that hangs (${hang}) is killed and replaced`, async () => {
    const log = memoryLog();
    await using engine = createEngine({ restarts: RESTARTS, log });
    const model = await engine.load(fake(hang), { placement: 'process', instances: 1, hangAfterMs: 50 });
    const pid = pidOf(log);
    const [running, behind] = await Promise.all([faultOf(model.infer(request(1))), faultOf(model.infer(request(1)))]);
    assert.equal(running.code, 'DEADLINE_EXCEEDED');
    assert.match(running.message, /instance 0 .* was killed: a run took longer than hangAfterMs \(50 ms\)/);
    assert.equal(behind.code, 'UNAVAILABLE');
    assert.match(behind.message, /waited behind it, send it again/);
    assert.equal(isAlive(pid), false);
  });

test('many runs, none of them long, are no hang', async () => {
  await using engine = createEngine();
  const model = await engine.load(fake('delayMs=30'), { placement: 'process', instances: 1, hangAfterMs: 250 });
  await Promise.all(Array.from({ length: 12 }, () => model.infer(request(1))));
  assert.equal(model.statistics().restarts, 0);
});

test('a model that does not open leaves nothing behind, on any placement', async () => {
  for (const placement of ['inline', 'thread', 'process'] as const) {
    await using engine = createEngine();
    const bad: ModelDefinition = { name: 'nowhere', weights: { runtime: 'fake', path: 'fake:substract' } };
    await assert.rejects(engine.load(bad, { placement, instances: 2 }), { name: 'Fault', code: 'NOT_FOUND', message: /model "nowhere".*substract/s });
    assert.deepEqual(engine.models, []);
  }
  const resources = process.getActiveResourcesInfo();
  assert.deepEqual(
    resources.filter((name) => /Worker|MessagePort|Process|ChildProcess/.test(name)),
    [],
  );
});

test('unloading ends processes', async () => {
  const log = memoryLog();
  const engine = createEngine({ log });
  await engine.load(fake(''), { placement: 'process', instances: 1 });
  const pid = pidOf(log);
  assert.equal(isAlive(pid), true);
  await engine[Symbol.asyncDispose]();
  assert.equal(isAlive(pid), false);
});

test('hangAfterMs is for processes', async () => {
  await using engine = createEngine();
  await assert.rejects(engine.load(fake(''), { placement: 'thread', hangAfterMs: 5 }), {
    code: 'INVALID_ARGUMENT',
    message: /needs placement "process"/,
  });
});
