import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { inOrder } from './in-order.js';

class Item implements Disposable {
  static alive = 0;
  constructor(readonly n: number) {
    Item.alive++;
  }
  [Symbol.dispose](): void {
    Item.alive--;
  }
}

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 0; n < to; n++) {
    await turn();
    yield n;
  }
}

const after = async (turns: number): Promise<void> => {
  for (let i = 0; i < turns; i++) await turn();
};

test('results come in the order of the items, whatever finishes first', async () => {
  const seen: number[] = [];
  for await (const item of inOrder(count(20), async (n) => (await after((20 - n) % 7), new Item(n)), { window: () => 4 })) {
    seen.push(item.n);
    item[Symbol.dispose]();
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, (_, n) => n),
  );
  assert.equal(Item.alive, 0);
});

test('no more than the window is at work', async () => {
  let atWork = 0;
  let most = 0;
  const work = async (n: number): Promise<Item> => {
    most = Math.max(most, ++atWork);
    await after(3);
    atWork--;
    return new Item(n);
  };
  for await (const item of inOrder(count(30), work, { window: () => 3 })) item[Symbol.dispose]();
  assert.equal(most, 3);
});

test('a finished result is given out while the source is silent', async () => {
  async function* oneThenSilence(silence: Promise<void>): AsyncGenerator<number> {
    yield 0;
    await silence;
  }
  let speak = (): void => {};
  const flow = inOrder(oneThenSilence(new Promise((resolve) => (speak = resolve))), async (n) => new Item(n), { window: () => 8 });
  const { value } = await flow.next();
  assert.equal(value?.n, 0);
  value?.[Symbol.dispose]();
  speak();
  assert.equal((await flow.next()).done, true);
});

test('leaving early disposes what was not given out', async () => {
  for await (const item of inOrder(count(50), async (n) => new Item(n), { window: () => 5 })) {
    item[Symbol.dispose]();
    if (item.n === 7) break;
  }
  assert.equal(Item.alive, 0);
});

test('a failing item fails the flow in its turn, after those before it', async () => {
  const seen: number[] = [];
  const flow = inOrder(count(10), async (n) => (n === 4 ? Promise.reject(new Error('four')) : new Item(n)), { window: () => 6 });
  await assert.rejects(async () => {
    for await (const item of flow) {
      seen.push(item.n);
      item[Symbol.dispose]();
    }
  }, /four/);
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.equal(Item.alive, 0);
});

test('a failing source gives out what came before', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield* count(3);
    throw new Error('cable');
  }
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const item of inOrder(broken(), async (n) => (await after(5), new Item(n)), { window: () => 8 })) {
      seen.push(item.n);
      item[Symbol.dispose]();
    }
  }, /cable/);
  assert.deepEqual(seen, [0, 1, 2]);
});

test('stop takes nothing further up and finishes what is at work', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const item of inOrder(count(1000), async (n) => (await after(2), new Item(n)), { window: () => 4, stop: stop.signal })) {
    seen.push(item.n);
    item[Symbol.dispose]();
    if (item.n === 5) stop.abort();
  }
  assert.ok(seen.length >= 6 && seen.length <= 12, `${seen.length}`);
  assert.deepEqual(
    seen,
    seen.map((_, n) => n),
  );
  assert.equal(Item.alive, 0);
});
