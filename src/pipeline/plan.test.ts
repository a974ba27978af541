import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeConfig } from './config-nodes.js';
import { planOrder } from './plan.js';

const nodes = (all: Readonly<Record<string, object>>): Record<string, NodeConfig> =>
  Object.fromEntries(Object.entries(all).map(([name, node]) => [name, NodeConfig.parse(node)]));
const lines = { middle: { from: [0, 0.5], to: [1, 0.5] } };

test('each node stands behind those it reads, and otherwise as written', () => {
  const { order } = planOrder(
    nodes({
      gate: { analytics: 'lines', on: { objects: 'tracker' }, lines },
      tracker: { track: 'bytetrack', on: { objects: ['faces', 'people'] } },
      people: { model: 'a' },
      faces: { model: 'b' },
    }),
  );
  assert.deepEqual(order, ['people', 'faces', 'tracker', 'gate']);
});

test('a model that looks at objects stands behind the node that finds them', () => {
  const { order } = planOrder(
    nodes({
      letters: { model: 'c', on: { objects: 'plates' } },
      plates: { model: 'b', on: { objects: 'cars' } },
      cars: { model: 'a' },
    }),
  );
  assert.deepEqual(order, ['cars', 'plates', 'letters']);
});

test('a loop is named from node to node', () => {
  const { loop } = planOrder(
    nodes({
      people: { model: 'a' },
      gate: { analytics: 'lines', on: { objects: 'tracker' }, lines },
      tracker: { track: 'bytetrack', on: { objects: ['people', 'gate'] } },
    }),
  );
  assert.deepEqual(loop, ['gate', 'tracker']);
});
