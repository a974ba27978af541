import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from 'ocellus/core';
import { libavMedia } from 'ocellus/media';
import { createZoo, yolo } from 'ocellus/models';
import { openModelHost } from 'ocellus/models/instance';
import { type Detections, fit } from 'ocellus/vision';

/**
 * No weights of YOLO v5 to v26 with a permissive licence are to be had from npm, so their layouts are checked by encoding: what NanoDet and
 * MoveNet find on a real photograph is written as each version would have said it, among the weaker copies and the noise that such networks give,
 * and must come out again.
 */
const PHOTO = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo/sample6.jpg');
const SIZE = { width: 416, height: 416 };
const CLASSES = 80;
const BOXES = 3549;
const CONFIDENCE = 0.3;

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-yolo-'))));
after(() => rm(folder, { recursive: true }));

async function realDetections(name: string): Promise<Detections> {
  const zoo = createZoo({ cacheFolder: folder, cwd: import.meta.dirname, retries: 0 });
  await using host = await openModelHost(await zoo.named(name));
  const { fit: target } = host.definition.picture!;
  const { width, height } = target.size;
  await using source = await libavMedia().open(PHOTO);
  for await (const frame of source.frames()) {
    using held = frame;
    const shape = target.layout === 'planar' ? [1, 3, height, width] : [1, height, width, 3];
    const data = await held.render(fit(held.size, target).request);
    const { results } = await host.execute([
      { inputs: [{ name: 'picture', datatype: 'UINT8', shape, data }], answer: 'decoded', thresholds: { confidence: CONFIDENCE } },
    ]);
    const found = results[0] && 'answers' in results[0] ? results[0].answers[0] : undefined;
    assert.ok(found?.kind === 'detections', found?.kind);
    return found;
  }
  return assert.fail('no picture');
}

/** Repeatable numbers between 0 and 1 (Park and Miller 1988). */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** One box of a network's output before it is laid out. */
interface Cell {
  readonly corners: readonly number[];
  readonly score: number;
  readonly classId: number;
  readonly points: readonly number[];
}

/** The real detections, each with a weaker copy a pixel away, at places spread over noise below the threshold. */
function cellsOf({ boxes, scores, classIds, points }: Detections, copies: boolean): Cell[] {
  const next = random(7);
  const each = points ? points.length / scores.length : 0;
  const cells = Array.from({ length: BOXES }, (): Cell => {
    const [x, y] = [next() * SIZE.width, next() * SIZE.height];
    const noise = Array.from({ length: each }, () => next());
    return { corners: [x, y, x + 40 * next(), y + 40 * next()], score: next() * 0.25, classId: Math.floor(next() * CLASSES), points: noise };
  });
  scores.forEach((score, i) => {
    const corners = [...boxes.subarray(i * 4, i * 4 + 4)];
    const real = { corners, score, classId: classIds[i]!, points: [...(points?.subarray(i * each, (i + 1) * each) ?? [])] };
    cells[(i + 1) * 97] = real;
    if (copies) cells[(i + 1) * 97 + 1] = { ...real, corners: corners.map((value) => value + 1), score: score * 0.9 };
  });
  return cells;
}

const centred = ([x1, y1, x2, y2]: readonly number[]): number[] => [(x1! + x2!) / 2, (y1! + y2!) / 2, x2! - x1!, y2! - y1!];
const scoresOf = ({ classId, score }: Cell, classes: number): number[] =>
  Array.from({ length: classes }, (_, i) => (i === classId ? score : score / 20));
const OBJECTNESS = 0.95;

const ROWS: Readonly<Record<string, (cell: Cell, classes: number) => number[]>> = {
  v5: (cell, classes) => [...centred(cell.corners), OBJECTNESS, ...scoresOf({ ...cell, score: cell.score / OBJECTNESS }, classes), ...cell.points],
  v8: (cell, classes) => [...centred(cell.corners), ...scoresOf(cell, classes), ...cell.points],
  v10: (cell) => [...cell.corners, cell.score, cell.classId, ...cell.points],
};

function tensorOf(version: string, cells: readonly Cell[], classes: number): Tensor {
  const rows = cells.map((cell) => ROWS[version]!(cell, classes));
  const width = rows[0]!.length;
  if (version !== 'v8') return { name: 'out', datatype: 'FP32', shape: [1, rows.length, width], data: Float32Array.from(rows.flat()) };
  const data = Float32Array.from({ length: rows.length * width }, (_, at) => rows[at % rows.length]![Math.floor(at / rows.length)]!);
  return { name: 'out', datatype: 'FP32', shape: [1, width, rows.length], data };
}

function same(found: Detections, expected: Detections, what: string): void {
  assert.deepEqual([...found.classIds], [...expected.classIds], what);
  for (const column of ['boxes', 'scores', 'points'] as const) {
    assert.equal(found[column]?.length, expected[column]?.length, `${what}: ${column}`);
    // Centre and size are halved and added again in single precision.
    found[column]?.forEach((value, i) => assert.ok(Math.abs(value - expected[column]![i]!) < 1e-3, `${what}: ${column} ${i}`));
  }
}

function check(version: string, real: Detections, classes: number, keyPoints: number): void {
  const output = tensorOf(version, cellsOf(real, version !== 'v10').slice(0, version === 'v10' ? 1000 : BOXES), classes);
  const head = {
    type: 'yolo',
    outputs: { output: 'out' },
    confidence: CONFIDENCE,
    maximumIou: 0.6,
    limit: 300,
    settings: { version, keyPoints },
  };
  const decoder = yolo.create(head, { inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape: output.shape }] }, SIZE);
  same(decoder.decode([output], 0), real, version);
}

test('real objects come out of the layout of each version as they went in', async () => {
  const real = await realDetections('coco-nanodet');
  assert.ok(real.scores.length >= 3, 'there is something to compare');
  for (const version of Object.keys(ROWS)) check(version, real, CLASSES, 0);
});

test('real people with 17 joints come out of the pose layout of each version', async () => {
  const real = await realDetections('movenet-multipose');
  assert.equal(real.points!.length, real.scores.length * 17 * 3);
  for (const version of Object.keys(ROWS)) check(version, real, 1, 17);
});
