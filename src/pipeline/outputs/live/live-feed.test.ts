import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, Frame } from '../../../core/index.js';
import { packedPixels } from '../../../media/index.js';
import { LiveFeed, type Shot } from './live-feed.js';

const SIZE = { width: 2, height: 2 };
const frame = (): Frame =>
  Frame.of(
    packedPixels('test', SIZE, () => new Uint8Array(12)),
    { stream: 's', number: 0, pts: { ticks: 0n, timeBase: { num: 1, den: 25 } }, size: SIZE },
  );

function setUp() {
  const clock = new FakeClock();
  const made = { composed: 0, encoded: 0 };
  const feed = new LiveFeed({
    compose: async () => (made.composed++, frame()),
    encode: async () => Uint8Array.of(++made.encoded),
    frameRate: 10,
    clock,
  });
  return { clock, feed, made };
}

test('nothing is made while nobody looks', async () => {
  const { clock, feed, made } = setUp();
  for (let i = 0; i < 20; i++) {
    feed.changed();
    await clock.advance(40);
  }
  assert.deepEqual(made, { composed: 0, encoded: 0 });
});

test('before the first picture there is none to give', async () => {
  await assert.rejects(setUp().feed.newest(), { code: 'UNAVAILABLE' });
});

test('however many ask, each picture is made once', async () => {
  const { feed, made } = setUp();
  feed.changed();
  const shots = await Promise.all(Array.from({ length: 10 }, () => feed.newest()));
  assert.equal(new Set(shots).size, 1);
  await feed.newest();
  assert.deepEqual(made, { composed: 1, encoded: 1 });
});

test('asked again and again, pictures are made at most so many times a second', async () => {
  const { clock, feed, made } = setUp();
  for (let i = 0; i < 50; i++) {
    feed.changed();
    await feed.newest();
    await clock.advance(20);
  }
  assert.equal(made.composed, 10);
});

test('who follows slowly gets the newest picture, not those left out', async () => {
  const { clock, feed, made } = setUp();
  const abort = new AbortController();
  const shots: Shot[] = [];
  let free = (): void => {};
  const following = (async () => {
    for await (const shot of feed.follow(abort.signal)) {
      shots.push(shot);
      await new Promise<void>((resolve) => (free = resolve));
    }
  })();
  await clock.advance(0);
  assert.equal(feed.isWatched, true);
  for (let i = 0; i < 30; i++) {
    feed.changed();
    await clock.advance(40);
  }
  assert.deepEqual([shots.map(({ version }) => version), made.composed], [[1], 1]);
  free();
  await clock.advance(200);
  assert.deepEqual(shots.map(({ version }) => version), [1, 30]); // prettier-ignore
  abort.abort();
  free();
  await clock.advance(0);
  await following;
  assert.equal(feed.isWatched, false);
});

test('a picture that cannot be made is told to whoever asked, and the next is tried again', async () => {
  let fails = true;
  const feed = new LiveFeed({
    compose: async () => frame(),
    encode: async () => (fails ? Promise.reject(new Error('no encoder')) : new Uint8Array(1)),
    frameRate: 10,
    clock: new FakeClock(),
  });
  feed.changed();
  await assert.rejects(feed.newest(), /no encoder/);
  fails = false;
  assert.equal((await feed.newest()).version, 1);
});
