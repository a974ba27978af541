import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackTable } from './track-table.js';

const at = (x: number) => ({ box: { x1: x, y1: 0, x2: x + 50, y2: 100 }, confidence: 0.9, classId: 0 });

test('tracks that are out of date leave the table: ten hours of strangers do not fill it', () => {
  const table = new TrackTable(1000);
  let most = 0;
  for (let frame = 0; frame < 36_000; frame++) {
    table.advance([at(frame), at(frame + 300)], frame * 1000);
    table.begin(0);
    table.begin(1);
    table.settle(1);
    most = Math.max(most, table.tracks.length);
  }
  assert.equal(table.tracks.at(-1)!.id, 72_000);
  assert.ok(most <= 4, `${most} tracks at once`);
});

test('when the frame interval changes, velocities follow: motion per millisecond stays', () => {
  const table = new TrackTable(10_000);
  const places = { items: Int32Array.of(0), length: 1, push: () => undefined, clear: () => undefined };
  const step = (timeMs: number): void => {
    table.advance([at(timeMs * 0.3)], timeMs);
    if (table.tracks.length === 0) table.begin(0);
    else table.associate(places, places, { minimum: 0.2, mixClasses: false });
    table.settle(1);
  };
  // 25 frames a second, then 5, on which it moves on by more than its width: 300 px a second throughout.
  for (let timeMs = 0; timeMs < 2000; timeMs += 40) step(timeMs);
  for (let timeMs = 2000; timeMs < 8000; timeMs += 200) step(timeMs);
  assert.equal(table.tracks[0]!.matches, 80);
  const [later] = table.coast(8000);
  assert.ok(Math.abs(later!.box.x1 - 2400) < 5, `x1 is ${later!.box.x1}`);
});
