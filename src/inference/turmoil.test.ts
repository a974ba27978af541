import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from './conformance.js';
import { createEngine } from './engine.js';
import { moduleModel } from './module-model.js';
import type { HostOptions, InferenceRequest } from './port.js';

/** Mulberry32: the same numbers on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What a backend does with an input of 0 to 6: answer, answer late, several times, put off, fail, throw, end its thread. */
const EXECUTE = `
  await sleep(requests[0].inputs[0].data[0] === 1 ? 3 : 0);
  if (requests.some(({ inputs: [input] }) => input.data[0] === 6)) globalThis.process.exit(3);
  if (requests.some(({ inputs: [input] }) => input.data[0] === 5)) throw new Error('thrown');
  return Promise.all(requests.map(async (one) => {
    const { inputs: [input], respond, finish } = one;
    const last = { outputs: [answer(input, 1)] };
    if (input.data[0] === 4) return new Error('given');
    if (input.data[0] === 3) { setTimeout(() => { try { finish(last); } catch {} }, 2); return 'later'; }
    if (input.data[0] === 2) for (let i = 0; i < 10; i++) await respond(last);
    return last;
  }));`;

const SCHEDULERS: Readonly<Record<string, HostOptions>> = {
  plain: { maxBatch: 4 },
  policies: {
    maxBatch: 4,
    scheduling: {
      kind: 'batch',
      preferredBatchSizes: [2],
      maxQueueDelayMs: 1,
      priorityLevels: 2,
      defaultPriorityLevel: 1,
      defaultQueuePolicy: { defaultTimeoutMs: 10, allowTimeoutOverride: true, maxQueueSize: 20 },
    },
  },
  ordered: { maxBatch: 4, scheduling: { kind: 'batch', preserveOrdering: true } },
  direct: { maxBatch: 3, scheduling: { kind: 'sequence', maxIdleMs: 10 } },
  oldest: { maxBatch: 3, scheduling: { kind: 'sequence', maxIdleMs: 10, strategy: { kind: 'oldest', maxCandidateSequences: 2 } } },
  limited: { maxBatch: 2, instanceGroups: [{ count: 2, resources: [{ name: 'R', count: 1, global: true }] }] },
};

for (const [name, options] of Object.entries(SCHEDULERS))
  test(`${name}: whatever happens, every request is settled, everything is counted, and nothing is left`, async () => {
    const pick = random(name.length);
    await using engine = createEngine({ rateLimit: {}, restarts: { limit: 1000, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 1 } });
    const model = await engine.load(moduleModel('turmoil', { execute: EXECUTE }), { placement: 'thread', instances: 2, ...options });
    const outcomes: Promise<string>[] = [];
    const ask = (value: number): void => {
      const controller = new AbortController();
      const more: Partial<InferenceRequest> = {
        priority: pick(3),
        timeoutMs: pick(4) === 0 ? 2 : 0,
        deadlineMs: pick(6) === 0 ? performance.now() + pick(10) : Infinity,
        signal: controller.signal,
        sequence: { id: BigInt(1 + pick(8)), start: pick(3) === 0, end: pick(4) === 0 },
        ...(value === 2 && { onResponse: () => (pick(2) ? new Promise((resolve) => setTimeout(resolve, 1)) : undefined) }),
      };
      if (pick(5) === 0) setTimeout(() => controller.abort(), pick(10));
      outcomes.push(
        model.infer(request(value, more)).then(
          () => 'answered',
          ({ code }: { code: string }) => code,
        ),
      );
    };
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 8; i++) ask(pick(40) === 0 ? 6 : pick(6));
      if (name !== 'limited' && round % 20 === 10) await model.resize(1 + pick(3));
      await new Promise((resolve) => setTimeout(resolve, pick(3)));
    }
    const settled = await Promise.all(outcomes);
    await model[Symbol.asyncDispose]();
    const { requests, failures, failuresBy, cancelled, queued, running } = model.statistics();
    assert.equal(requests, settled.filter((outcome) => outcome === 'answered').length);
    assert.equal(cancelled, settled.filter((outcome) => outcome === 'CANCELLED').length);
    assert.deepEqual([requests + failures + cancelled, queued, running], [240, 0, 0]);
    assert.equal(failuresBy.rejected + failuresBy.backend + failuresBy.other, failures);
    assert.ok(requests > 0);
  });
