import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Landmarks } from '../../vision/index.js';
import type { RgbPicture } from '../port.js';
import { RIGID_POINTS } from './canonical-face.js';
import type { FaceNetworks } from './face-networks.js';
import { FaceTracker } from './face-tracker.js';

const SIZE = { width: 640, height: 480 };
/** Red tells x, green y: by the colours of its crop a network knows where it looks. */
const PICTURE: RgbPicture = (() => {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (let y = 0; y < SIZE.height; y++)
    for (let x = 0; x < SIZE.width; x++) data.set([(x * 255) / SIZE.width, (y * 255) / SIZE.height, 0], (y * SIZE.width + x) * 3); // prettier-ignore
  return { size: SIZE, data };
})();

/** A face that looks ahead: the origin of its canonical face, and pixels a centimetre. */
interface There {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface View {
  readonly left: number;
  readonly top: number;
  readonly perPixel: number;
}

function viewOf(crop: Uint8Array, side: number): View {
  const at = (u: number, v: number): [number, number] => {
    const i = (v * side + u) * 3;
    return [(crop[i]! * SIZE.width) / 255, (crop[i + 1]! * SIZE.height) / 255];
  };
  const [a, b] = [Math.round(side * 0.3), Math.round(side * 0.7)];
  const [[x1, y1], [x2]] = [at(a, a), at(b, a)];
  const perPixel = Math.max(0.05, (x2 - x1) / (b - a));
  return { left: x1 - a * perPixel, top: y1 - a * perPixel, perPixel };
}

/** Networks that see the faces of `scene` where they are, and count what they are asked. */
function fakeNetworks(scene: { faces: readonly There[] }) {
  const calls = { faces: 0, mesh: 0, eyes: 0 };
  const mesh = ({ x, y, scale }: There, { left, top, perPixel }: View): Landmarks => {
    const [points, depths] = [new Float32Array(468 * 3), new Float32Array(468)];
    // What is not rigid lies in the middle of the face.
    for (let index = 0; index < 468; index++) points.set([(x - left) / perPixel, (y - top) / perPixel, 1], index * 3);
    for (const { index, at } of RIGID_POINTS) {
      points.set([(x + at[0] * scale - left) / perPixel, (y - at[1] * scale - top) / perPixel, 1], index * 3);
      depths[index] = (-at[2] * scale) / perPixel;
    }
    return { kind: 'landmarks', points, depths, score: 1 };
  };
  const networks: FaceNetworks = {
    async faces() {
      calls.faces++;
      const k = 256 / SIZE.width;
      const boxes = scene.faces.flatMap(({ x, y, scale }) => [x - 9 * scale, y - 9 * scale, x + 9 * scale, y + 9 * scale].map((value, i) => (i % 2 === 0 ? value * k : (value + 80) * k)));
      const points = scene.faces.flatMap(({ x, y, scale }) => [(x - 3 * scale) * k, (y + 80) * k, 1, (x + 3 * scale) * k, (y + 80) * k, 1]);
      const count = scene.faces.length;
      return { kind: 'detections', boxes: Float32Array.from(boxes), scores: new Float32Array(count).fill(0.9), classIds: new Int32Array(count), points: Float32Array.from(points) };
    },
    async mesh(crop) {
      calls.mesh++;
      const view = viewOf(crop, 192);
      const [x, y] = [view.left + 96 * view.perPixel, view.top + 96 * view.perPixel];
      const face = scene.faces.find((there) => Math.hypot(there.x - x, there.y - y) < 9 * there.scale);
      return face ? mesh(face, view) : { kind: 'landmarks', points: new Float32Array(468 * 3), depths: new Float32Array(468), score: 0.1 };
    },
    async eyes(crops) {
      calls.eyes++;
      return crops.map(() => {
        const points = new Float32Array(76 * 3);
        const lid = (index: number, u: number, v: number): void => points.set([u, v, 1], index * 3);
        for (let k = 0; k <= 8; k++) lid(k, 18 + k * 3.5, 32 + Math.sin((k * Math.PI) / 8) * 4);
        for (let k = 1; k < 8; k++) lid(8 + k, 18 + k * 3.5, 32 - Math.sin((k * Math.PI) / 8) * 5);
        [[32, 32], [38, 32], [32, 26], [26, 32], [32, 38]].forEach(([u, v], k) => lid(71 + k, u!, v!)); // prettier-ignore
        return { kind: 'landmarks', points, score: 1 };
      });
    },
    async [Symbol.asyncDispose]() {},
  }; // prettier-ignore
  return { networks, calls };
}

const LARGE: There = { x: 200, y: 240, scale: 12 };
const SMALL: There = { x: 480, y: 240, scale: 8 };
const ALL = 0xffffffff;

function setUp(faces: readonly There[], multiPerson = false) {
  const scene = { faces };
  const { networks, calls } = fakeNetworks(scene);
  const tracker = new FaceTracker(networks, { temporal: ALL, multiPerson });
  let frame = 0;
  const next = async (count = 1) => {
    let seen = await tracker.track(PICTURE, frame++ / 25);
    for (let i = 1; i < count; i++) seen = await tracker.track(PICTURE, frame++ / 25);
    return seen;
  };
  return { scene, calls, next };
}

test('the largest face is taken, and the detector rests while it is there', async () => {
  const { next, calls } = setUp([SMALL, LARGE]);
  const [face] = await next(20);
  assert.equal(face!.id, 1);
  assert.ok(Math.abs(face!.box.x1 + face!.box.x2 - 400) < 30 && Math.abs(face!.scale - 6.3 * 12) < 6, JSON.stringify(face!.box));
  assert.ok(Math.abs(face!.head.yaw) < 5 && Math.abs(face!.head.pitch) < 5);
  assert.equal(calls.faces, 1);
  assert.ok(calls.mesh <= 22, `${calls.mesh} meshes`);
});

test('a face that grows larger than the followed one does not take its place', async () => {
  const { next, scene } = setUp([LARGE, SMALL]);
  await next(5);
  scene.faces = [LARGE, { ...SMALL, scale: 16 }];
  const faces = await next(10);
  assert.equal(faces.length, 1);
  assert.ok(faces[0]!.box.x2 < 400);
});

test('a face that comes back within a second keeps its id, later it gets another', async () => {
  const { next, scene } = setUp([LARGE]);
  await next(5);
  scene.faces = [];
  assert.deepEqual(await next(20), []);
  scene.faces = [LARGE];
  assert.equal((await next())[0]!.id, 1);
  scene.faces = [];
  await next(40);
  scene.faces = [LARGE];
  assert.equal((await next())[0]!.id, 2);
});

test('while the followed face is missed, another one is not taken for it; afterwards it is', async () => {
  const { next, scene } = setUp([LARGE, SMALL]);
  await next(5);
  scene.faces = [SMALL];
  assert.deepEqual(await next(20), []);
  assert.equal((await next(10))[0]!.id, 2);
});

test('of several people each is followed under an id of its own, and who comes later is found', async () => {
  const { next, scene } = setUp([LARGE], true);
  assert.equal((await next(3)).length, 1);
  scene.faces = [SMALL, LARGE];
  const faces = await next(20);
  assert.deepEqual(faces.map(({ id }) => id), [1, 2]); // prettier-ignore
  assert.ok(faces[0]!.box.x1 < faces[1]!.box.x1);
});

test('a picture of the wrong length is refused', async () => {
  const { networks } = fakeNetworks({ faces: [] });
  const tracker = new FaceTracker(networks, { temporal: ALL, multiPerson: false });
  await assert.rejects(tracker.track({ size: SIZE, data: new Uint8Array(10) }, 0), /640x480 in packed RGB has 921600 bytes, got 10/);
});
