import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame, liveFrames } from '../../core/index.js';
import { packedPixels } from '../../media/index.js';
import { FrameMemory, closeFrames } from './frame-memory.js';
import type { SeenFrame } from './seen-frame.js';

const SIZE = { width: 2, height: 2 };
let freed: number[] = [];
function seen(number: number): SeenFrame {
  const pixels = packedPixels(`${number}`, SIZE, () => new Uint8Array(12));
  const free = pixels.free.bind(pixels);
  const frame = Frame.of(Object.assign(pixels, { free: () => (freed.push(number), free()) }), {
    stream: 'a',
    number,
    pts: { ticks: BigInt(number), timeBase: { num: 1, den: 25 } },
    size: SIZE,
  });
  return { frame, objects: [], drafts: [] };
}

test('frames are held as long as they can be chosen, and chosen by how far back they lie', () => {
  freed = [];
  using memory = new FrameMemory(4, 'node x');
  for (let number = 0; number < 7; number++) {
    const newest = seen(number);
    if (number === 6) {
      const chosen = memory.choose(newest, [4, 2, 0]);
      assert.deepEqual(chosen.map(({ frame }) => frame.number), [2, 4, 6]); // prettier-ignore
      closeFrames(chosen);
    }
    memory.push(newest);
    newest.frame.close();
  }
  assert.deepEqual(freed, [0, 1, 2]);
  memory.clear();
  assert.deepEqual(freed, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(liveFrames(), 0);
});

test('frames of a run outlive the memory: they are given back when the run is over', () => {
  freed = [];
  const memory = new FrameMemory(1, 'node x');
  const [first, second] = [seen(0), seen(1)];
  memory.push(first);
  first.frame.close();
  const chosen = memory.choose(second, [1, 0]);
  second.frame.close();
  memory.clear();
  assert.deepEqual(freed, []);
  closeFrames(chosen);
  assert.deepEqual(freed, [0, 1]);
});

test('where only the newest is ever chosen nothing is held', () => {
  using memory = new FrameMemory(0, 'node x');
  const newest = seen(0);
  memory.push(newest);
  newest.frame.close();
  assert.equal(liveFrames(), 0);
});
