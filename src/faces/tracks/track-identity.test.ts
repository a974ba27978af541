import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BestLooks } from './best-looks.js';
import { type FaceLook, TrackIdentity, TrackVoting } from './track-identity.js';

const sees = (name: string, score = 0.8): FaceLook => ({ identity: { kind: 'known', name, distance: 0.3 }, score });
const nobody = (score = 0.8): FaceLook => ({ identity: { kind: 'unknown', reason: 'nobody-near', distance: 0.7 }, score });
const POOR: FaceLook = { identity: { kind: 'unknown', reason: 'poor-quality' }, score: 0.9 };
const namesOf = (looks: readonly FaceLook[], voting = {}): (string | undefined)[] => {
  const track = new TrackIdentity(TrackVoting.parse(voting));
  return looks.map((look) => track.add(look).name);
};

test('one look is no proof; two that agree give the name', () => {
  assert.deepEqual(namesOf([sees('Ada'), sees('Ada')]), [undefined, 'Ada']);
  assert.deepEqual(namesOf([sees('Ada'), sees('Bob')]), [undefined, undefined]);
});

test('a name stays through doubtful looks and single wrong ones, and does not flicker', () => {
  assert.deepEqual(namesOf([sees('Ada'), sees('Ada'), nobody(), sees('Bob'), nobody(), sees('Ada')]), [undefined, ...Array(5).fill('Ada')]);
});

test('a name goes when hardly any look supports it any more, and another takes its place when that wins', () => {
  const looks = [sees('Ada'), sees('Ada'), ...Array.from({ length: 4 }, () => sees('Bob'))];
  const names = namesOf(looks, { window: 4 });
  assert.equal(names[1], 'Ada');
  assert.equal(names.at(-1), 'Bob');
  assert.equal(namesOf([sees('Ada'), sees('Ada'), ...Array.from({ length: 7 }, () => nobody())]).at(-1), undefined);
});

test('of two names that are equal the present one stays', () => {
  assert.equal(namesOf([sees('Bob'), sees('Ada'), sees('Ada'), sees('Bob')]).at(-1), 'Ada');
});

test('good looks outweigh poor ones', () => {
  assert.equal(namesOf([sees('Ada', 0.9), sees('Ada', 0.9), sees('Bob', 0.1), sees('Bob', 0.1), sees('Bob', 0.1)]).at(-1), 'Ada');
});

test('looks too poor to be compared count for nothing', () => {
  const track = new TrackIdentity();
  track.add(sees('Ada'));
  track.add(sees('Ada'));
  for (let i = 0; i < 50; i++) track.add(POOR);
  assert.deepEqual(track.current, { name: 'Ada', share: 1, looks: 2 });
});

test('the best looks are kept, apart in time', () => {
  const best = new BestLooks<{ readonly score: number; readonly timeMs: number }>(2, 500);
  assert.equal(best.offer({ score: 0.5, timeMs: 0 }), true);
  assert.equal(best.offer({ score: 0.4, timeMs: 100 }), false);
  assert.equal(best.offer({ score: 0.6, timeMs: 200 }), true);
  assert.equal(best.offer({ score: 0.3, timeMs: 2000 }), true);
  assert.equal(best.offer({ score: 0.9, timeMs: 4000 }), true);
  assert.equal(best.offer({ score: 0.1, timeMs: 6000 }), false);
  assert.deepEqual(best.looks.map(({ timeMs }) => timeMs), [4000, 200]); // prettier-ignore
});
