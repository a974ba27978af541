import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TileClock } from './tile-clock.js';

/** A wall as its pictures: of each tick, the number of the frame that each stream shows. */
class Wall {
  readonly clock: TileClock;
  readonly pictures: Readonly<Record<string, number>>[] = [];
  readonly #shown: Record<string, number> = {};
  readonly #brought: Record<string, number> = {};
  readonly #waiting = new Set<string>();

  constructor(frameRate: number, streams: readonly string[]) {
    this.clock = new TileClock(frameRate);
    for (const stream of streams) this.clock.add(stream);
  }

  /** Answers whether the frame was taken, that is, whether the stream may go on. */
  bring(stream: string, timeMs: number): boolean {
    assert.ok(!this.#waiting.has(stream), `${stream} brings a frame while one waits`);
    this.#brought[stream] = (this.#brought[stream] ?? -1) + 1;
    this.#waiting.add(stream);
    this.clock.offer(stream, timeMs);
    this.go();
    return !this.#waiting.has(stream);
  }

  end(stream: string): void {
    this.clock.end(stream);
    this.#waiting.delete(stream);
    this.go();
  }

  waits = (stream: string): boolean => this.#waiting.has(stream);

  go(): void {
    for (let step = this.clock.next(); step; step = this.clock.next()) {
      if (step.kind === 'show') {
        this.#waiting.delete(step.stream);
        this.#shown[step.stream] = this.#brought[step.stream]!;
      } else {
        assert.equal(step.tick, this.pictures.length);
        this.pictures.push({ ...this.#shown });
      }
      assert.ok(this.pictures.length < 10_000, 'it never ends');
    }
  }
}

test('one stream of the wall’s own rate: a picture a frame', () => {
  const wall = new Wall(25, ['a']);
  for (let n = 0; n < 4; n++) wall.bring('a', n * 40);
  wall.end('a');
  assert.deepEqual(wall.pictures, [{ a: 0 }, { a: 1 }, { a: 2 }, { a: 3 }]);
});

test('each tile shows its newest frame that is not later, whatever the rates', () => {
  const wall = new Wall(10, ['fast', 'slow']);
  const next = { fast: 0, slow: 0 };
  const step = { fast: 40, slow: 250 };
  const last = 1000;
  for (let busy = true; busy;) {
    busy = false;
    for (const stream of ['fast', 'slow'] as const)
      while (!wall.waits(stream) && next[stream] <= last) {
        wall.bring(stream, next[stream]);
        next[stream] += step[stream];
        busy = true;
      }
  }
  for (const stream of ['fast', 'slow']) wall.end(stream);
  const expected = Array.from({ length: 11 }, (_, tick) => ({ fast: Math.floor((tick * 100) / 40), slow: Math.floor((tick * 100) / 250) }));
  assert.deepEqual(wall.pictures.slice(0, 10), expected.slice(0, 10));
});

test('a stream that is ahead waits, with one frame', () => {
  const wall = new Wall(25, ['a', 'b']);
  assert.equal(wall.bring('a', 0), true);
  assert.equal(wall.bring('a', 40), false, 'until b has shown what it has up to then');
  assert.deepEqual(wall.pictures, []);
  wall.bring('b', 0);
  assert.ok(wall.waits('a'));
  wall.bring('b', 40);
  assert.ok(!wall.waits('a') && !wall.waits('b'));
  assert.deepEqual(wall.pictures, [{ a: 0, b: 0 }]);
});

test('streams begin together, whatever their clocks say, and one that joins later begins when it joins', () => {
  const wall = new Wall(25, ['a', 'b']);
  for (let n = 0; n < 3; n++) for (const [stream, from] of [['a', 5000], ['b', 90_000_000]] as const) wall.bring(stream, from + n * 40); // prettier-ignore
  assert.deepEqual(wall.pictures, [{ a: 0, b: 0 }, { a: 1, b: 1 }]); // prettier-ignore
  wall.clock.add('c');
  wall.bring('a', 5120);
  wall.bring('b', 90_000_120);
  wall.bring('c', 0);
  wall.bring('c', 40);
  assert.deepEqual(wall.pictures[2], { a: 2, b: 2, c: 0 });
});

test('when a stream ends, or fails, its last frame stays and the others go on', () => {
  const wall = new Wall(25, ['a', 'b']);
  for (let n = 0; n < 2; n++) for (const stream of ['a', 'b']) wall.bring(stream, n * 40);
  wall.bring('a', 80);
  assert.ok(wall.waits('a'));
  wall.end('b');
  assert.ok(!wall.waits('a'));
  for (let n = 3; n < 5; n++) assert.ok(wall.bring('a', n * 40));
  wall.end('a');
  assert.deepEqual(wall.pictures, [{ a: 0, b: 0 }, { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 3, b: 1 }, { a: 4, b: 1 }]); // prettier-ignore
});

test('a stream that ends while its frame waits does not hold the others', () => {
  const wall = new Wall(25, ['a', 'b']);
  wall.bring('a', 0);
  wall.bring('a', 40);
  wall.end('a');
  for (let n = 0; n < 3; n++) assert.ok(wall.bring('b', n * 40));
  wall.end('b');
  assert.deepEqual(wall.pictures, [{ a: 0, b: 0 }, { a: 0, b: 1 }, { a: 0, b: 2 }]); // prettier-ignore
});

test('one that never brings a frame, or pauses, holds the others until it is called quiet, and catches up when it is back', () => {
  const wall = new Wall(25, ['a', 'b']);
  wall.bring('a', 0);
  wall.bring('a', 40);
  assert.deepEqual(wall.clock.awaited, ['b']);
  wall.clock.quiet(wall.clock.awaited);
  wall.go();
  assert.ok(!wall.waits('a'));
  for (let n = 2; n < 5; n++) assert.ok(wall.bring('a', n * 40));
  assert.deepEqual(wall.pictures, [{ a: 0 }, { a: 1 }, { a: 2 }, { a: 3 }]);
  assert.deepEqual(wall.clock.awaited, [], 'nobody waits');
  wall.bring('b', 0);
  assert.equal(wall.bring('a', 200), false, 'it is waited for again');
  wall.bring('b', 40);
  assert.deepEqual(wall.pictures.at(-1), { a: 4, b: 0 });
});

test('streams that are all quiet make no pictures', () => {
  const wall = new Wall(25, ['a', 'b']);
  wall.clock.quiet(['a', 'b']);
  wall.go();
  assert.deepEqual(wall.pictures, []);
});

test('a clip that begins again goes on after its last frame', () => {
  const wall = new Wall(25, ['a']);
  for (const timeMs of [0, 40, 80, 0, 40, 80]) wall.bring('a', timeMs);
  wall.end('a');
  assert.deepEqual(wall.pictures.map(({ a }) => a), [0, 1, 2, 3, 4, 5]); // prettier-ignore
});

test('a stream that ended before it began leaves the wall to the others, and nothing at all makes nothing', () => {
  const wall = new Wall(25, ['a', 'b']);
  wall.end('a');
  wall.bring('b', 0);
  wall.end('b');
  assert.deepEqual(wall.pictures, [{ b: 0 }]);
  const nothing = new Wall(25, ['a']);
  nothing.end('a');
  assert.deepEqual(nothing.pictures, [{}], 'one picture, of the plate that says so');
});

test('random streams: no picture is skipped, memory is one frame each, and all comes to an end', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let run = 0; run < 50; run++) {
    const names = Array.from({ length: 1 + random(6) }, (_, i) => `s${i}`);
    const wall = new Wall(5 + random(40), names);
    const left = new Map(names.map((name) => [name, { frames: random(40), timeMs: random(1000) }]));
    for (let guard = 0; left.size > 0; guard++) {
      assert.ok(guard < 20_000, 'stuck');
      const ready = [...left].filter(([name]) => !wall.waits(name));
      assert.ok(ready.length > 0, 'every stream waits: a deadlock');
      const [name, stream] = ready[random(ready.length)]!;
      if (stream.frames-- <= 0) {
        wall.end(name);
        left.delete(name);
      } else wall.bring(name, (stream.timeMs += random(90)));
    }
    assert.ok(wall.pictures.length > 0);
  }
});
