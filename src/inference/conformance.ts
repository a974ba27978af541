import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markAsUntransferable } from 'node:worker_threads';
import { type Tensor, memoryMeter } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import type { EngineOptions } from './engine.js';
import type { Engine, HostOptions, InferenceRequest, InferenceResponse, LoadedModel } from './port.js';

/** What runs should do besides computing. */
export interface RunScript {
  /** Each run takes this long. */
  readonly delayMs?: number;
  /** Runs that fail, counted from 1 in each instance. */
  readonly failOn?: readonly number[];
}

/** What an engine must bring to be tested. */
export interface EngineUnderTest {
  readonly create: (options?: EngineOptions) => Engine;
  /** Added to the host options of every case: the placement. */
  readonly host: HostOptions;
  /** A model that answers FP32 `input` [-1, 4] with `output`, each number 1 more. */
  readonly add: () => ModelDefinition;
  /** The same, misbehaving as told. Absent: the cases that need it are left out. */
  readonly scripted?: (script: RunScript) => ModelDefinition;
}

const WIDTH = 4;

/** A request to the model of the suite: `rows` rows filled with `value`. */
export function request(
  value: number,
  more: Partial<InferenceRequest> = {},
  rows = 1,
  data: Float32Array = new Float32Array(rows * WIDTH),
): InferenceRequest {
  const input: Tensor = { name: 'input', datatype: 'FP32', shape: [rows, WIDTH], data: data.fill(value) };
  return { inputs: [input], answer: 'tensors', ...more };
}

/** The numbers of the first output. */
export function numbersOf({ outputs }: InferenceResponse): number[] {
  return [...(outputs[0]!.data as Float32Array)];
}

const filled = (value: number, rows = 1): number[] => Array.from({ length: rows * WIDTH }, () => value);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code ?? String(error),
  );

type Case = (subject: EngineUnderTest) => Promise<void>;
type ScriptedCase = (load: (script: RunScript, options?: HostOptions) => Promise<LoadedModel>) => Promise<void>;

const CASES: Readonly<Record<string, Case>> = {
  'a loaded model says what it is': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1, maxBatch: 3 });
    assert.deepEqual(model.spec.inputs, [{ name: 'input', datatype: 'FP32', shape: [-1, WIDTH] }]);
    assert.equal(model.providers.filter(({ taken }) => taken).length, 1);
    assert.deepEqual([model.placement, model.instances, model.maxBatch, model.concurrency], [host.placement ?? 'thread', 1, 3, 6]);
    assert.deepEqual(engine.models, [model]);
    await model[Symbol.asyncDispose]();
    assert.deepEqual(engine.models, []);
  },
  'each request gets its own answer, however many and however large': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 2, maxBatch: 4 });
    const sizes = Array.from({ length: 60 }, (_, i) => 1 + (i % 4));
    const answers = await Promise.all(sizes.map((rows, i) => model.infer(request(i, {}, rows))));
    answers.forEach((answer, i) => {
      assert.deepEqual(numbersOf(answer), filled(i + 1, sizes[i]));
      assert.deepEqual(answer.outputs[0]!.shape, [sizes[i], WIDTH]);
      assert.equal(answer.outputs[0]!.name, 'output');
      assert.ok(answer.times.batch >= sizes[i]! && answer.times.batch <= 4);
    });
  },
  'outputs belong to the caller: later runs leave them alone': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1 });
    const first = await model.infer(request(1));
    for (let i = 0; i < 5; i++) await model.infer(request(50));
    assert.deepEqual(numbersOf(first), filled(2));
  },
  'buffers of the pool come back by themselves and are used again': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1 });
    for (let i = 0; i < 20; i++) {
      const data = new Float32Array(model.buffers.take(WIDTH * 4));
      assert.deepEqual(numbersOf(await model.infer(request(i, {}, 1, data))), filled(i + 1));
    }
    const last = new Uint8Array(model.buffers.take(WIDTH * 4));
    assert.deepEqual([...new Float32Array(last.buffer)], filled(19), 'a fresh buffer would hold zeros');
  },
  'views into larger, shared or untransferable memory are as good as any': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1, maxBatch: 2 });
    const large = new Float32Array(3 * WIDTH).fill(7);
    const middle = large.subarray(WIDTH, 2 * WIDTH);
    const shared = new Float32Array(new SharedArrayBuffer(WIDTH * 4));
    const stuck = new Float32Array(WIDTH);
    markAsUntransferable(stuck.buffer);
    for (const data of [middle, shared, stuck]) assert.deepEqual(numbersOf(await model.infer(request(3, {}, 1, data))), filled(4));
    assert.deepEqual([large[0], large[2 * WIDTH]], [7, 7]);
  },
  'inputs that do not fit are refused, and the model lives on': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1, maxBatch: 2 });
    const [good] = request(1).inputs;
    const bad: InferenceRequest[] = [
      { inputs: [], answer: 'tensors' },
      { inputs: [{ ...good!, name: 'inptu' }], answer: 'tensors' },
      { inputs: [{ name: 'input', datatype: 'INT32', shape: [1, WIDTH], data: new Int32Array(WIDTH) }], answer: 'tensors' },
      { inputs: [{ ...good!, shape: [WIDTH, 1] }], answer: 'tensors' },
      { inputs: [{ ...good!, shape: [2, WIDTH] }], answer: 'tensors' },
      { ...request(1), answer: 'decoded' },
      { ...request(1), priority: -1 },
      request(1, {}, 3),
    ];
    for (const each of bad) await assert.rejects(model.infer(each), { name: 'Fault', code: 'INVALID_ARGUMENT', message: /model "/ });
    assert.equal(model.statistics().failures, bad.length);
    assert.deepEqual(numbersOf(await model.infer(request(1))), filled(2));
  },
  'a request that was called off before is not run': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1 });
    await assert.rejects(model.infer(request(1, { signal: AbortSignal.abort() })), { code: 'CANCELLED' });
    const { cancelled, requests, executions } = model.statistics();
    assert.deepEqual([cancelled, requests, executions], [1, 0, 0]);
  },
  'statistics and meter agree with what was asked': async ({ create, host, add }) => {
    const meter = memoryMeter();
    await using engine = create({ meter });
    const definition = add();
    const model = await engine.load(definition, { ...host, instances: 1, maxBatch: 4 });
    for (const rows of [1, 4, 4]) await model.infer(request(0, {}, rows));
    const { requests, inferences, executions, batches, failures, restarts, queued, running, ...times } = model.statistics();
    assert.deepEqual(
      { requests, inferences, executions, failures, restarts, queued, running },
      { requests: 3, inferences: 9, executions: 3, failures: 0, restarts: 0, queued: 0, running: 0 },
    );
    assert.deepEqual(batches, { 1: 1, 4: 2 });
    for (const ms of [times.queueMs, times.inputMs, times.runMs, times.outputMs]) assert.ok(ms >= 0);
    const series = (name: string): unknown => meter.snapshot()[`${name}{model="${definition.name}"}`];
    assert.deepEqual(
      ['requests', 'rows', 'executions'].map((what) => series(`inference_${what}_total`)),
      [3, 9, 3],
    );
    assert.equal((series('inference_queue_ms') as number[]).length, 3);
  },
  'unloading refuses what comes and finishes what was taken': async ({ create, host, add }) => {
    await using engine = create();
    const model = await engine.load(add(), { ...host, instances: 1, maxBatch: 2 });
    const taken = Array.from({ length: 9 }, (_, i) => model.infer(request(i)));
    const unloaded = model[Symbol.asyncDispose]();
    await assert.rejects(model.infer(request(1)), { code: 'UNAVAILABLE', message: /unloaded/ });
    assert.deepEqual(
      (await Promise.all(taken)).map((answer) => numbersOf(answer)[0]),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    await unloaded;
    await model[Symbol.asyncDispose]();
    assert.equal(model.statistics().requests, 9);
  },
  'a closed engine loads nothing; closing takes along what is still loading': async ({ create, host, add }) => {
    const engine = create();
    const loading = engine.load(add(), { ...host, instances: 1 });
    await engine[Symbol.asyncDispose]();
    await assert.rejects((await loading).infer(request(1)), { code: 'UNAVAILABLE' });
    assert.deepEqual(engine.models, []);
    await assert.rejects(engine.load(add(), host), { code: 'UNAVAILABLE' });
  },
  'wrong host options are refused by name': async ({ create, host, add }) => {
    await using engine = create();
    for (const [key, value] of Object.entries({ instances: 0, maxBatch: 1.5, maxDelayMs: -1, maxQueue: 0, placement: 'thraed' }))
      await assert.rejects(engine.load(add(), { ...host, [key]: value }), {
        code: 'INVALID_ARGUMENT',
        message: new RegExp(key === 'placement' ? 'thread' : key),
      });
  },
};

const SCRIPTED: Readonly<Record<string, ScriptedCase>> = {
  'requests that wait share runs, up to the maximum': async (load) => {
    const model = await load({ delayMs: 20 }, { instances: 1, maxBatch: 4 });
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => model.infer(request(i))));
    assert.deepEqual(
      answers.map(({ times }) => times.batch),
      [1, 4, 4, 4, 4, 1],
    );
    assert.deepEqual(model.statistics().batches, { 1: 2, 4: 1 });
  },
  'a partial batch waits for company no longer than it may': async (load) => {
    const model = await load({}, { instances: 1, maxBatch: 3, maxDelayMs: 40 });
    const from = performance.now();
    const [a, b] = await Promise.all([model.infer(request(1)), model.infer(request(2))]);
    // Timers may fire a millisecond early.
    assert.ok(performance.now() - from >= 38);
    assert.deepEqual([a.times.batch, b.times.batch], [2, 2]);
    const full = await Promise.all([1, 2, 3].map((value) => model.infer(request(value))));
    assert.ok(full.every(({ times }) => times.batch === 3 && times.queueMs < 38));
  },
  'better priorities are served first, equals in the order they came': async (load) => {
    const model = await load({ delayMs: 5 }, { instances: 1 });
    const served: string[] = [];
    const ask = async (name: string, priority?: number): Promise<void> => {
      await model.infer(request(0, priority === undefined ? {} : { priority }));
      served.push(name);
    };
    await Promise.all([ask('running'), ask('waiting'), ask('c', 2), ask('b', 1), ask('d', 2), ask('a')]);
    assert.deepEqual(served, ['running', 'waiting', 'a', 'b', 'c', 'd']);
  },
  'a full queue refuses, and takes again when it has room': async (load) => {
    const model = await load({ delayMs: 10 }, { instances: 1, maxQueue: 1 });
    const codes = await Promise.all(Array.from({ length: 5 }, (_, i) => codeOf(model.infer(request(i)))));
    assert.deepEqual(codes, ['answered', 'answered', 'answered', 'RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED']);
    assert.equal(await codeOf(model.infer(request(0))), 'answered');
  },
  'a level of a batch scheduler refuses what is too much, and serves the better level first': async (load) => {
    const priorityQueuePolicies = { 2: { maxQueueSize: 1 } };
    const scheduling = { kind: 'batch', priorityLevels: 2, defaultPriorityLevel: 2, priorityQueuePolicies } as const;
    const model = await load({ delayMs: 10 }, { instances: 1, scheduling });
    const settled: string[] = [];
    const ask = async (name: string, priority: number): Promise<void> => {
      settled.push(`${name} ${await codeOf(model.infer(request(0, { priority })))}`);
    };
    await Promise.all([ask('running', 0), ask('next', 0), ask('two', 2), ask('full', 2), ask('one', 1)]);
    assert.deepEqual(settled, ['full UNAVAILABLE', 'running answered', 'next answered', 'one answered', 'two answered']);
  },
  'requests of a sequence run in order, and one that has not begun is refused': async (load) => {
    const model = await load({ delayMs: 1 }, { instances: 2, scheduling: { kind: 'sequence', maxIdleMs: 60_000 } });
    const ask = (value: number, start: boolean, end = false): Promise<InferenceResponse> =>
      model.infer(request(value, { sequence: { id: 7n, start, end } }));
    const answers = await Promise.all([ask(1, true), ask(2, false), ask(3, false, true)]);
    assert.deepEqual(
      answers.map((answer) => numbersOf(answer)[0]),
      [2, 3, 4],
    );
    await assert.rejects(ask(4, false), { code: 'INVALID_ARGUMENT', message: /must specify the START flag .*: it ended [\d.]+ s ago$/ });
  },
  'a deadline passes for those that are queued only, and is told at once': async (load) => {
    const model = await load({ delayMs: 150 }, { instances: 1 });
    const settled: string[] = [];
    const deadlineMs = performance.now() + 15;
    const ask = async (name: string): Promise<void> => void settled.push(`${name} ${await codeOf(model.infer(request(0, { deadlineMs })))}`);
    await Promise.all([ask('running'), ask('next'), ask('queued')]);
    assert.deepEqual(settled, ['queued DEADLINE_EXCEEDED', 'running answered', 'next answered']);
  },
  'cancelled while queued leaves the queue, cancelled while running is told at once': async (load) => {
    const model = await load({ delayMs: 100 }, { instances: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const settled: string[] = [];
    const ask = async (name: string, more = {}): Promise<void> => void settled.push(`${name} ${await codeOf(model.infer(request(0, more)))}`);
    const asked = [ask('running', { signal }), ask('next'), ask('queued', { signal }), ask('last')];
    setTimeout(() => controller.abort(), 5);
    await Promise.all(asked);
    assert.deepEqual(settled, ['running CANCELLED', 'queued CANCELLED', 'next answered', 'last answered']);
    const { requests, cancelled, executions } = model.statistics();
    assert.deepEqual([requests, cancelled, executions], [2, 2, 3]);
  },
  'buffers of cancelled and expired requests come back as well': async (load) => {
    const model = await load({ delayMs: 20 }, { instances: 1, maxQueue: 2 });
    const taken = Array.from({ length: 5 }, () => model.buffers.take(WIDTH * 4));
    const signal = AbortSignal.timeout(5);
    const ask = (at: number, more: Partial<InferenceRequest>): Promise<string> =>
      codeOf(model.infer(request(at, more, 1, new Float32Array(taken[at]!))));
    const codes = [ask(0, { signal }), ask(1, {}), ask(2, { signal }), ask(3, { deadlineMs: performance.now() + 5 }), ask(4, {})];
    assert.deepEqual(await Promise.all(codes), ['CANCELLED', 'answered', 'CANCELLED', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED']);
    const again = Array.from({ length: 5 }, () => new Float32Array(model.buffers.take(WIDTH * 4))[0]!);
    assert.deepEqual(again.toSorted(), [0, 1, 2, 3, 4]);
  },
  'a run that fails takes its own requests with it and no others': async (load) => {
    const model = await load({ failOn: [2] }, { instances: 1 });
    const codes = await Promise.all([0, 1, 2].map((value) => codeOf(model.infer(request(value)))));
    assert.deepEqual(codes, ['answered', 'UNKNOWN', 'answered']);
    const { requests, failures, restarts } = model.statistics();
    assert.deepEqual([requests, failures, restarts], [2, 1, 0]);
  },
  'many requests of one signal cost no warning': async (load) => {
    const model = await load({}, { instances: 1 });
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    await Promise.all(Array.from({ length: 50 }, (_, i) => model.infer(request(i, { signal }))));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    assert.deepEqual(warnings, []);
  },
};

/** Every engine, on every placement, answers the same questions. */
export function engineConformance(name: string, subject: EngineUnderTest): void {
  for (const [title, check] of Object.entries(CASES)) test(`${name}: ${title}`, () => check(subject));
  const { scripted, create, host } = subject;
  if (!scripted) return;
  for (const [title, check] of Object.entries(SCRIPTED))
    test(`${name}: ${title}`, async () => {
      await using engine = create();
      await check((script, options) => engine.load(scripted(script), { ...host, ...options }));
    });
}
