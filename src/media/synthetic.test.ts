import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveFrames } from '../core/index.js';
import { parseSyntheticUri, SYNTHETIC_BACKGROUND, syntheticMedia, syntheticSource, syntheticTruth } from './synthetic.js';

const size = { width: 120, height: 90 };

test('each object is drawn exactly where the truth says', async () => {
  await using source = syntheticSource({ size, frames: 40, objects: 1, seed: 7 });
  for await (const frame of source.frames()) {
    const rgb = await frame.render({ size, order: 'rgb', layout: 'packed' });
    const [{ box, colour }] = source.truth(frame.number) as [ReturnType<typeof source.truth>[number]];
    assert.ok(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= size.width && box.y2 <= size.height);
    for (let y = 0; y < size.height; y++)
      for (let x = 0; x < size.width; x++) {
        const inside = x >= box.x1 && x < box.x2 && y >= box.y1 && y < box.y2;
        assert.equal(rgb[(y * size.width + x) * 3], inside ? colour[0] : SYNTHETIC_BACKGROUND, `frame ${frame.number} at ${x},${y}`);
      }
    frame.close();
  }
  assert.equal(liveFrames(), 0);
});

test('objects move, and the same seed draws the same film', () => {
  const truth = syntheticTruth({ size, objects: 4, seed: 3 });
  assert.deepEqual(syntheticTruth({ size, objects: 4, seed: 3 })(17), truth(17));
  assert.notDeepEqual(syntheticTruth({ size, objects: 4, seed: 4 })(17), truth(17));
  assert.deepEqual(
    truth(0).map(({ label }) => label),
    ['person', 'vehicle', 'bike', 'bag'],
  );
  for (const [i, { box }] of truth(1).entries()) assert.notDeepEqual(box, truth(0)[i]!.box);
});

test('a crop of the truth, enlarged, is one colour', async () => {
  await using source = syntheticSource({ size, frames: 1, objects: 1 });
  for await (const frame of source.frames()) {
    const [{ box, colour }] = source.truth(0) as [ReturnType<typeof source.truth>[number]];
    const part = { x: box.x1, y: box.y1, width: box.x2 - box.x1, height: box.y2 - box.y1 };
    const bgr = await frame.render({ size: { width: 50, height: 20 }, order: 'bgr', layout: 'planar', source: part });
    assert.ok([2, 1, 0].every((channel, plane) => bgr.subarray(plane * 1000, plane * 1000 + 1000).every((value) => value === colour[channel])));
    frame.close();
  }
});

test('an endless film ends when its reader leaves', async () => {
  await using source = await syntheticMedia().open('synthetic:?frames=endless&width=16&height=16');
  assert.equal(source.info.durationMs, undefined);
  let last = -1;
  for await (const frame of source.frames()) {
    last = frame.number;
    frame.close();
    if (last === 500) break;
  }
  assert.equal(last, 500);
});

test('the URI says everything, and its mistakes are named', () => {
  assert.deepEqual(parseSyntheticUri('synthetic:?width=64&height=48&frames=9&fps=30000/1001&objects=2&seed=5'), {
    size: { width: 64, height: 48 },
    frameRate: { num: 30000, den: 1001 },
    frames: 9,
    objects: 2,
    seed: 5,
  });
  assert.throws(() => parseSyntheticUri('synthetic:?widht=64'), {
    code: 'INVALID_ARGUMENT',
    message: /unknown option "widht". Did you mean "width"/,
  });
  assert.throws(() => parseSyntheticUri('synthetic:?width=wide'), { code: 'INVALID_ARGUMENT', message: /width "wide"/ });
  assert.throws(() => parseSyntheticUri('synthetic:?fps=0'), { code: 'INVALID_ARGUMENT', message: /fps/ });
});
