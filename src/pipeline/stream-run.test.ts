import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Fault, Frame, liveFrames } from '../core/index.js';
import { packedPixels } from '../media/index.js';
import { type Board, type Draft, type NodeFindings, NOTHING } from './nodes/board.js';
import type { GraphNode } from './nodes/port.js';
import { Graph } from './graph.js';
import { Held } from './held.js';
import { StreamRun } from './stream-run.js';

const SIZE = { width: 4, height: 2 };
const frame = (number: number): Frame =>
  Frame.of(
    packedPixels(`frame ${number}`, SIZE, () => new Uint8Array(24)),
    { stream: 'a', number, pts: { ticks: BigInt(number), timeBase: { num: 1, den: 10 } }, size: SIZE },
  );
const draft = (node: string, classId: number): Draft => ({
  node,
  label: `${node} ${classId}`,
  classId,
  confidence: 1,
  box: { x1: 0, y1: 0, x2: 1, y2: 1 },
  attributes: NOTHING,
});
const found = (...made: Draft[]): NodeFindings => ({ inferred: true, objects: made, made });

type Look = (board: Board) => NodeFindings | Promise<NodeFindings>;
const node = (name: string, look: Look, { reads = [], ordered = false }: { reads?: readonly string[]; ordered?: boolean } = {}): GraphNode => ({
  name,
  reads,
  ordered,
  summary: name,
  open: () => ({ look }),
  [Symbol.asyncDispose]: async () => {},
});
const graphOf = (...nodes: GraphNode[]): Graph =>
  new Graph(
    nodes.map((each) => new Held(each)),
    [],
    assert.ifError,
  );
const idle = new AbortController().signal;

/** Numbers with a fixed seed: what passes once passes always. */
function random(seed = 1): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test('a node sees what the nodes it reads said of that very frame, whatever their speed, the first frame included', async () => {
  const next = random();
  const slow =
    (name: string): Look =>
    async ({ frame: { number } }) => {
      await sleep(next() * 8);
      return found(draft(name, number));
    };
  const seen: number[][] = [];
  const join: Look = ({ frame: { number }, of }) => {
    seen.push([number, of('left').objects[0]!.classId, of('right').objects[0]!.classId]);
    return found();
  };
  const run = new StreamRun(
    graphOf(node('left', slow('left')), node('right', slow('right')), node('join', join, { reads: ['left', 'right'], ordered: true })),
    { stream: 'a' },
  );
  // Thirty frames at once, none of them held back.
  const results = await Promise.all(Array.from({ length: 30 }, (_, n) => run.look(frame(n), idle)));
  assert.deepEqual(
    seen,
    Array.from({ length: 30 }, (_, n) => [n, n, n]),
  );
  for (const { result } of results) result[Symbol.dispose]();
  assert.equal(liveFrames(), 0);
});

test('objects are numbered in the order of the nodes, not in the order in which they were done', async () => {
  const late: Look = async () => (await sleep(5), found(draft('late', 1), draft('late', 2)));
  const run = new StreamRun(
    graphOf(
      node('late', late),
      node('early', () => found(draft('early', 3))),
    ),
    { stream: 'a' },
  );
  const { result } = await run.look(frame(0), idle);
  using _ = result;
  assert.deepEqual(
    result.objects.map(({ id, label }) => [id, label]),
    [
      [0, 'late 1'],
      [1, 'late 2'],
      [2, 'early 3'],
    ],
  );
  assert.deepEqual(
    result.of('early').map(({ id }) => id),
    [2],
  );
});

test('what a node gives on without having made it stands in the results once', async () => {
  const passOn: Look = ({ of }) => {
    const { objects } = of('people');
    for (const [at, object] of objects.entries()) object.trackId = at + 1;
    return { inferred: true, objects: objects.slice(1), made: NOTHING };
  };
  const people: Look = () => found(draft('people', 0), draft('people', 1));
  const run = new StreamRun<'people' | 'tracker'>(graphOf(node('people', people), node('tracker', passOn, { reads: ['people'], ordered: true })), {
    stream: 'a',
  });
  const { result } = await run.look(frame(0), idle);
  using _ = result;
  assert.deepEqual(
    result.objects.map(({ trackId }) => trackId),
    [1, 2],
  );
  assert.deepEqual(result.of('tracker'), [result.objects[1]]);
});

test('a node that fails fails its frame with its fault, when every other node is done with the frame', async () => {
  let busy = true;
  const slow: Look = async () => (await sleep(10), (busy = false), found());
  const broken: Look = () => {
    throw new Fault('INPUT_CORRUPT', 'no such picture');
  };
  const run = new StreamRun(
    graphOf(
      node('slow', slow),
      node('broken', broken),
      node('after', () => found(), { reads: ['broken'] }),
    ),
    { stream: 'a' },
  );
  await assert.rejects(run.look(frame(0), idle), { code: 'INPUT_CORRUPT', message: 'no such picture' });
  assert.equal(busy, false);
  assert.equal(liveFrames(), 0);
});

test('what a frame under way still needs is closed when it is through, and once, however often the graph changes meanwhile', async () => {
  const closed: string[] = [];
  let pass = (): void => {};
  const passed = new Promise<void>((resolve) => (pass = resolve));
  const watched = (name: string, look: Look): GraphNode => ({
    ...node(name, look),
    open: () => ({ look, close: () => void closed.push(name) }),
  });
  const slow = new Held(watched('slow', async () => (await passed, found())));
  const [first, second, third] = [
    new Graph([slow], [], assert.ifError),
    new Graph([slow.retain()], [], assert.ifError),
    graphOf(watched('other', () => found())),
  ];
  const run = new StreamRun(first, { stream: 'a' });
  const looking = run.look(frame(0), idle);
  run.turnTo(second);
  run.turnTo(third);
  assert.deepEqual(closed, []);
  pass();
  (await looking).result[Symbol.dispose]();
  assert.deepEqual(closed, ['slow']);
  run.close();
  run.turnTo(second);
  assert.deepEqual(closed, ['slow', 'other']);
  assert.equal(liveFrames(), 0);
});
