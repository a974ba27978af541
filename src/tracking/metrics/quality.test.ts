import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromXyWh } from '../../vision/index.js';
import type { TrackedBox } from './aligned.js';
import { trackingQuality } from './quality.js';

const box = (frame: number, id: number, x: number, y = 0): TrackedBox => ({ frame, id, box: fromXyWh(x, y, 10, 10) });
const frames = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const near = (actual: number, expected: number, name: string): void =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${name} is ${actual} instead of ${expected}`);

// Numbers of TrackEval 1.3.0 (Python 3.11, NumPy 2.4.6) on the same boxes; they agree with what a hand can count.
test('one object, whose track changes its id after six of ten frames', () => {
  const truth = frames(10).map((frame) => box(frame, 1, 0));
  const { clear, identity, hota } = trackingQuality([{ truth, found: truth.map(({ frame }) => box(frame, frame <= 6 ? 1 : 2, 0)) }]);
  assert.deepEqual([clear.truePositives, clear.idSwitches, clear.fragmentations, clear.mostlyTracked], [10, 1, 0, 1]);
  near(clear.mota, 0.9, 'MOTA');
  near(identity.idf1, 0.6, 'IDF1');
  near(hota.detA, 1, 'DetA');
  // (6 x 0.6 + 4 x 0.4) / 10
  near(hota.assA, 0.52, 'AssA');
  near(hota.hota, Math.sqrt(0.52), 'HOTA');
});

test('one object, missed on three frames, and one box where nothing is', () => {
  const truth = frames(10).map((frame) => box(frame, 1, 0));
  const found = [...[1, 2, 3, 5, 6, 9, 10].map((frame) => box(frame, 1, 0)), box(4, 9, 50)];
  const { clear, identity, hota } = trackingQuality([{ truth, found }]);
  assert.deepEqual([clear.truePositives, clear.falsePositives, clear.falseNegatives], [7, 1, 3]);
  // Frames 7 and 8, on which the tracker says nothing at all, do not break the match, as in TrackEval; frame 4 does.
  assert.deepEqual([clear.idSwitches, clear.fragmentations, clear.partlyTracked], [0, 1, 1]);
  near(clear.mota, 0.6, 'MOTA');
  near(identity.idf1, 14 / 18, 'IDF1');
  near(hota.assA, 0.7, 'AssA');
  near(hota.hota, 0.6674238124719146, 'HOTA');
});

test('one object, found a fifth of its width beside where it is', () => {
  const truth = frames(10).map((frame) => box(frame, 1, 0));
  const { clear, identity, hota } = trackingQuality([{ truth, found: frames(10).map((frame) => box(frame, 7, 2)) }]);
  near(clear.motp, 8 / 12, 'MOTP');
  assert.deepEqual([clear.mota, identity.idf1], [1, 1]);
  // An IoU of 2/3 reaches 13 of the 19 thresholds.
  near(hota.hota, 13 / 19, 'HOTA');
  near(hota.locA, (13 * (2 / 3) + 6) / 19, 'LocA');
});

test('two objects whose tracks change places', () => {
  const truth = frames(5).flatMap((frame) => [box(frame, 1, 0), box(frame, 2, 30)]);
  const found = frames(5).flatMap((frame) => [box(frame, frame < 3 ? 1 : 2, 0), box(frame, frame < 3 ? 2 : 1, 30, 1)]);
  const { clear, identity, hota } = trackingQuality([{ truth, found }]);
  assert.equal(clear.idSwitches, 2);
  near(clear.mota, 0.8, 'MOTA');
  near(clear.motp, 0.9090909090909092, 'MOTP');
  near(identity.idf1, 0.6, 'IDF1');
  near(hota.hota, 0.5577330112467727, 'HOTA');
  near(hota.assA, 0.35714285714285704, 'AssA');
  near(hota.locA, 0.9234449760765551, 'LocA');
});

test('a match goes on although another track has come nearer', () => {
  const truth = frames(3).map((frame) => box(frame, 1, 0));
  const found = [box(1, 1, 0), box(2, 1, 2), box(2, 2, 0), box(3, 1, 2), box(3, 2, 0)];
  const { clear } = trackingQuality([{ truth, found }]);
  assert.deepEqual([clear.idSwitches, clear.truePositives, clear.falsePositives], [0, 3, 2]);
});

test('nothing found, nothing there, nothing at all', () => {
  const truth = frames(4).map((frame) => box(frame, 1, 0));
  const blind = trackingQuality([{ truth, found: [] }]);
  assert.deepEqual([blind.clear.mota, blind.clear.falseNegatives, blind.clear.mostlyLost, blind.identity.idf1, blind.hota.hota], [0, 4, 1, 0, 0]);
  assert.equal(blind.hota.locA, 1);
  const dreaming = trackingQuality([{ truth: [], found: truth }]);
  assert.deepEqual([dreaming.clear.falsePositives, dreaming.identity.idFalsePositives, dreaming.hota.hota], [4, 4, 0]);
  assert.equal(trackingQuality([]).hota.hota, 0);
});

test('sequences together: counts add up, and an id of one is not an id of the other', () => {
  const truth = frames(10).map((frame) => box(frame, 1, 0));
  const good = { truth, found: truth };
  const half = { truth, found: frames(5).map((frame) => box(frame, 1, 0)) };
  const { clear, identity, hota } = trackingQuality([good, half]);
  near(clear.mota, 15 / 20, 'MOTA');
  near(identity.idf1, 30 / 35, 'IDF1');
  // (10 x 1 + 5 x 0.5) / 15
  near(hota.assA, 12.5 / 15, 'AssA');
});

test('an identity that is twice on one frame is named', () => {
  const twice = [box(3, 8, 0), box(3, 8, 40)];
  assert.throws(() => trackingQuality([{ truth: [], found: twice }]), { code: 'INVALID_ARGUMENT', message: /tracks: id 8 is twice on frame 3/ });
  assert.throws(() => trackingQuality([{ truth: twice, found: [] }]), { code: 'INVALID_ARGUMENT', message: /truth: id 8/ });
});
