import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf } from './answers-of.js';
import { request } from './conformance.js';
import { createEngine } from './engine.js';
import { moduleModel } from './module-model.js';
import { type LoadedModel, RESPONSE_CREDIT } from './port.js';

const COUNTS = `
  const [{ inputs: [input], respond, signal }] = requests;
  own.sent = 0;
  try { for (let i = 1; i <= input.data[0]; i++) { await respond({ outputs: [answer(input, i)] }); own.sent = i; } }
  catch (error) { order.ask(own.sent); throw error; }
  if (input.data[0] === 3) throw new Error('after three');
  return [input.data[0] % 2 ? { outputs: [answer(input, 100)] } : undefined];`;

async function withModel(use: (model: LoadedModel, told: number[]) => Promise<void>): Promise<void> {
  const told: number[] = [];
  await using engine = createEngine();
  const onAsk = (sent: unknown): void => void told.push(sent as number);
  await use(await engine.load(moduleModel('counts', { execute: COUNTS }), { placement: 'thread', instances: 1, onAsk }), told);
}

async function collect(model: LoadedModel, value: number): Promise<number[]> {
  const seen: number[] = [];
  for await (const { outputs } of answersOf(model, request(value))) seen.push(Number(outputs[0]!.data[0]) - value);
  return seen;
}

test('every answer comes, the last one too', () =>
  withModel(async (model) => {
    assert.deepEqual(await collect(model, 0), []);
    assert.deepEqual(await collect(model, 5), [1, 2, 3, 4, 5, 100]);
    assert.deepEqual(
      await collect(model, 30),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  }));

test('a fault comes after the answers before it', () =>
  withModel(async (model) => {
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { outputs } of answersOf(model, request(3))) seen.push(Number(outputs[0]!.data[0]));
    };
    await assert.rejects(read(), { message: /after three/ });
    assert.deepEqual(seen, [4, 5, 6]);
  }));

test('a reader that stops calls the request off; one that pauses holds the backend back', () =>
  withModel(async (model, told) => {
    for await (const _ of answersOf(model, request(1000))) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      break;
    }
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(told[0]! <= RESPONSE_CREDIT + 1, `${told[0]} answers were sent to a reader that took one`);
    assert.equal(model.statistics().cancelled, 1);
  }));
