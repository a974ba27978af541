import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FakeClock, type Tensor } from '../../../core/index.js';
import { inferRequest, type InferRequest, type InferResponse, NO_CONTROLS } from '../../../wire/index.js';
import { createModelServer } from '../../model-server.js';
import type { ModelServer } from '../../port.js';
import { SAMPLE_FILES, writeFiles } from '../../sample-models.test.support.js';

const IO = 'input { name: "IN" data_type: TYPE_FP32 dims: -1 } output { name: "OUT" data_type: TYPE_FP32 dims: -1 }';
const code = (body: string): string => `import type { ModelRequest } from 'ocellus/serving';\nexport default class Model {\n${body}\n}\n`;

/** Two versions of one model: the second tells that it is another. */
const double = (by: number): string =>
  code(`  execute(request: ModelRequest) {
    return { OUT: Array.from(request.numbers('IN'), (value) => value * ${by}) };
  }`);

const clock = new FakeClock();
let folder = '';
let server: ModelServer;
const files: Readonly<Record<string, string | Uint8Array>> = {
  'double/config.pbtxt': `backend: "typescript" ${IO}`,
  'double/1/model.ts': double(2),
  'bad_types/config.pbtxt': `backend: "typescript" ${IO}`,
  'bad_types/1/model.ts': code(
    '  execute(request: ModelRequest): number { const text: number = "not a number"; return { OUT: [1] } as never; void text; }',
  ),
  'syntax/config.pbtxt': `backend: "typescript" ${IO}`,
  'syntax/1/model.ts': 'export default class {\n  execute( {\n}',
  'no_class/config.pbtxt': `backend: "typescript" ${IO}`,
  'no_class/1/model.ts': 'export const Model = 1;',
  'idle/config.pbtxt': `backend: "typescript" ${IO}`,
  'idle/1/model.js': 'export default class { answer() {} }',
  'init/config.pbtxt': `backend: "typescript" ${IO}`,
  'init/1/model.ts': code("  init() { throw new Error('no weights here'); }\n  execute() { return {}; }"),
  'moody/config.pbtxt': `backend: "typescript" ${IO} output { name: "WORDS" data_type: TYPE_STRING dims: [ -1, -1 ] }`,
  'moody/1/model.ts': code(`  execute(request: ModelRequest) {
    const [mood] = Array.from(request.numbers('IN'));
    if (mood === 1) throw new Error('thrown on purpose');
    if (mood === 2) return { NOTHING: 1 };
    if (mood === 3) return { WORDS: ['a', 'b'] };
    if (mood === 4) return { OUT: { shape: [3], data: [1] } };
    if (mood === 5) return { OUT: 'text' };
    if (mood === 6) return { WORDS: { shape: [1, 2], data: ['a', 'ü'] } };
    return { OUT: mood! };
  }`),
  'batched/config.pbtxt': `backend: "typescript" max_batch_size: 4 ${IO}
    parameters { key: "by" value { string_value: "3" } }`,
  'batched/1/model.ts': `import type { ModelContext, ModelRequest } from 'ocellus/serving';
    export default class Model {
      executeBatch(requests: readonly ModelRequest[], context: ModelContext) {
        return requests.map((request) => ({ OUT: Array.from(request.numbers('IN'), (value) => value * Number(context.parameters['by'])) }));
      }
    }`,
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-typescript-'));
  const wanted = Object.entries(SAMPLE_FILES).filter(([path]) => /^(accumulator|repeat)\//.test(path));
  await writeFiles(folder, { ...files, ...Object.fromEntries(wanted) });
  server = await createModelServer({ repositories: [folder], mode: 'explicit', startModels: ['*'], clock });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const floats = (...values: number[]): Tensor => ({ name: 'IN', datatype: 'FP32', shape: [values.length], data: Float32Array.from(values) });
const ask = (modelName: string, ...values: number[]): Promise<InferResponse> =>
  server.infer(inferRequest({ modelName, inputs: [floats(...values)] }));
const numbersOf = ({ outputs }: InferResponse): number[] => Array.from((outputs[0] as Tensor).data as Float32Array);
const reasonOf = async (name: string): Promise<string> => (await server.index(false)).find((row) => row.name === name)!.reason;

test('a class answers requests, and types are no obstacle', async () => {
  assert.deepEqual(numbersOf(await ask('double', 1, 2.5)), [2, 5]);
  assert.deepEqual(numbersOf(await ask('bad_types', 1)), [1]);
});

test('code that does not load keeps its own model from being served, with the place', async () => {
  assert.match(await reasonOf('syntax'), /syntax\/1\/model\.ts:3:/);
  assert.match(await reasonOf('no_class'), /has no export "default"/);
  assert.match(await reasonOf('idle'), /its class has neither execute nor executeBatch/);
  assert.match(await reasonOf('init'), /init failed: no weights here/);
});

test('what a request makes the code throw is its own answer, and nobody else is hurt', async () => {
  const cases: readonly (readonly [number, RegExp])[] = [
    [1, /thrown on purpose/],
    [2, /the model has no output 'NOTHING'; its configuration names OUT, WORDS/],
    [3, /output 'WORDS' has 2 free sizes \(\[-1,-1\]\): give \{ shape, data \}/],
    [4, /output 'OUT': shape \[3\] asks for 3 values, 1 are given/],
  ];
  for (const [mood, message] of cases) await assert.rejects(ask('moody', mood), message);
  assert.deepEqual(numbersOf(await ask('moody', 7)), [7]);
  const { outputs } = await ask('moody', 6);
  const words = outputs[0] as Tensor & { readonly data: readonly Uint8Array[] };
  assert.deepEqual(
    [words.shape, words.data.map((bytes) => new TextDecoder().decode(bytes))],
    [
      [1, 2],
      ['a', 'ü'],
    ],
  );
});

test('requests that came together may be answered together', async () => {
  const row = (value: number): InferRequest => inferRequest({ modelName: 'batched', inputs: [{ ...floats(value), shape: [1, 1] }] });
  const answers = await Promise.all([1, 2, 3, 4].map((value) => server.infer(row(value))));
  assert.deepEqual(answers.map(numbersOf), [[3], [6], [9], [12]]);
});

test('loading again takes the code as it is now', async () => {
  await writeFiles(folder, { 'double/1/model.ts': double(10) });
  await server.load('double');
  assert.deepEqual(numbersOf(await ask('double', 1)), [10]);
});

test('a sequence is told when it ends, also when nobody ends it', async () => {
  const step = async (id: bigint, start: boolean, end = false): Promise<readonly [sum: number, open: number, id: unknown]> => {
    const inputs: Tensor[] = [{ name: 'INPUT', datatype: 'INT32', shape: [1, 1], data: Int32Array.of(5) }];
    const controls = { ...NO_CONTROLS, sequenceId: id, sequenceStart: start, sequenceEnd: end };
    const { outputs, parameters } = await server.infer(inferRequest({ modelName: 'accumulator', inputs, controls }));
    const [sum, open] = outputs.map((output) => Number((output as Tensor).data[0]));
    return [sum!, open!, parameters.get('sequence_id')];
  };
  assert.deepEqual(await step(1n, true), [5, 1, undefined]);
  assert.deepEqual(await step(2n, true), [5, 2, undefined]);
  assert.deepEqual(await step(1n, false, true), [10, 1, undefined]);
  const [, , issued] = await step(0n, true);
  assert.equal(typeof issued, 'bigint', 'a start without an id is given one');
  await clock.advance(500);
  assert.deepEqual(await step(9n, true), [5, 1, undefined], 'what was left idle is gone');
  await assert.rejects(step(2n, false), /must specify the START flag on the first request of the sequence/);
});

test('several answers come one by one, and an error among them ends them', async () => {
  const stream = async (...values: number[]): Promise<unknown[]> => {
    const inputs: Tensor[] = [{ name: 'IN', datatype: 'INT32', shape: [values.length], data: Int32Array.from(values) }];
    const seen: unknown[] = [];
    try {
      for await (const { response, final } of server.stream(inferRequest({ modelName: 'repeat', inputs })))
        seen.push(final ? 'final' : Number((response.outputs[0] as Tensor).data[0]));
    } catch (error) {
      seen.push((error as Error).message);
    }
    return seen;
  };
  assert.deepEqual(await stream(3, 1), [3, 1, 'final']);
  assert.deepEqual(await stream(), ['final']);
  assert.match(String((await stream(2, -1, 3)).join()), /^2,.*a negative number cannot be repeated$/);
});

test('who asks is told where the time went', async () => {
  const { parameters } = await server.infer(
    inferRequest({ modelName: 'double', inputs: [floats(1)], parameters: new Map([['ocellus_timings', true]]) }),
  );
  assert.deepEqual([...parameters.keys()], ['queue_us', 'compute_input_us', 'compute_infer_us', 'compute_output_us', 'batch_size']);
  assert.equal(parameters.get('batch_size'), 1n);
});
