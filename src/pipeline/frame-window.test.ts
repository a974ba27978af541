import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedModel } from '../inference/index.js';
import { frameWindow } from './frame-window.js';
import type { GraphNode } from './nodes/port.js';

const node = (name: string, reads: readonly string[], concurrency?: number, maxBatch = 1): GraphNode => ({
  name,
  reads,
  ordered: false,
  summary: name,
  ...(concurrency === undefined ? {} : { model: { concurrency, maxBatch } as LoadedModel }),
  open: () => ({ look: () => ({ inferred: true, objects: [], made: [] }) }),
  [Symbol.asyncDispose]: async () => {},
});

test('models side by side share the frames under way, models behind each other need their own', () => {
  assert.equal(frameWindow([node('a', [], 4)]), 5);
  assert.equal(frameWindow([node('a', [], 4), node('b', [], 2), node('t', ['a', 'b'])]), 5);
  const chain = [node('a', [], 4), node('t', ['a']), node('looks', ['t'], 2), node('plates', ['a'], 3), node('letters', ['plates'], 48, 8)];
  assert.equal(frameWindow(chain), 4 + 3 + 6 + 1);
  assert.equal(frameWindow([node('a', [], 48, 8)]), 49);
});
