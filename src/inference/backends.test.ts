import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLog } from '../core/index.js';
import { numbersOf, request } from './conformance.js';
import { createEngine } from './engine.js';
import { moduleModel } from './module-model.js';
import { type HostOptions, type InferenceRequest, type LoadedModel, type PartialResponse, type Placement, RESPONSE_CREDIT } from './port.js';

const RESTARTS = { limit: 3, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 4 };
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code ?? String(error),
  );
const first = ({ outputs }: PartialResponse): number => Number(outputs[0]!.data[0]);

/** Asks for all answers; their first numbers, the last one's included, and how the request ended. */
async function all(model: LoadedModel, value: number, more: Partial<InferenceRequest> = {}): Promise<readonly (number | 'end')[]> {
  const seen: (number | 'end')[] = [];
  const last = await model.infer(request(value, { onResponse: (response) => void seen.push(first(response)), ...more }));
  return [...seen, last.empty ? 'end' : first(last)];
}

type Case = (load: (execute: string, options?: HostOptions) => Promise<LoadedModel>, placement: Placement) => Promise<void>;

const CASES: Readonly<Record<string, Case>> = {
  'a backend answers like a network': async (load) => {
    const model = await load('return requests.map(({ inputs: [input] }) => ({ outputs: [answer(input, 1)] }));', { instances: 2, maxBatch: 4 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => model.infer(request(i, {}, 1 + (i % 3)))));
    answers.forEach((each, i) =>
      assert.deepEqual(
        numbersOf(each),
        Array.from({ length: 4 * (1 + (i % 3)) }, () => i + 1),
      ),
    );
    assert.equal(model.statistics().requests, 40);
  },
  'it sees what the request says, and its answer says more than tensors': async (load) => {
    const model = await load(`return requests.map(({ inputs, id, parameters, outputs, priority, timeoutMs, several }) =>
      ({ outputs: [], parameters: new Map([...parameters, ['is', [id, outputs, priority, timeoutMs, several].join()]]) }));`);
    const parameters = new Map<string, string | bigint | boolean | number>([
      ['a', 'x'],
      ['b', 2n ** 60n],
      ['c', true],
      ['d', 0.5],
    ]);
    const answer = await model.infer(request(0, { id: 'r7', parameters, outputs: ['output'], priority: 3, timeoutMs: 1.5 }));
    assert.deepEqual(answer.parameters, new Map([...parameters, ['is', 'r7,output,3,1.5,false']]));
    assert.equal(answer.empty, undefined);
  },
  'none, one or many answers, in order, the last of them with or without tensors': async (load) => {
    const model = await load(`
      const [{ inputs: [input], respond }] = requests;
      for (let i = 0; i < input.data[0]; i++) await respond({ outputs: [answer(input, i)] });
      return [input.data[0] % 2 ? { outputs: [answer(input, 100)] } : undefined];`);
    assert.deepEqual(await all(model, 0), ['end']);
    assert.deepEqual(await all(model, 1), [1, 101]);
    assert.deepEqual(await all(model, 4), [4, 5, 6, 7, 'end']);
    assert.deepEqual(await all(model, 51), [...Array.from({ length: 51 }, (_, i) => 51 + i), 151]);
    const { responses, requests } = model.statistics();
    assert.equal(requests, 4);
    assert.deepEqual(
      [0, 1, 4].map((index) => [responses[index]!.success.count, responses[index]!.empty.count]),
      [
        [3, 1],
        [3, 0],
        [1, 1],
      ],
    );
  },
  'a caller that takes one answer gets the one there is; a second one fails it': async (load) => {
    const model = await load(`
      const [{ inputs: [input], respond }] = requests;
      for (let i = 0; i < input.data[0]; i++) await respond({ outputs: [answer(input, 10)] });
      return [undefined];`);
    assert.deepEqual(numbersOf(await model.infer(request(1))), [11, 11, 11, 11]);
    const none = await model.infer(request(0));
    assert.deepEqual([none.empty, none.outputs], [true, []]);
    await assert.rejects(model.infer(request(2)), { code: 'FAILED_PRECONDITION', message: /second answer.*onResponse/ });
    assert.deepEqual(numbersOf(await model.infer(request(1))), [11, 11, 11, 11]);
  },
  'no more answers are under way than the caller has room for': async (load) => {
    const model = await load(`
      own.sent = 0;
      const [{ inputs: [input], respond }] = requests;
      if (input.data[0] === 7) return [{ outputs: [answer(input, own.most - 7)] }];
      for (let i = 0; i < 40; i++) { await respond({ outputs: [answer(input, i)] }); own.sent = i + 1; own.most = Math.max(own.most ?? 0, own.sent - input.data[0]); }
      return [undefined];`);
    let taken = 0;
    let most = 0;
    let unfinished = 0;
    await model.infer(
      request(0, {
        async onResponse() {
          most = Math.max(most, ++unfinished);
          await new Promise((resolve) => setTimeout(resolve, 1));
          unfinished--;
          taken++;
        },
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([taken, most], [40, RESPONSE_CREDIT]);
  },
  'a request that is put off leaves the instance free, and ends by itself': async (load) => {
    const model = await load(`return requests.map((one) => {
      const { inputs: [input], respond, finish } = one;
      const work = async () => {
        if (input.data[0] === 120) await new Promise((resolve) => (own.release = resolve));
        else await sleep(input.data[0]);
        await respond({ outputs: [answer(input, 1)] });
        finish(input.data[0] === 2 ? undefined : { outputs: [answer(input, 2)] });
        own.over = (own.over ?? 0) + 1;
        if (own.over === 3) own.release();
      };
      void work();
      return 'later';
    });`);
    const order: number[] = [];
    const ask = async (value: number): Promise<unknown> => {
      const seen = await all(model, value);
      order.push(value);
      return seen;
    };
    const asked = [ask(120), ask(2), ask(60), ask(20)];
    assert.ok(model.statistics().queued + model.statistics().running === 4);
    assert.deepEqual(await Promise.all(asked), [
      [121, 122],
      [3, 'end'],
      [61, 62],
      [21, 22],
    ]);
    assert.deepEqual(order.at(-1), 120);
    const { requests, running, queued } = model.statistics();
    assert.deepEqual([requests, running, queued], [4, 0, 0]);
  },
  'finishing before execute has put it off is as good': async (load) => {
    const model = await load(`return requests.map(({ inputs: [input], finish }) => { finish({ outputs: [answer(input, 1)] }); return 'later'; });`);
    assert.deepEqual(numbersOf(await model.infer(request(1))), [2, 2, 2, 2]);
  },
  'faults are told, and the instance lives on': async (load) => {
    const model = await load(`
      const value = requests[0].inputs[0].data[0];
      if (value === 1) throw new TypeError('this is broken');
      if (value === 2) return [new Error('this request is bad')];
      if (value === 3) return [];
      if (value === 4) await requests[0].finish();
      return [{ outputs: requests[0].inputs.map((input) => answer(input, 1)) }];`);
    for (const [value, message] of [
      [1, /this is broken/],
      [2, /this request is bad/],
      [3, /0 results for 1 requests/],
    ] as const)
      await assert.rejects(model.infer(request(value)), { name: 'Fault', message });
    assert.deepEqual(numbersOf(await model.infer(request(5))), [6, 6, 6, 6]);
    const { failures, failuresBy, restarts } = model.statistics();
    assert.deepEqual([failures, failuresBy, restarts], [3, { rejected: 0, backend: 3, other: 0 }, 0]);
  },
  'a caller that goes away is told to the backend': async (load) => {
    const model = await load(`
      const [{ inputs: [input], respond, signal }] = requests;
      if (input.data[0] === 0) return [{ outputs: [answer(input, own.stopped)] }];
      own.stopped = 0;
      try { for (;;) { await respond({ outputs: [answer(input, 0)] }); await sleep(1); } }
      catch (error) { own.stopped = signal.aborted && error.code === 'CANCELLED' ? 1 : 2; }
      return [undefined];`);
    const controller = new AbortController();
    let seen = 0;
    const onResponse = (): void => void (++seen === 3 && controller.abort());
    assert.equal(await codeOf(model.infer(request(1, { signal: controller.signal, onResponse }))), 'CANCELLED');
    assert.deepEqual(numbersOf(await model.infer(request(0))), [1, 1, 1, 1]);
    const failing = model.infer(request(1, { onResponse: () => Promise.reject(new Error('disk full')) }));
    await assert.rejects(failing, { message: /onResponse failed: disk full/ });
    assert.deepEqual(numbersOf(await model.infer(request(0))), [1, 1, 1, 1]);
    assert.equal(model.statistics().cancelled, 1);
  },
  'a backend asks, and gets answers and faults': async (load) => {
    const model = await load(
      `return Promise.all(requests.map(async ({ inputs: [input] }) => {
        const value = input.data[0];
        try { return { outputs: [answer(input, await order.ask({ value }))] }; }
        catch (error) { return { outputs: [], parameters: new Map([['error', error.code + ' ' + error.message]]) }; }
      }));`,
      {
        maxBatch: 4,
        onAsk: async (question) => {
          const { value } = question as { value: number };
          if (value === 3) throw new TypeError('not 3');
          return value * 10;
        },
      },
    );
    const answers = await Promise.all([1, 2, 3].map((value) => model.infer(request(value))));
    assert.deepEqual([numbersOf(answers[0]!)[0], numbersOf(answers[1]!)[0]], [11, 22]);
    assert.equal(answers[2]!.parameters?.get('error'), 'UNKNOWN not 3');
  },
  'a backend that calls its own engine: models call models': async (load) => {
    const inner = await load('return requests.map(({ inputs: [input] }) => ({ outputs: [answer(input, 1)] }));');
    const outer = await load('return [{ outputs: [(await order.ask(requests[0].inputs[0]))] }];', {
      onAsk: async (input) => (await inner.infer({ inputs: [input as never], answer: 'tensors' })).outputs[0],
    });
    assert.deepEqual(numbersOf(await outer.infer(request(4))), [5, 5, 5, 5]);
  },
  'without onAsk a question is refused': async (load) => {
    const model = await load('return [{ outputs: [], parameters: new Map([["e", (await order.ask(1).catch((error) => error)).message]]) }];');
    assert.match(String((await model.infer(request(0))).parameters?.get('e')), /loaded without onAsk/);
  },
  'ragged and optional inputs reach a backend as they are, and set apart who shares a run': async (load) => {
    const spec = `requests.length + ':' + requests.map(({ inputs }) => inputs.map((input) => input.shape.join('x')).join('+')).join('|')`;
    const model = await load(
      `await sleep(own.ran ? 0 : 30); own.ran = true; return requests.map(() => ({ outputs: [], parameters: new Map([['is', ${spec}]]) }));`,
      {
        maxBatch: 8,
        instances: 1,
        optionalInputs: ['input'],
        raggedInputs: ['input'],
      },
    );
    const empty: InferenceRequest = { inputs: [], answer: 'tensors' };
    const asked = [request(0), request(0), request(1), empty, request(2)];
    const said = await Promise.all(asked.map(async (each) => String((await model.infer(each)).parameters?.get('is'))));
    assert.deepEqual(said, ['1:1x4', '3:1x4|1x4|1x4', '3:1x4|1x4|1x4', '1:', '3:1x4|1x4|1x4']);
  },
  'unloading waits for what was put off': async (load) => {
    const model = await load(`return requests.map(({ inputs: [input], finish }) => {
      setTimeout(() => finish({ outputs: [answer(input, 1)] }), 40);
      return 'later';
    });`);
    const asked = model.infer(request(1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    await model[Symbol.asyncDispose]();
    assert.deepEqual(numbersOf(await asked), [2, 2, 2, 2]);
  },
  'instances are added and taken away while requests run': async (load) => {
    const model = await load('await sleep(1); return requests.map(({ inputs: [input] }) => ({ outputs: [answer({ ...input }, order.instance)] }));', {
      instances: 1,
    });
    const asked = (count: number): Promise<readonly number[]> =>
      Promise.all(Array.from({ length: count }, async () => numbersOf(await model.infer(request(0)))[0]!));
    const running = asked(20);
    await model.resize(3);
    assert.deepEqual([model.instances, new Set(await running).size >= 1], [3, true]);
    assert.deepEqual([...new Set(await asked(30))].toSorted(), [0, 1, 2]);
    const last = asked(30);
    await model.resize(1);
    await last;
    assert.deepEqual([...new Set(await asked(5))], [0]);
    assert.equal(model.instances, 1);
    await assert.rejects(model.resize(0), { code: 'INVALID_ARGUMENT' });
    await assert.rejects(model.resize([{ count: 2, devices: [0] }]), { code: 'UNSUPPORTED' });
  },
};

for (const placement of ['inline', 'thread', 'process'] as const)
  for (const [title, check] of Object.entries(CASES))
    test(`${placement}: ${title}`, async () => {
      await using engine = createEngine({ restarts: RESTARTS });
      await check((execute, options) => engine.load(moduleModel('scripted', { execute }), { placement, instances: 1, ...options }), placement);
    });

test('a process that is killed in the middle of a request with answers fails that request, and the next has a new instance', async () => {
  const log = memoryLog();
  await using engine = createEngine({ restarts: RESTARTS, log });
  const execute = `
    const [{ inputs: [input], respond }] = requests;
    await respond({ outputs: [{ ...input, name: 'pid', datatype: 'INT32', shape: [1], data: Int32Array.of(globalThis.process.pid) }] });
    if (input.data[0] === 1) await sleep(60_000);
    return [undefined];`;
  const model = await engine.load(moduleModel('scripted', { execute }), { placement: 'process', instances: 1 });
  const kill = ({ outputs }: PartialResponse): void => void process.kill(Number(outputs[0]!.data[0]), 'SIGKILL');
  await assert.rejects(model.infer(request(1, { onResponse: kill })), { code: 'UNAVAILABLE', message: /killed by SIGKILL/ });
  const pids: number[] = [];
  await model.infer(request(0, { onResponse: (response) => void pids.push(first(response)) }));
  assert.equal(pids.length, 1);
  assert.equal(model.statistics().restarts, 1);
});

test('what was put off is lost with its instance', async () => {
  await using engine = createEngine({ restarts: RESTARTS });
  const execute = `
    if (requests[0].inputs[0].data[0] === 2) globalThis.process.exit(3);
    if (requests[0].inputs[0].data[0] === 1) return ['later'];
    return [undefined];`;
  const model = await engine.load(moduleModel('scripted', { execute }), { placement: 'thread', instances: 1 });
  const codes = await Promise.all([codeOf(model.infer(request(1))), codeOf(model.infer(request(2)))]);
  assert.deepEqual(codes, ['UNAVAILABLE', 'UNAVAILABLE']);
  assert.equal((await model.infer(request(0))).empty, true);
});
