import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FakeClock, type Tensor } from '../core/index.js';
import { OnnxGraph } from '../models/convert.js';
import type { ModelDefinition } from '../models/index.js';
import { createEngine } from './engine.js';
import { fakeEngine } from './fake.js';
import { moduleModel } from './module-model.js';
import type { HostOptions, InferenceRequest, InferenceResponse, LoadedModel } from './port.js';
import type { SequenceControl, SequenceId, SequenceScheduling, SequenceState } from './scheduling.js';

let folder: string;
const paths = { sum: '', text: '' };

/** `output` = `input` + `sum_in`, handed on as `sum_out`; with READY, an empty row adds nothing. */
function accumulator(): OnnxGraph {
  const graph = new OnnxGraph('accumulator');
  const input = graph.input('input', 'FP32', [-1, 1]);
  const state = graph.input('sum_in', 'FP32', [-1, 1]);
  const ready = graph.input('READY', 'FP32', [-1, 1]);
  const sum = graph.node('Mul', [graph.node('Add', [input, state], {}, 'total'), ready], {}, 'output');
  graph.output(sum, 'FP32', [-1, 1]);
  graph.output(graph.node('Identity', [sum], {}, 'sum_out'), 'FP32', [-1, 1]);
  return graph;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-sequences-'));
  paths.sum = join(folder, 'accumulator.onnx');
  await writeFile(paths.sum, accumulator().toBytes());
});
after(() => rm(folder, { recursive: true }));

const READY: SequenceControl = { kind: 'ready', input: 'READY', datatype: 'FP32' };
const SUM: SequenceState = { input: 'sum_in', output: 'sum_out', datatype: 'FP32', dims: [1] };

const onnx = (): ModelDefinition => ({ name: 'accumulator', weights: { runtime: 'onnx', path: paths.sum } });
const one = (value: number, rows = 1): Tensor => ({ name: 'input', datatype: 'FP32', shape: [rows, 1], data: new Float32Array(rows).fill(value) });

const ask = (id: SequenceId, value: number, flags = '', more: Partial<InferenceRequest> = {}): InferenceRequest => ({
  inputs: [one(value)],
  answer: 'tensors',
  sequence: { id, start: flags.includes('S'), end: flags.includes('E') },
  ...more,
});
const valueOf = ({ outputs }: InferenceResponse): number => Number(outputs[0]!.data[0]);

async function loaded(
  use: (model: LoadedModel, ends: string[]) => Promise<void>,
  scheduling: Partial<SequenceScheduling> = {},
  options: HostOptions = {},
): Promise<void> {
  const ends: string[] = [];
  await using engine = createEngine();
  const onSequenceEnd = (id: SequenceId, reason: string): void => void ends.push(`${id} ${reason}`);
  const all: SequenceScheduling = { kind: 'sequence', controls: [READY], states: [SUM], maxIdleMs: 60_000, onSequenceEnd, ...scheduling };
  await use(await engine.load(onnx(), { placement: 'thread', instances: 1, maxBatch: 4, scheduling: all, ...options }), ends);
}

for (const placement of ['inline', 'thread', 'process'] as const)
  for (const strategy of [{ kind: 'direct' }, { kind: 'oldest', maxCandidateSequences: 4 }] as const)
    test(`${placement}, ${strategy.kind}: each sequence has its own state, whoever shares its runs`, () =>
      loaded(
        async (model, ends) => {
          const ids: SequenceId[] = [7n, 'seven', 9n, 10n, 11n];
          const sums = await Promise.all(
            ids.map(async (id, i) => {
              const values = [1, 2, 3, 4].map((step) => step * 10 ** i);
              const answers = await Promise.all(values.map((value, at) => model.infer(ask(id, value, at === 0 ? 'S' : at === 3 ? 'E' : ''))));
              return answers.map(valueOf);
            }),
          );
          sums.forEach((sum, i) =>
            assert.deepEqual(
              sum,
              [1, 3, 6, 10].map((n) => n * 10 ** i),
            ),
          );
          assert.deepEqual(ends.toSorted(), ids.map((id) => `${id} end`).toSorted());
          const { executions, inferences, batches } = model.statistics();
          assert.equal(inferences, 20);
          assert.ok(executions < 20, `${executions} runs: ${JSON.stringify(batches)}`);
        },
        { strategy },
        { placement },
      ));

test('a state starts afresh with START, and from its initial value', () =>
  loaded(
    async (model) => {
      assert.equal(valueOf(await model.infer(ask(1n, 1, 'S'))), 101);
      assert.equal(valueOf(await model.infer(ask(1n, 1))), 102);
      assert.equal(valueOf(await model.infer(ask(1n, 1, 'SE'))), 101);
    },
    { states: [{ ...SUM, initial: { data: Float32Array.of(100) } }] },
  ));

test('a state output is in the answer only when it is asked for', () =>
  loaded(async (model) => {
    const first = await model.infer(ask(1n, 2, 'S'));
    assert.deepEqual(
      first.outputs.map(({ name }) => name),
      ['output'],
    );
    const second = await model.infer(ask(1n, 3, '', { outputs: ['output', 'sum_out'] }));
    assert.deepEqual(
      second.outputs.map(({ name, data }) => [name, data[0]]),
      [
        ['output', 5],
        ['sum_out', 5],
      ],
    );
    (second.outputs[1]!.data as Float32Array)[0] = 99;
    assert.equal(valueOf(await model.infer(ask(1n, 1, 'E'))), 6);
  }));

test('a start without an id is given one, which the other requests use', () =>
  loaded(async (model, ends) => {
    const { sequenceId } = await model.infer(ask(0n, 1, 'S'));
    assert.equal(typeof sequenceId, 'bigint');
    const second = await model.infer(ask(sequenceId!, 2, 'E'));
    assert.deepEqual([valueOf(second), second.sequenceId], [3, undefined]);
    assert.deepEqual(ends, [`${sequenceId} end`]);
  }));

test("late and wrong requests are refused in Triton's words, with the reason", () =>
  loaded(
    async (model, ends) => {
      const text = (id: SequenceId, why: RegExp): RegExp =>
        new RegExp(
          `^inference request for sequence ${id} to model 'accumulator' must specify the START flag on the first request of the sequence: ${why.source}`,
        );
      await assert.rejects(model.infer(ask(5n, 1)), { code: 'INVALID_ARGUMENT', message: text(5n, /it was never started$/) });
      await model.infer(ask(5n, 1, 'SE'));
      await assert.rejects(model.infer(ask(5n, 1)), { message: text(5n, /it ended [\d.]+ s ago$/) });
      await model.infer(ask(6n, 1, 'S'));
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.deepEqual(ends, ['5 end', '6 idle']);
      await assert.rejects(model.infer(ask(6n, 1)), { message: text(6n, /it was idle for [\d.]+ s and its place was given up$/) });
      await assert.rejects(model.infer(ask(0n, 1)), {
        message: "inference request to model 'accumulator' must specify a non-zero or non-empty correlation ID",
      });
      await assert.rejects(model.infer(ask(8n, 1, 'S', { inputs: [one(1, 2)] })), {
        message: "inference request to model 'accumulator' must specify batch-size 1 due to requirements of sequence batcher",
      });
    },
    { maxIdleMs: 50 },
  ));

test('rows without a request are filled in, so that a sequence keeps its row', async () => {
  const rows: string[] = [];
  const spec = {
    inputs: [
      { name: 'input', datatype: 'FP32' as const, shape: [-1, 1] },
      ...['START', 'END', 'READY'].map((name) => ({ name, datatype: 'INT32' as const, shape: [-1, 1] })),
      { name: 'CORRID', datatype: 'UINT64' as const, shape: [-1, 1] },
    ],
    outputs: [],
  };
  await using engine = fakeEngine({ spec, answer: ({ inputs }) => (rows.push(inputs.map(({ data }) => data[0]).join()), {}) });
  const controls: SequenceControl[] = [
    { kind: 'start', input: 'START', datatype: 'INT32', values: [-1, 1] },
    { kind: 'end', input: 'END', datatype: 'INT32' },
    { kind: 'ready', input: 'READY', datatype: 'INT32' },
    { kind: 'sequenceId', input: 'CORRID', datatype: 'UINT64' },
  ];
  const definition: ModelDefinition = { name: 'm', weights: { runtime: 'fake', path: 'fake:add' } };
  const model = await engine.load(definition, { placement: 'inline', maxBatch: 3, scheduling: { kind: 'sequence', controls } });
  for (const id of [1n, 2n, 3n]) await model.infer(ask(id, 5, 'S'));
  rows.length = 0;
  await model.infer(ask(3n, 6, 'E'));
  assert.deepEqual(rows, ['0,-1,0,0,0', '0,-1,0,0,0', '6,-1,1,1,3']);
  rows.length = 0;
  await Promise.all([model.infer(ask(2n, 7)), model.infer(ask(1n, 8))]);
  assert.deepEqual(rows, ['0,-1,0,0,0', '7,-1,0,1,2', '8,-1,0,1,1']);
  assert.deepEqual(model.statistics().batches, { 1: 6 });
  await assert.rejects(model.infer(ask('text', 1, 'S')), {
    code: 'INVALID_ARGUMENT',
    message: /the sequence id is a text, and control input 'CORRID' is UINT64/,
  });
});

test('controls and states without a batch axis, of every type', async () => {
  const seen: string[] = [];
  const spec = {
    inputs: [
      { name: 'input', datatype: 'FP32' as const, shape: [-1, 1] },
      { name: 'START', datatype: 'BOOL' as const, shape: [1] },
      { name: 'END', datatype: 'FP32' as const, shape: [1] },
      { name: 'CORRID', datatype: 'BYTES' as const, shape: [1] },
      { name: 'words_in', datatype: 'BYTES' as const, shape: [-1] },
    ],
    outputs: [],
  };
  await using engine = fakeEngine({
    spec,
    answer({ inputs }) {
      seen.push(
        inputs
          .slice(1)
          .map(({ name, datatype, shape, data }) => `${name} ${datatype} [${shape}] ${Buffer.from(data as never).toString('hex')}`)
          .join('; '),
      );
      return { outputs: [{ name: 'words_out', datatype: 'BYTES', shape: [2], data: [Buffer.from('a'), Buffer.from('b')] }] };
    },
  });
  const scheduling: SequenceScheduling = {
    kind: 'sequence',
    controls: [
      { kind: 'start', input: 'START', datatype: 'BOOL' },
      { kind: 'end', input: 'END', datatype: 'FP32', values: [0, 2] },
      { kind: 'sequenceId', input: 'CORRID', datatype: 'BYTES' },
    ],
    states: [{ input: 'words_in', output: 'words_out', datatype: 'BYTES', dims: [-1] }],
  };
  const definition: ModelDefinition = { name: 'm', weights: { runtime: 'fake', path: 'fake:add' } };
  const model = await engine.load(definition, { placement: 'inline', batchAxis: false, scheduling });
  assert.equal(model.maxBatch, 1);
  const { outputs } = await model.infer(ask('id', 1, 'S', { inputs: [one(1, 3)] }));
  assert.deepEqual(outputs, []);
  await model.infer(ask('id', 1, 'E'));
  assert.match(seen[0]!, /^START BOOL \[1\] 01; END FP32 \[1\] 00; CORRID BYTES \[1\] .*; words_in BYTES \[1\]/);
  assert.match(seen[1]!, /^START BOOL \[1\] 00; END FP32 \[1\] 02; CORRID BYTES \[1\] .*; words_in BYTES \[2\]/);
});

test('what the options name must be inputs of the model', () =>
  assert.rejects(
    loaded(async () => {}, { controls: [{ kind: 'start', input: 'SATRT', datatype: 'INT32' }] }),
    { code: 'CONFIG_INVALID', message: /no input "SATRT"/ },
  ));

test('a run that fails leaves the state as it was', async () => {
  let runs = 0;
  const state: SequenceState = { input: 'sum_in', output: 'sum_out', datatype: 'FP32', dims: [2000] };
  const spec = {
    inputs: [
      { name: 'input', datatype: 'FP32' as const, shape: [-1, 1] },
      { name: 'sum_in', datatype: 'FP32' as const, shape: [-1, 2000] },
    ],
    outputs: [],
  };
  await using engine = fakeEngine({
    spec,
    answer({ inputs: [input, sum] }) {
      if (++runs === 2) throw new Error('broken');
      const data = (sum!.data as Float32Array).map((value) => value + Number(input!.data[0]));
      return { outputs: [{ name: 'sum_out', datatype: 'FP32', shape: [1, 2000], data }] };
    },
  });
  const definition: ModelDefinition = { name: 'm', weights: { runtime: 'fake', path: 'fake:add' } };
  const model = await engine.load(definition, { placement: 'inline', scheduling: { kind: 'sequence', states: [state] } });
  await model.infer(ask(1n, 1, 'S'));
  await assert.rejects(model.infer(ask(1n, 10)), /broken/);
  const { outputs } = await model.infer(ask(1n, 2, 'E', { outputs: ['sum_out'] }));
  assert.deepEqual([outputs[0]!.data[0], outputs[0]!.data[1999]], [3, 3]);
});

/** A backend that keeps a sum for each id and forgets it when it is told of the end; its answers tell how many it knows. */
const KEEPS = {
  execute: `
    own.sums ??= new Map(); own.ends ??= [];
    await sleep(2);
    return requests.map(({ inputs: [input], sequence: { id, start, end } }) => {
      const sum = (start ? 0 : own.sums.get(id)) + input.data[0];
      own.sums.set(id, sum);
      return { outputs: [{ ...input, name: 'output', data: Float32Array.of(sum) }], parameters: new Map([['known', own.sums.size], ['ends', own.ends.join()], ['on', order.instance]]) };
    });`,
  onSequenceEnd: `own.sums?.delete(id); own.ends?.push(id + ' ' + reason);`,
};

for (const placement of ['inline', 'thread', 'process'] as const)
  test(`${placement}: a backend has a sequence on one instance, and is told of its end with the reason`, async () => {
    await using engine = createEngine();
    const ends: string[] = [];
    const spec = { inputs: [{ name: 'input', datatype: 'FP32' as const, shape: [-1, 1] }], outputs: [] };
    const model = await engine.load(moduleModel('keeps', { ...KEEPS, spec }), {
      placement,
      instances: 2,
      maxBatch: 2,
      scheduling: { kind: 'sequence', maxIdleMs: 400, onSequenceEnd: (id, reason) => void ends.push(`${id} ${reason}`) },
    });
    const ids = [1n, 'two', 3n, 4n];
    for (const [step, flags] of [
      [1, 'S'],
      [2, ''],
    ] as const) {
      const answers = await Promise.all(ids.map((id) => model.infer(ask(id, step, flags))));
      assert.deepEqual(
        answers.map(valueOf),
        answers.map(() => (step === 1 ? 1 : 3)),
      );
      assert.deepEqual(
        answers.map(({ parameters }) => parameters?.get('on')),
        [0, 1, 0, 1],
      );
    }
    await model.infer(ask(1n, 1, 'E'));
    await model.infer(ask(3n, 1, 'S'));
    const told = (await model.infer(ask(3n, 1))).parameters;
    assert.deepEqual([told?.get('known'), told?.get('ends')], [1, '1 end,3 restarted']);
    assert.deepEqual(ends, ['1 end', '3 restarted']);
    while (ends.length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(ends.slice(2).toSorted(), ['3 idle', '4 idle', 'two idle']);
    await model.infer(ask(9n, 1, 'S'));
    await model[Symbol.asyncDispose]();
    assert.equal(ends.at(-1), '9 unload');
  });

test('with a killed instance its sequences are lost, and said so; others go on', async () => {
  await using engine = createEngine({ restarts: { limit: 3, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 4 } });
  const ends: string[] = [];
  const spec = { inputs: [{ name: 'input', datatype: 'FP32' as const, shape: [-1, 1] }], outputs: [] };
  const execute = `if (requests[0].inputs[0].data[0] === 13) globalThis.process.exit(1); return requests.map(() => undefined);`;
  const model = await engine.load(moduleModel('fragile', { execute, spec }), {
    placement: 'process',
    instances: 2,
    scheduling: { kind: 'sequence', maxIdleMs: 60_000, onSequenceEnd: (id, reason) => void ends.push(`${id} ${reason}`) },
  });
  await model.infer(ask(1n, 0, 'S'));
  await model.infer(ask(2n, 0, 'S'));
  const lost = await Promise.allSettled([model.infer(ask(1n, 13)), model.infer(ask(1n, 0))]);
  assert.deepEqual(
    lost.map((each) => each.status === 'rejected' && (each.reason as { code: string }).code),
    ['UNAVAILABLE', 'UNAVAILABLE'],
  );
  assert.deepEqual(ends, ['1 lost']);
  await assert.rejects(model.infer(ask(1n, 0)), { code: 'INVALID_ARGUMENT', message: /the instance that held its state was lost/ });
  assert.equal((await model.infer(ask(2n, 0))).empty, true);
  assert.equal((await model.infer(ask(1n, 0, 'SE'))).empty, true);
});

test('iterative: a request runs turn after turn, others in between, until the backend has enough', async () => {
  await using engine = createEngine();
  const ends: string[] = [];
  const spec = { inputs: [{ name: 'input', datatype: 'FP32' as const, shape: [-1, 1] }], outputs: [] };
  const execute = `
    own.turns ??= new Map(); own.shared ??= 0;
    own.shared = Math.max(own.shared, requests.length);
    await sleep(1);
    return Promise.all(requests.map(async ({ inputs: [input], sequence: { id, start }, respond }) => {
      const turn = start ? 1 : own.turns.get(id) + 1;
      own.turns.set(id, turn);
      if (turn <= input.data[0]) { await respond({ outputs: [{ ...input, name: 'output', data: Float32Array.of(turn) }] }); return 'again'; }
      return { outputs: [], parameters: new Map([['shared', own.shared]]) };
    }));`;
  const scheduling: SequenceScheduling = {
    kind: 'sequence',
    iterative: true,
    strategy: { kind: 'oldest', maxCandidateSequences: 4 },
    onSequenceEnd: (id, reason) => void ends.push(`${id} ${reason}`),
  };
  const model = await engine.load(moduleModel('iterates', { execute, spec }), { placement: 'thread', instances: 1, maxBatch: 4, scheduling });
  const results = await Promise.all(
    [3, 5, 1].map(async (turns) => {
      const seen: number[] = [];
      const { inputs } = ask(0n, turns);
      const last = await model.infer({ inputs, answer: 'tensors', onResponse: ({ outputs }) => void seen.push(Number(outputs[0]!.data[0])) });
      return [seen.join(), last.parameters?.get('shared') !== undefined];
    }),
  );
  assert.deepEqual(results, [
    ['1,2,3', true],
    ['1,2,3,4,5', true],
    ['1', true],
  ]);
  assert.deepEqual(ends.toSorted(), ['1 end', '2 end', '3 end']);
});

test('10,000 sequences opened and never ended: states are freed when they have been idle', async () => {
  const clock = new FakeClock();
  let ended = 0;
  const spec = {
    inputs: [
      { name: 'input', datatype: 'FP32' as const, shape: [-1, 1] },
      { name: 'sum_in', datatype: 'FP32' as const, shape: [-1, 1] },
    ],
    outputs: [],
  };
  await using engine = fakeEngine({
    clock,
    spec,
    answer: () => ({ outputs: [{ name: 'sum_out', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(1) }] }),
  });
  const scheduling: SequenceScheduling = {
    kind: 'sequence',
    states: [SUM],
    maxIdleMs: 1000,
    strategy: { kind: 'oldest', maxCandidateSequences: 10_000 },
    onSequenceEnd: () => void ended++,
  };
  const definition: ModelDefinition = { name: 'm', weights: { runtime: 'fake', path: 'fake:add' } };
  const model = await engine.load(definition, { placement: 'inline', maxBatch: 64, scheduling });
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => model.infer(ask(BigInt(i + 1), 1, 'S'))));
  assert.equal(ended, 0);
  await clock.advance(1000);
  assert.equal(ended, 10_000);
  assert.deepEqual([model.statistics().queued, model.statistics().running], [0, 0]);
});
