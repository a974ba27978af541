import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { ENROLMENT_RULES, type FaceRecognizer, type KnownFaces, type RecognizedFace, openFaceRecognizer, rgbPicture } from 'ocellus/faces';
import { type Engine, createEngine } from 'ocellus/inference';
import { libavMedia } from 'ocellus/media';
import { createZoo } from 'ocellus/models';
import { asset, needs } from '../dist/testing/assets.js';

/** Faces on real photographs and footage, with networks from installed npm packages alone. Names are those of the files. */
const CLIP = 'videos/short_hamilton_clip.mp4';
const CROWD = 'images/people-pexels/pexels-pixabay-34291.jpg';
const PORTRAITS = ['lin-manuel-miranda.png', 'alex-lacamoire.png', 'obama.jpg', 'biden.jpg'];
const known = (name: string): string => `images/faces-known/${name}`;

let folder: string;
let engine: Engine;
let recognizer: FaceRecognizer;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-faces-'));
  engine = createEngine();
  const models = createZoo({ cacheFolder: folder, cwd: import.meta.dirname, env: { npm_config_offline: 'true' }, retries: 0 });
  recognizer = await openFaceRecognizer({ engine, models });
});
after(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Every n-th frame; a photograph has one. */
async function* frames(path: string, every = 1) {
  await using source = await libavMedia().open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    if (held.number % every === 0) yield held;
  }
}

async function recognizeFile(path: string, faces?: KnownFaces): Promise<RecognizedFace[]> {
  for await (const frame of frames(path)) return await recognizer.recognize(frame, faces);
  return assert.fail(`${path} has no picture`);
}

/** Exact search in a few faces; each file's only face under the file's name. */
async function galleryOf(names: readonly string[]): Promise<KnownFaces> {
  const enrolled: { readonly name: string; readonly vector: Float32Array }[] = [];
  for (const name of names)
    for await (const frame of frames(asset(known(name)))) {
      const [face, ...others] = await recognizer.look(frame, { quality: ENROLMENT_RULES });
      assert.deepEqual([others.length, face?.quality.refusals], [0, []], name);
      enrolled.push({ name, vector: face!.vector!.values });
    }
  const distance = (a: Float32Array, b: Float32Array): number => 1 - a.reduce((sum, x, at) => sum + x * b[at]!, 0);
  return {
    nearest: async ({ values }) =>
      enrolled.map(({ name, vector }) => ({ name, distance: distance(vector, values) })).toSorted((a, b) => a.distance - b.distance)[0],
  };
}

const nameOf = ({ identity }: RecognizedFace): string => (identity.kind === 'known' ? identity.name : 'unknown');

test('on footage the man of the close shots is named, and nobody else', needs(CLIP, ...PORTRAITS.map(known)), async () => {
  const gallery = await galleryOf(PORTRAITS);
  const named: number[] = [];
  let others = 0;
  for await (const frame of frames(asset(CLIP), 6))
    for (const face of await recognizer.recognize(frame, gallery)) {
      // Frames 80 to 210 are one shot of one man, enrolled as the first; before it he is far off, and in all other shots there are others.
      const isHis = frame.number >= 80 && frame.number <= 210;
      if (nameOf(face) === 'unknown') others++;
      else {
        assert.deepEqual([isHis, nameOf(face)], [true, PORTRAITS[0]], `frame ${frame.number}: ${JSON.stringify(face.identity)}`);
        named.push(frame.number);
      }
    }
  assert.ok(named.length >= 16, `named on ${named.length} of the 22 frames looked at: ${named.join(' ')}`);
  assert.ok(others >= 20, `${others} faces of others`);
});

test(
  'people of one photograph are told on another',
  needs(known('obama_and_biden.jpg'), known('two_people.jpg'), ...PORTRAITS.map(known)),
  async () => {
    const gallery = await galleryOf(PORTRAITS);
    const names = async (file: string) =>
      (await recognizeFile(asset(known(file)), gallery))
        .filter(({ vector }) => vector)
        .toSorted((a, b) => a.box.x1 - b.box.x1)
        .map(nameOf);
    assert.deepEqual(await names('two_people.jpg'), ['obama.jpg', 'biden.jpg']);
    assert.deepEqual((await names('obama_and_biden.jpg')).slice(0, 2), ['biden.jpg', 'obama.jpg']);
  },
);

test('a crowd: nearly all of its faces, too small to be named, none of them twice', needs(CROWD, known('obama.jpg')), async () => {
  const faces = await recognizeFile(asset(CROWD), await galleryOf(['obama.jpg']));
  // 75 faces or so can be counted on it whose two eyes are to be seen.
  assert.ok(faces.length >= 70 && faces.length <= 80, `${faces.length} faces`);
  assert.deepEqual([...new Set(faces.map(nameOf))], ['unknown']);
});

const SAMPLES = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));

test('all 22 faces of six photographs, and nothing else', async () => {
  const counts: number[] = [];
  for (const n of [1, 2, 3, 4, 5, 6]) counts.push((await recognizeFile(join(SAMPLES, 'demo', `sample${n}.jpg`))).length);
  assert.deepEqual(counts, [3, 3, 3, 4, 5, 4]);
});

test('RGB in memory gives the same face as a decoded frame', async () => {
  for await (const frame of frames(join(SAMPLES, 'demo', 'sample3.jpg'))) {
    const { size } = frame;
    const data = await frame.render({ size, order: 'rgb', layout: 'packed' });
    const [of, again] = [await recognizer.look(frame), await recognizer.look(rgbPicture({ size, data }))];
    const likeness = of[0]!.vector!.values.reduce((sum, x, at) => sum + x * again[0]!.vector!.values[at]!, 0);
    assert.ok(likeness > 0.95, `${likeness}`);
  }
});
