import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Size } from '../../core/index.js';
import { planPasses } from './passes.js';

const tile = { width: 320, height: 240 };
const rules = { tile, detectable: 12, smallest: 24 };
const scaleOf = (region: Size): number => Math.min(tile.width / region.width, tile.height / region.height);

test('a picture in which the smallest face is still large enough is looked at once', () => {
  assert.deepEqual(planPasses({ width: 640, height: 480 }, rules), [{ region: { x: 0, y: 0, width: 640, height: 480 }, largest: Infinity }]);
  assert.equal(planPasses({ width: 100, height: 80 }, rules).length, 1);
});

test('larger pictures get tiles that are fine enough, inside the picture, and cover all of it', () => {
  for (const size of [
    { width: 1920, height: 1080 },
    { width: 8000, height: 600 },
    { width: 641, height: 480 },
    { width: 700, height: 4000 },
  ]) {
    const [whole, ...tiles] = planPasses(size, rules);
    assert.deepEqual(whole!.region, { x: 0, y: 0, ...size });
    const finest = tiles.filter(({ largest }) => largest === Math.min(...tiles.map((each) => each.largest)));
    for (const { region } of tiles) {
      assert.ok(region.x >= 0 && region.y >= 0 && region.x + region.width <= size.width && region.y + region.height <= size.height);
    }
    for (const { region } of finest) assert.ok(scaleOf(region) >= rules.detectable / rules.smallest);
    // A face of 24 pixels anywhere lies whole in one of the finest tiles.
    for (let x = 0; x <= size.width - 24; x += 7)
      for (let y = 0; y <= size.height - 24; y += 7)
        assert.ok(
          finest.some(({ region: r }) => x >= r.x && y >= r.y && x + 24 <= r.x + r.width && y + 24 <= r.y + r.height),
          `${size.width}x${size.height}: a face at ${x},${y}`,
        );
  }
});

test('faces of every size are whole and large enough at some level', () => {
  const size = { width: 6000, height: 4000 };
  const passes = planPasses(size, rules);
  for (let side = rules.smallest; side < 4000; side *= 1.1) {
    const seen = passes.some(({ region, largest }) => side <= largest && side * scaleOf(region) >= rules.detectable * 0.999);
    assert.ok(seen, `a face of ${side.toFixed(0)} pixels`);
  }
});
