import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersOf, request } from './conformance.js';
import { createEngine } from './engine.js';
import { moduleModel } from './module-model.js';
import type { HostOptions, InferenceRequest, LoadedModel } from './port.js';

/** A backend that waits as many milliseconds as its input says and answers the input + 1. */
const WAITS = `await sleep(Math.max(...requests.map(({ inputs: [input] }) => input.data[0])));
  return requests.map(({ inputs: [input] }) => ({ outputs: [answer(input, 1)] }));`;

async function loaded(options: HostOptions, use: (model: LoadedModel) => Promise<void>, execute = WAITS): Promise<void> {
  await using engine = createEngine({ cacheBytes: 2000 });
  await use(await engine.load(moduleModel('m', { execute }), { placement: 'inline', instances: 1, ...options }));
}

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

test("a level's queue takes so many, in Triton's words", () =>
  loaded({ scheduling: { kind: 'batch', defaultQueuePolicy: { maxQueueSize: 1 } } }, async (model) => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => outcome(model.infer(request(10)))));
    assert.deepEqual(outcomes, ['answered', 'answered', 'answered', 'UNAVAILABLE Exceeds maximum queue size']);
    assert.deepEqual(model.statistics().failuresBy, { rejected: 1, backend: 0, other: 0 });
  }));

test("a request that waits too long is refused in Triton's words, as its own timeout shortens the policy's", () =>
  loaded({ scheduling: { kind: 'batch', defaultQueuePolicy: { defaultTimeoutMs: 1000, allowTimeoutOverride: true } } }, async (model) => {
    const ask = (more: Partial<InferenceRequest> = {}): Promise<string> => outcome(model.infer(request(25, more)));
    const outcomes = await Promise.all([ask(), ask(), ask({ timeoutMs: 0.5 }), ask({ timeoutMs: 5000 })]);
    assert.deepEqual(outcomes, ['answered', 'answered', 'UNAVAILABLE Request timeout expired', 'answered']);
  }));

test('levels are served in their order', () =>
  loaded({ scheduling: { kind: 'batch', priorityLevels: 3, defaultPriorityLevel: 2 } }, async (model) => {
    const served: string[] = [];
    const ask = async (name: string, priority?: number): Promise<void> => {
      await model.infer(request(2, priority === undefined ? {} : { priority }));
      served.push(name);
    };
    await Promise.all([ask('running'), ask('next'), ask('three', 3), ask('default'), ask('one', 1), ask('beyond', 9)]);
    assert.deepEqual(served, ['running', 'next', 'one', 'default', 'beyond', 'three']);
  }));

test('answers leave in the order of the requests, failures too, where that is wanted', async () => {
  const order = async (preserveOrdering: boolean): Promise<string> => {
    const settled: number[] = [];
    await loaded({ instances: 3, scheduling: { kind: 'batch', preserveOrdering } }, async (model) => {
      const ask = (value: number, more: Partial<InferenceRequest> = {}): Promise<unknown> =>
        model.infer(request(value, more)).finally(() => settled.push(value));
      await Promise.allSettled([ask(60), ask(5), ask(30), ask(1, { deadlineMs: performance.now() - 1 })]);
    });
    return settled.join();
  };
  assert.equal(await order(true), '60,5,30,1');
  assert.equal((await order(false)).split(',').at(-1), '60');
});

test('a preferred batch leaves at once, a smaller one waits', () =>
  loaded({ maxBatch: 8, scheduling: { kind: 'batch', preferredBatchSizes: [2], maxQueueDelayMs: 40 } }, async (model) => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => model.infer(request(0))));
    assert.deepEqual(
      answers.map(({ times }) => times.batch),
      [2, 2, 1],
    );
    assert.ok(answers[0]!.times.queueMs < 38 && answers[2]!.times.queueMs >= 38);
  }));

test('an answer from the cache is told as such, counted, and a copy', () =>
  loaded({ cache: true }, async (model) => {
    const first = await model.infer(request(1));
    const again = [];
    for (let i = 0; i < 2; i++) {
      const answer = await model.infer(request(1));
      again.push([answer.cached, ...numbersOf(answer)]);
      (answer.outputs[0]!.data as Float32Array).fill(0);
    }
    assert.deepEqual([first.cached, ...numbersOf(first)], [undefined, 2, 2, 2, 2]);
    assert.deepEqual(again, [
      [true, 2, 2, 2, 2],
      [true, 2, 2, 2, 2],
    ]);
    await model.infer(request(2));
    const { requests, executions, inferences, cacheHit, cacheMiss, batchTimes } = model.statistics();
    assert.deepEqual([requests, executions, inferences, cacheHit.count, cacheMiss.count, batchTimes[1]!.count], [4, 2, 2, 2, 2, 2]);
    assert.ok(cacheHit.ms > 0 && cacheMiss.ms > 0);
  }));

test('the cache is not for sequences, for several answers, nor for failures', async () => {
  await loaded(
    { cache: true },
    async (model) => {
      for (let i = 0; i < 2; i++) await outcome(model.infer(request(0)));
      for (let i = 0; i < 2; i++) await model.infer(request(1, { onResponse: () => {} }));
      assert.deepEqual([model.statistics().executions, model.statistics().cacheHit.count], [4, 0]);
    },
    'if (requests[0].inputs[0].data[0] === 0) throw new Error("no"); return [undefined];',
  );
  await assert.rejects(
    loaded({ cache: true, scheduling: { kind: 'sequence' } }, async () => {}),
    { code: 'INVALID_ARGUMENT', message: /option cache is not for sequences/ },
  );
});

test('models share what the rate limiter has; without it, claims are not looked at', async () => {
  const most = async (limited: boolean): Promise<number> => {
    await using engine = createEngine(limited ? { rateLimit: { resources: [{ name: 'R', count: 2 }] } } : {});
    let running = 0;
    let top = 0;
    const onAsk = (what: unknown): void => {
      running += what as number;
      top = Math.max(top, running);
    };
    const execute = 'await order.ask(1); await sleep(3); await order.ask(-1); return requests.map(() => undefined);';
    const models = await Promise.all(
      ['a', 'b'].map((name) =>
        engine.load(moduleModel(name, { execute }), {
          placement: 'inline',
          instanceGroups: [{ count: 2, resources: [{ name: 'R', count: 1, global: true }] }],
          onAsk,
        }),
      ),
    );
    await Promise.all(models.flatMap((model) => Array.from({ length: 8 }, () => model.infer(request(0)))));
    assert.equal(running, 0);
    for (const model of models) assert.equal(model.statistics().requests, 8);
    return top;
  };
  assert.deepEqual([await most(true), await most(false)], [2, 4]);
});

test('a model that is unloaded leaves its resources to others', async () => {
  await using engine = createEngine({ rateLimit: {} });
  const options: HostOptions = { placement: 'inline', instanceGroups: [{ resources: [{ name: 'R', count: 1, global: true }] }] };
  const first = await engine.load(moduleModel('a', { execute: WAITS }), options);
  const second = await engine.load(moduleModel('b', { execute: WAITS }), options);
  const asked = [first.infer(request(10)), second.infer(request(1)), first.infer(request(1))];
  await first[Symbol.asyncDispose]();
  await Promise.all(asked);
  assert.deepEqual(numbersOf(await second.infer(request(1))), [2, 2, 2, 2]);
});

test('statistics say how long each took, and how it ended', () =>
  loaded({ maxBatch: 2 }, async (model) => {
    const startMs = Date.now();
    assert.equal(model.statistics().lastInferenceMs, 0);
    await model.infer(request(20));
    await model.infer(request(5, {}, 2));
    await outcome(model.infer(request(0, { priority: -1 })));
    const controller = new AbortController();
    const cancelled = outcome(model.infer(request(30, { signal: controller.signal })));
    setTimeout(() => controller.abort(), 5);
    await cancelled;
    const { successMs, failureMs, failuresBy, batchTimes, responses, lastInferenceMs, runMs, queueMs } = model.statistics();
    // Timers may fire a millisecond early.
    assert.ok(successMs >= 23 && successMs >= runMs + queueMs && failureMs >= 3, `${successMs} ${failureMs}`);
    assert.deepEqual(failuresBy, { rejected: 0, backend: 0, other: 1 });
    assert.deepEqual([batchTimes[1]!.count, batchTimes[2]!.count], [1, 1]);
    assert.ok(batchTimes[1]!.runMs >= 19 && batchTimes[2]!.runMs >= 4);
    assert.deepEqual([responses[0]!.success.count, responses[0]!.cancel.count], [2, 1]);
    assert.ok(lastInferenceMs >= startMs && lastInferenceMs <= Date.now());
  }));
