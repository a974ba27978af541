import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span2 } from './surface.js';
import { placeTags } from './tags.js';

const picture = { width: 640, height: 360 };
const box = (x1: number, y1: number, x2: number, y2: number): Span2 => ({ x1, y1, x2, y2 });
const wish = (place: Span2) => ({ box: place, width: 80, height: 16 });

test('a tag stands on the top edge, or inside where there is no room above', () => {
  const places = placeTags([wish(box(100, 50, 200, 150)), wish(box(300, 5, 400, 100))], picture);
  assert.deepEqual(places, [box(100, 34, 180, 50), box(300, 0, 380, 16)]);
});

test('tags stay inside the picture', () => {
  const corners = [box(-30, -20, 40, 40), box(600, -20, 700, 30), box(620, 340, 700, 400), box(-50, 350, 10, 380)];
  for (const place of placeTags(corners.map(wish), picture)) {
    assert.ok(place && place.x1 >= 0 && place.y1 >= 0 && place.x2 <= 640 && place.y2 <= 360, JSON.stringify(place));
  }
});

test('a tag gives way to earlier tags and to what is there already', () => {
  const same = box(200, 200, 320, 300);
  const places = placeTags([wish(same), wish(same), wish(same)], picture, [box(0, 184, 300, 200)]);
  const all = [box(0, 184, 300, 200), ...places.map((place) => place!)];
  all.forEach((a, i) => {
    for (const b of all.slice(i + 1)) assert.ok(a.x2 <= b.x1 || b.x2 <= a.x1 || a.y2 <= b.y1 || b.y2 <= a.y1, JSON.stringify([a, b]));
  });
});

test('a box that cannot be seen has no tag', () => {
  assert.deepEqual(placeTags([wish(box(-50, 10, 0, 20)), wish(box(700, 10, 800, 20))], picture), [undefined, undefined]);
});
