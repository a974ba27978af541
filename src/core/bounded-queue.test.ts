import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedQueue, type QueuePolicy } from './bounded-queue.js';

class Item implements Disposable {
  disposed = 0;
  constructor(readonly n: number) {}
  [Symbol.dispose](): void {
    this.disposed++;
  }
}

const queueOf = (policy: QueuePolicy) => new BoundedQueue<Item>(policy);
const itemsOf = (count: number): Item[] => Array.from({ length: count }, (_, n) => new Item(n));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function drained(queue: BoundedQueue<Item>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of queue) seen.push(item.n);
  return seen;
}

test('items come out in order, and the end after the last', async () => {
  const queue = queueOf({ capacity: 8, overflow: 'block' });
  for (const item of itemsOf(3)) assert.equal(await queue.push(item), true);
  queue.end();
  assert.deepEqual(await drained(queue), [0, 1, 2]);
});

test('block: a full queue makes the producer wait, and loses nothing', async () => {
  const queue = queueOf({ capacity: 2, overflow: 'block' });
  let pushed = 0;
  const producer = (async () => {
    for (const item of itemsOf(5)) {
      await queue.push(item);
      pushed++;
    }
    queue.end();
  })();
  await turn();
  assert.equal(pushed, 2);
  assert.deepEqual(await drained(queue), [0, 1, 2, 3, 4]);
  await producer;
  assert.equal(queue.dropped, 0);
});

test('drop-oldest: the newest win, the losers are disposed and counted', async () => {
  const queue = queueOf({ capacity: 2, overflow: 'drop-oldest' });
  const items = itemsOf(5);
  for (const item of items) assert.equal(await queue.push(item), true);
  queue.end();
  assert.deepEqual(await drained(queue), [3, 4]);
  assert.equal(queue.dropped, 3);
  assert.deepEqual(
    items.map(({ disposed }) => disposed),
    [1, 1, 1, 0, 0],
  );
});

test('drop-newest: the first stay', async () => {
  const queue = queueOf({ capacity: 2, overflow: 'drop-newest' });
  const items = itemsOf(4);
  for (const item of items) assert.equal(await queue.push(item), true);
  queue.end();
  assert.deepEqual(await drained(queue), [0, 1]);
  assert.equal(queue.dropped, 2);
  assert.equal(items[3]!.disposed, 1);
});

test('a reader that leaves disposes what is queued, and the producer is told', async () => {
  const queue = queueOf({ capacity: 2, overflow: 'block' });
  const [first, second, late] = itemsOf(3) as [Item, Item, Item];
  await queue.push(first);
  await queue.push(second);
  for await (const item of queue) {
    assert.equal(item, first);
    break;
  }
  assert.equal(await queue.push(late), false);
  assert.deepEqual([second.disposed, late.disposed], [1, 1]);
  assert.equal(first.disposed, 0, 'what was handed over belongs to the reader');
  assert.equal(queue.length, 0);
});

test('a producer that waits is let go when the reader leaves', async () => {
  const queue = queueOf({ capacity: 1, overflow: 'block' });
  const [queued, waiting] = itemsOf(2) as [Item, Item];
  await queue.push(queued);
  const pushed = queue.push(waiting);
  queue.close();
  assert.equal(await pushed, false);
  assert.deepEqual([queued.disposed, waiting.disposed], [1, 1]);
});

test('a failure reaches the reader after what was queued; the first one counts', async () => {
  const queue = queueOf({ capacity: 4, overflow: 'block' });
  await queue.push(new Item(7));
  queue.fail(new Error('first'));
  queue.fail(new Error('second'));
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const item of queue) seen.push(item.n);
  }, /first/);
  assert.deepEqual(seen, [7]);
});

test('a waiting reader wakes for an item and for the end', async () => {
  const queue = queueOf({ capacity: 1, overflow: 'block' });
  const reading = drained(queue);
  await turn();
  await queue.push(new Item(1));
  await turn();
  queue.end();
  assert.deepEqual(await reading, [1]);
});
