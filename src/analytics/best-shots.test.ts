import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WantedCrop, createBestShots, shotScore } from './best-shots.js';
import { type SceneObject, sceneFrame } from './track-scene.js';

const SIZE = { width: 1280, height: 720 };
const JPEG = new Uint8Array([0xff, 0xd8]);

/** Runs a scene, keeps what is wanted, and answers all that was. */
function play(shots: ReturnType<typeof createBestShots>, frames: number, objectsAt: (frame: number) => SceneObject[]): WantedCrop[] {
  const asked: WantedCrop[] = [];
  for (let frame = 0; frame < frames; frame++)
    for (const crop of shots.consider(sceneFrame({ frame, objects: objectsAt(frame) }))) {
      asked.push(crop);
      shots.keep(crop, JPEG);
    }
  return asked;
}

test('larger, surer, whole and unhidden objects score more', () => {
  const box = { x1: 100, y1: 100, x2: 140, y2: 200 };
  const score = (part: Partial<typeof box>, confidence = 0.9, others: (typeof box)[] = []): number =>
    shotScore({ ...box, ...part }, confidence, SIZE, others);
  const plain = score({});
  assert.ok(score({ y2: 300 }) > plain);
  assert.ok(score({}, 0.95) > plain);
  assert.ok(score({ x1: 0 }) < plain / 2);
  const other = { x1: 120, y1: 150, x2: 160, y2: 250 };
  assert.ok(score({}, 0.9, [other]) < plain, 'one in front hides');
  assert.equal(score({}, 0.9, [{ ...other, y2: 190 }]), plain, 'one behind does not');
  assert.equal(score({ y2: 700, x2: 500 }), score({ y2: 500, x2: 300 }), 'beyond what shows all there is, size is no merit');
});

test('someone who walks up is asked for now and then, and the last picture is the best', () => {
  const shots = createBestShots({ everyMs: 500 });
  const asked = play(shots, 100, (frame) => [{ feet: { x: 600, y: 300 + frame }, trackId: 1, heightPx: 40 + 2 * frame }]);
  assert.ok(asked.length >= 3 && asked.length <= 8, `${asked.length} crops`);
  asked.slice(1).forEach(({ timeMs, score }, n) => {
    assert.ok(timeMs - asked[n]!.timeMs >= 500);
    assert.ok(score > asked[n]!.score);
  });
  const [shot, ...more] = shots.shots();
  assert.deepEqual(more, []);
  assert.equal(shot!.timeMs, asked.at(-1)!.timeMs);
  assert.equal(shot!.jpeg, JPEG);
});

test('who stands still is asked for once, and a flicker of two frames never', () => {
  assert.equal(play(createBestShots(), 100, () => [{ feet: { x: 600, y: 300 }, trackId: 1 }]).length, 1);
  assert.equal(play(createBestShots(), 2, () => [{ feet: { x: 600, y: 300 }, trackId: 1 }]).length, 0);
});

test('no more tracks are kept than the limit, and they are the best', () => {
  const shots = createBestShots({ limit: 4 });
  const people = Array.from({ length: 12 }, (_, n) => ({ feet: { x: 100 + 100 * n, y: 400 }, trackId: n + 1, heightPx: 60 + 10 * ((n * 5) % 12) }));
  play(shots, 30, () => people);
  const best = people.toSorted((a, b) => b.heightPx - a.heightPx).slice(0, 4);
  assert.deepEqual(
    shots.shots().map(({ trackId }) => trackId),
    best.map(({ trackId }) => trackId),
  );
  const later = play(shots, 30, () => [{ feet: { x: 600, y: 400 }, trackId: 99, heightPx: 50 }]);
  assert.equal(later.length, 0, 'what is worse than all that is kept is not even rendered');
});

test('the crop has room around the object, in whole pixels inside the picture, and is made no larger', () => {
  const shots = createBestShots({ longestSidePx: 100 });
  const [crop] = play(shots, 5, () => [{ feet: { x: 30, y: 719 }, trackId: 1, heightPx: 300 }]);
  const { x, y, width, height } = crop!.rect;
  assert.deepEqual({ x, y, bottom: y + height }, { x: 0, y: 395, bottom: 720 });
  assert.ok([x, y, width, height].every(Number.isInteger));
  assert.equal(Math.max(crop!.size.width, crop!.size.height), 100);
  const [small] = play(createBestShots(), 5, () => [{ feet: { x: 600, y: 400 }, trackId: 1, heightPx: 50 }]);
  assert.deepEqual(small!.size, { width: small!.rect.width, height: small!.rect.height });
});

test('an object beyond the picture is not cropped, and a late picture does not replace a better one', () => {
  assert.equal(play(createBestShots(), 9, () => [{ feet: { x: -300, y: 300 }, trackId: 1 }]).length, 0);
  const shots = createBestShots();
  const asked = play(shots, 100, (frame) => [{ feet: { x: 600, y: 300 + frame }, trackId: 1, heightPx: 40 + 2 * frame }]);
  shots.keep(asked[0]!, new Uint8Array());
  assert.equal(shots.shots()[0]!.jpeg, JPEG);
});
