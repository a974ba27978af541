import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createMedia } from '../../media/index.js';
import { createZoo } from '../../models/index.js';
import { type CutOut, isInside } from './cut-out.js';
import { PEOPLE, type PersonName } from './people.js';
import { cutPeopleOut } from './scene.js';
import { boundsOf } from './sprite.js';

let folder: string;
let cutOuts: Map<PersonName, CutOut>;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-cut-out-'));
  // Photographs and net are in installed packages; the cache takes the converted net.
  cutOuts = await cutPeopleOut({ zoo: createZoo({ cacheFolder: folder }), media: createMedia() });
});
after(() => rm(folder, { recursive: true }));

const alphaAt = ({ size, rgba }: CutOut, x: number, y: number): number =>
  rgba[(Math.floor(y * size.height) * size.width + Math.floor(x * size.width)) * 4 + 3]!;

test('everyone is cut out whole: one figure from the top of the picture to its lower edge, most of it solid', () => {
  for (const [name, cutOut] of cutOuts) {
    const { size, rgba } = cutOut;
    const { y, height, width } = boundsOf(cutOut, 0.5);
    assert.ok(y < size.height * 0.2, `${name} begins at row ${y} of ${size.height}`);
    assert.ok(y + height > size.height * 0.9, `${name} ends at row ${y + height} of ${size.height}`);
    assert.ok(width > size.width * 0.35, `${name} is ${width} wide of ${size.width}`);
    const alphas = Array.from({ length: rgba.length / 4 }, (_, i) => rgba[i * 4 + 3]!);
    const soft = alphas.filter((alpha) => alpha > 0.05 && alpha < 0.95).length / alphas.filter((alpha) => alpha > 0.05).length;
    assert.ok(soft < 0.12, `${name}: ${soft} of the figure is half transparent`);
  }
  assert.equal(cutOuts.size, Object.keys(PEOPLE).length);
});

test('the background is gone and the person is there, where a look at the photographs says so', () => {
  // Face, chest, and two places of background beside the head, in fractions of the crop.
  const places: readonly [PersonName, number, number, boolean][] = [
    ['stripes', 0.5, 0.25, true],
    ['stripes', 0.5, 0.75, true],
    ['stripes', 0.08, 0.1, false],
    ['stripes', 0.9, 0.1, false],
    ['yellow', 0.5, 0.2, true],
    ['yellow', 0.5, 0.5, true],
    // The two who stand behind: a woman to the left, a man to the right.
    ['yellow', 0.05, 0.4, false],
    ['yellow', 0.9, 0.25, false],
    ['red', 0.75, 0.8, true],
    ['red', 0.1, 0.9, false],
  ];
  for (const [name, x, y, isPerson] of places) {
    const alpha = alphaAt(cutOuts.get(name)!, x, y);
    assert.ok(isPerson ? alpha > 0.95 : alpha < 0.05, `${name} at ${x}, ${y}: alpha ${alpha}`);
  }
});

test('the soft edge of the woman before a teal wall has no teal in it', () => {
  const { rgba } = cutOuts.get('stripes')!;
  let [edge, teal] = [0, 0];
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b, alpha] = rgba.subarray(i, i + 4) as unknown as [number, number, number, number];
    if (alpha < 0.1 || alpha > 0.8) continue;
    edge++;
    // The wall is about (20, 180, 165).
    if (Math.hypot(r - 20, g - 180, b - 165) < 45) teal++;
  }
  assert.ok(edge > 500, `${edge} pixels of edge`);
  assert.ok(teal / edge < 0.1, `${teal} of ${edge}`);
});

test('a polygon knows its inside, dents included', () => {
  const dented = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0.5, y: 0.4 },
    { x: 0, y: 1 },
  ];
  assert.deepEqual(
    [
      [0.5, 0.2],
      [0.1, 0.7],
      [0.5, 0.7],
      [1.2, 0.5],
    ].map(([x, y]) => isInside({ x: x!, y: y! }, dented)),
    [true, true, false, false],
  );
});
