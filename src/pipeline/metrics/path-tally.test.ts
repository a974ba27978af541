import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathStep } from './critical-path.js';
import { PathTally } from './path-tally.js';

const way = (...nodes: string[]): PathStep[] => nodes.map((node, at) => ({ node, waitMs: at, workMs: 10 }));

test('who was last how often, who was on the way, and which ways there were', () => {
  const tally = new PathTally();
  for (let i = 0; i < 6; i++) tally.add(way('detector', 'tracker', 'looks'));
  for (let i = 0; i < 3; i++) tally.add(way('detector', 'tracker'));
  tally.add(way('faces', 'tracker'));
  const { nodes, chains } = tally.reading();
  assert.deepEqual(
    nodes.map(({ node, frames, share, onPath }) => [node, frames, share, onPath]),
    [
      ['looks', 6, 0.6, 6],
      ['tracker', 4, 0.4, 10],
      ['detector', 0, 0, 9],
      ['faces', 0, 0, 1],
    ],
  );
  assert.deepEqual(chains, [
    { chain: 'detector > tracker > looks', frames: 6, share: 0.6 },
    { chain: 'detector > tracker', frames: 3, share: 0.3 },
    { chain: 'faces > tracker', frames: 1, share: 0.1 },
  ]);
  assert.deepEqual([nodes[0]!.meanWorkMs, nodes[0]!.meanWaitMs, nodes[1]!.meanWaitMs], [10, 2, 1]);
});

test('graphs that change for ever do not fill the memory: later ways are cut, and still counted', () => {
  const tally = new PathTally();
  for (let i = 0; i < 1000; i++) tally.add(way(`camera-${i}`, 'end'));
  const { nodes, chains } = tally.reading();
  assert.deepEqual([nodes.length, chains.length], [256, 256]);
  assert.deepEqual(chains[0], { chain: 'end', frames: 745, share: 0.745 });
  assert.deepEqual([nodes[0]!.node, nodes[0]!.frames], ['end', 1000]);
});

test('a frame without nodes has no way', () => {
  const tally = new PathTally();
  tally.add([]);
  assert.deepEqual(tally.reading(), { nodes: [], chains: [] });
});
