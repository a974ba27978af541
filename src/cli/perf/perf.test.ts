import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, Fault, type TensorSpec } from '../../core/index.js';
import { create, ModelStatisticsSchema, type ModelStatistics } from '../../wire/index.js';
import { Latencies } from './latencies.js';
import { loadByConcurrency, loadByRate, type Load, type Window } from './load.js';
import { madeInputs } from './made-inputs.js';
import { measureLevel } from './measure.js';
import { addShape, range, wholeRange } from './range.js';
import { csvText, levelRecord, tableRow } from './report.js';
import { serverTimes } from './server-times.js';
import { isStable } from './stability.js';

test('ranges name their levels, fractions too', () => {
  assert.deepEqual(range('1:16:5'), [1, 6, 11, 16]);
  assert.deepEqual([range('4'), range('2:4'), range('0.1:0.3:0.1').length], [[4], [2, 3, 4], 3]);
  for (const text of ['', '0', '4:2', '1:2:0', '1:2:3:4', 'x', '1:2000']) assert.throws(() => range(text), { name: 'InvalidArgumentError' }, text);
  assert.throws(() => wholeRange('1:2:0.5'), /whole/);
  assert.deepEqual(addShape('a:b:2,3', { x: [1] }), { 'x': [1], 'a:b': [2, 3] }); // prettier-ignore
  for (const text of ['a', 'a:', ':1', 'a:0', 'a:1,,2']) assert.throws(() => addShape(text), { name: 'InvalidArgumentError' }, text);
});

const latencies = (values: readonly number[]): Latencies => {
  const all = new Latencies();
  for (const value of values) all.add(value);
  return all;
};

test('percentiles are the least value that so many do not exceed', () => {
  const all = latencies(Array.from({ length: 10_000 }, (_, i) => ((i * 7919) % 10_000) + 1));
  assert.deepEqual([50, 90, 99, 99.99].map((percent) => all.percentile(percent)), [5000, 9000, 9900, 9999]); // prettier-ignore
  assert.deepEqual([all.mean, all.count], [5000.5, 10_000]);
  assert.deepEqual([latencies([]).percentile(99), latencies([]).mean, latencies([3]).percentile(1)], [0, 0, 3]);
  all.add(20_000);
  assert.equal(all.percentile(100), 20_000);
});

const window = (count: number, ms: number): Window => ({ latencies: latencies(Array.from({ length: count }, () => ms)), seconds: 1, failures: 0 });

test('three windows that agree are stable: in rate, and in the latency that is looked at', () => {
  const rules = { percent: 10 };
  assert.ok(isStable([window(1, 50), window(100, 5), window(105, 5.2), window(96, 5)], rules));
  assert.ok(!isStable([window(100, 5), window(100, 5)], rules));
  assert.ok(!isStable([window(100, 5), window(100, 5), window(150, 5)], rules));
  assert.ok(!isStable([window(100, 5), window(100, 5), window(100, 8)], rules));
  assert.ok(!isStable([window(0, 0), window(0, 0), window(0, 0)], rules));
  const tail: Window = { ...window(100, 5), latencies: latencies([...Array.from({ length: 99 }, () => 5), 20]) };
  assert.ok(isStable([window(100, 5), window(100, 5), tail], rules));
  assert.ok(!isStable([window(100, 5), window(100, 5), tail], { percent: 10, percentile: 100 }));
});

function counters(requests: number, us: number): ModelStatistics {
  const duration = { count: BigInt(requests), ns: BigInt(requests * us * 1000) };
  const part = { count: BigInt(requests), ns: BigInt(requests * 10 * 1000) };
  return create(ModelStatisticsSchema, {
    inferenceCount: BigInt(requests * 4),
    executionCount: BigInt(requests * 2),
    inferenceStats: { success: duration, queue: part, computeInput: part, computeInfer: part, computeOutput: part },
  });
}

test('what a request met in the server is the difference of two looks at its counters, over all versions', () => {
  const times = serverTimes([counters(10, 100)], [counters(30, 100), counters(10, 100)]);
  assert.deepEqual(times, { requests: 30, batch: 2, totalUs: 100, queueUs: 10, inputUs: 10, computeUs: 10, outputUs: 10, overheadUs: 60 });
  assert.equal(serverTimes([counters(10, 100)], [counters(10, 100)]), undefined);
});

/** Requests that take `ms` of a fake clock. */
const taking = (clock: FakeClock, ms: number) => () => clock.sleep(ms);

test('so many requests are under way at a time, each answer starts the next, and stopping waits for the last', async () => {
  const clock = new FakeClock();
  let most = 0;
  let underWay = 0;
  const send = async (): Promise<void> => {
    most = Math.max(most, ++underWay);
    await clock.sleep(10);
    underWay--;
  };
  const load = loadByConcurrency(() => [send], 3, clock);
  await clock.advance(100);
  const first = load.cut();
  assert.deepEqual([first.latencies.count, first.seconds, first.latencies.mean, most], [30, 0.1, 10, 3]);
  const stopped = load.stop();
  await clock.advance(10);
  await stopped;
  assert.equal(underWay, 0);
});

test('at a rate, requests go out whether or not earlier ones are answered, and lateness counts', async () => {
  const clock = new FakeClock();
  const load = loadByRate([taking(clock, 500)], 100, 'constant', clock);
  for (let i = 0; i < 1000; i++) await clock.advance(1);
  const { latencies: seen } = load.cut();
  assert.ok(Math.abs(seen.count - 50) <= 1, `${seen.count} answers`);
  assert.ok(seen.mean >= 500 && seen.mean < 502, `${seen.mean} ms`);
  const stopped = load.stop();
  for (let i = 0; i < 600; i++) await clock.advance(1);
  await stopped;
});

test('a level ends when windows agree, when there were enough of them, or when nothing is answered', async () => {
  const scripted = (windows: readonly Window[]): Load => {
    let at = -1;
    return { cut: () => windows[at++] ?? windows.at(-1)!, stop: async () => {} };
  };
  const told: string[] = [];
  let looks = 0;
  const tools = {
    clock: { sleep: async () => {} },
    signal: new AbortController().signal,
    statistics: async () => [counters(10 * ++looks, 100)],
    cpuMs: () => looks * 500,
    progress: (text: string) => void told.push(text),
  };
  const rules = { percent: 10, windowMs: 100, most: 5 };
  const steady = await measureLevel(2, 8, scripted([window(100, 5)]), rules, tools);
  assert.deepEqual(
    [steady.stable, steady.inferencesPerSecond, steady.requests, steady.server?.requests, steady.clientCpu],
    [true, 800, 300, 30, 0.5],
  );
  assert.equal(told[0], 'window 1: 100.0 requests/s, 5000 us');
  const wild = await measureLevel(2, 1, scripted([1, 200, 1, 200, 1, 200].map((count) => window(count, 5))), rules, tools);
  assert.deepEqual([wild.stable, told.length], [false, 8]);
  const refused = { ...window(0, 0), failures: 7, firstFailure: new Fault('INVALID_ARGUMENT', 'no') };
  const failed = await measureLevel(2, 1, scripted([refused]), rules, tools);
  assert.deepEqual([failed.requests, failed.failures, failed.firstFailure?.message, told.length], [0, 7, 'no', 9]);

  assert.deepEqual(levelRecord('concurrency', steady)['latencyUs'], { mean: 5000, p50: 5000, p90: 5000, p95: 5000, p99: 5000 });
  assert.equal(tableRow(wild).at(-1), 'not stable');
  assert.equal(csvText('request-rate', [steady]).split('\n')[1], '2,800.000,10,10,10,10,5000,5000,5000,5000,5000,0');
});

test('made inputs have the shape of the model, and say what is missing', () => {
  const specs: TensorSpec[] = [
    { name: 'a', datatype: 'FP32', shape: [-1, 2] },
    { name: 't', datatype: 'BYTES', shape: [-1, -1] },
  ];
  const options = { data: 'random', batch: 3, shapes: { t: [2] }, stringLength: 5, random: () => 0.5 } as const;
  const [a, t] = madeInputs(specs, options);
  assert.deepEqual([a?.shape, a?.data], [[3, 2], new Float32Array(6).fill(0.5)]);
  assert.deepEqual(
    [t?.shape, (t?.data as readonly Uint8Array[] | undefined)?.map((bytes) => bytes.length)],
    [
      [3, 2],
      [5, 5, 5, 5, 5, 5],
    ],
  );
  assert.throws(() => madeInputs(specs, { ...options, shapes: {} }), { message: 'input "t" is [-1]; say its size, such as --shape t:1' });
  assert.throws(() => madeInputs(specs, { ...options, shapes: { a: [3], t: [2] } }), { message: "--shape a:3 does not fit the model's [2]" });
  assert.throws(() => madeInputs(specs, { ...options, shapes: { b: [1] } }), { message: '--shape b: the model has no such input; it has a, t' });
});

test('a worker sends its requests in turn, and the last turn is finished: a sequence gets its END', async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const send = (what: string) => async (): Promise<void> => {
    sent.push(what);
    await clock.sleep(10);
  };
  const load = loadByConcurrency((worker) => ['START', 'data', 'END'].map((what) => send(`${worker} ${what}`)), 1, clock);
  await clock.advance(35);
  const stopped = load.stop();
  await clock.advance(30);
  await stopped;
  assert.deepEqual(sent, ['0 START', '0 data', '0 END', '0 START', '0 data', '0 END']);
});
