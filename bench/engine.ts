import { Worker } from 'node:worker_threads';
import { type Placement, createEngine } from 'ocellus/inference';
import type { ModelDefinition } from 'ocellus/models';
import { type Figure, median } from './figure.js';

const WARM_UP = 3000;
const REQUESTS = 10_000;
const ROUNDS = 7;
/** Requests in one timing: one alone is near the clock's resolution. */
const GROUP = 20;

const IDENTITY: ModelDefinition = { name: 'identity', weights: { runtime: 'fake', path: 'fake:identity?shape=-1,16' } };

/** Median time of one call in microseconds, one after another. */
async function medianUs(call: () => Promise<unknown>, group: number): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await call();
  const times: number[] = [];
  for (let i = 0; i < REQUESTS / group; i++) {
    const startMs = performance.now();
    for (let k = 0; k < group; k++) await call();
    times.push(((performance.now() - startMs) * 1000) / group);
  }
  return median(times);
}

/** Median time of a request to an identity network of 16 numbers, and the median of what the instance itself says it took. */
async function requestUs(placement: Placement, group: number): Promise<{ readonly whole: number; readonly run: number }> {
  await using engine = createEngine();
  const model = await engine.load(IDENTITY, { placement, instances: 1 });
  const runs: number[] = [];
  const whole = await medianUs(async () => {
    const data = new Float32Array(model.buffers.take(64));
    const { times } = await model.infer({ inputs: [{ name: 'input', datatype: 'FP32', shape: [1, 16], data }], answer: 'tensors' });
    runs.push((times.inputMs + times.runMs + times.outputMs) * 1000);
  }, group);
  return { whole, run: median(runs) };
}

/** Median round trip of a transferred buffer to a bare worker and back: what a thread costs at least. */
async function bareThreadUs(): Promise<number> {
  const echo = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', (m) => parentPort.postMessage(m, [m.buffer]));`;
  const worker = new Worker(echo, { eval: true, execArgv: [], env: {} });
  let answered: (data: Float32Array<ArrayBuffer>) => void = () => {};
  worker.on('message', (data: Float32Array<ArrayBuffer>) => answered(data));
  let data = new Float32Array(16);
  const median = await medianUs(async () => {
    data = await new Promise<Float32Array<ArrayBuffer>>((resolve) => {
      answered = resolve;
      worker.postMessage(data, [data.buffer]);
    });
  }, 1);
  await worker.terminate();
  return median;
}

const atMost = (most: number, figure: Omit<Figure, 'suite' | 'unit' | 'ok' | 'target'>): Figure => ({
  suite: 'run',
  unit: 'us',
  target: `< ${most}`,
  ...figure,
  ok: figure.value < most,
});

/**
 * What the engine itself costs a request: everything but the run. A thread's round trip is ruled by how fast the system wakes the other core, so
 * that the bare round trip is taken in turn with ours.
 */
export async function engineSuite(): Promise<Figure[]> {
  const inline = await requestUs('inline', GROUP);
  const rounds: { readonly bare: number; readonly ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bareThreadUs();
    const { whole, run } = await requestUs('thread', 1);
    rounds.push({ bare, ours: whole - run });
  }
  const bare = median(rounds.map((round) => round.bare));
  const thread = median(rounds.map((round) => round.ours));
  const note = `median of ${ROUNDS} rounds of p50: ${rounds.map((round) => round.ours.toFixed(0)).join(' ')}; ceiling: a bare worker's round trip`;
  return [
    atMost(10, { name: 'engine inline overhead', value: inline.whole - inline.run }),
    atMost(80, { name: 'engine thread overhead p50', value: thread, ceiling: bare, ratio: bare / thread, note }),
  ];
}
