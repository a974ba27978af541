import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeatMap, renderHeat } from './heat-map.js';
import { type SceneObject, sceneFrame } from './track-scene.js';

const SIZE = { width: 960, height: 480 };
const run = (objectsAt: (frame: number) => SceneObject[], frames: number, fps = 10) => {
  const heat = createHeatMap({ cells: 48 });
  for (let frame = 0; frame < frames; frame++) heat.update(sceneFrame({ frame, fps, size: SIZE, objects: objectsAt(frame) }));
  return heat;
};
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const near = (value: number, wanted: number): void => assert.ok(Math.abs(value - wanted) < 1e-6, `${value}, not ${wanted}`);

test('who stands ten seconds leaves ten seconds in the cell of their feet, at any frame rate', () => {
  for (const fps of [5, 25]) {
    const heat = run(() => [{ feet: { x: 500, y: 250 }, trackId: 1 }], 10 * fps + 1, fps).seconds()!;
    assert.deepEqual(heat.size, { width: 48, height: 24 });
    near(heat.seconds[12 * 48 + 25]!, 10);
    near(total(heat.seconds), 10);
  }
});

test('labels are kept apart and added up; untracked objects leave nothing', () => {
  const heat = run(
    () => [{ feet: { x: 100, y: 100 }, trackId: 1 }, { feet: { x: 800, y: 400 }, trackId: 2, label: 'vehicle' }, { feet: { x: 500, y: 250 } }],
    11,
  );
  assert.deepEqual(heat.labels(), ['person', 'vehicle']);
  near(total(heat.seconds('vehicle')!.seconds), 1);
  near(total(heat.seconds()!.seconds), 2);
});

test('a gap is not standing, and feet below the picture count in its last row', () => {
  const heat = run(() => [{ feet: { x: 0, y: 700 }, trackId: 1 }], 2, 1 / 60).seconds()!;
  near(heat.seconds[23 * 48]!, 1);
});

test('the picture is clear where nobody was and grows lighter with time', () => {
  const heat = createHeatMap({ cells: 48 });
  for (let frame = 0; frame <= 100; frame++) {
    const objects = [{ feet: { x: 200, y: 240 }, trackId: 1 }, ...(frame < 20 ? [{ feet: { x: 700, y: 240 }, trackId: 2 }] : [])];
    heat.update(sceneFrame({ frame, size: SIZE, objects }));
  }
  const { size, rgba } = renderHeat(heat.seconds()!);
  const pixel = (x: number, y: number): number[] => [...rgba.subarray((y * size.width + x) * 4, (y * size.width + x) * 4 + 4)];
  const luma = ([red, green, blue]: number[]): number => 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  assert.deepEqual(pixel(24, 2), [0, 0, 0, 0]);
  assert.ok(luma(pixel(10, 12)) > luma(pixel(35, 12)));
  assert.ok(pixel(35, 12)[3]! > 100);
});

test('the order of colours is even in lightness: each step of the map is lighter than the one before', () => {
  const seconds = Float64Array.from({ length: 64 }, (_, n) => (n + 1) ** 2);
  const { rgba } = renderHeat({ size: { width: 64, height: 1 }, seconds });
  const lumas = Array.from({ length: 57 }, (_, n) => 0.2126 * rgba[4 * n + 16]! + 0.7152 * rgba[4 * n + 17]! + 0.0722 * rgba[4 * n + 18]!);
  lumas.slice(1).forEach((luma, n) => assert.ok(luma >= lumas[n]!, `step ${n}: ${lumas[n]} to ${luma}`));
});

test('nothing seen: no grid before the first frame, a clear picture after it', () => {
  assert.equal(createHeatMap().seconds(), undefined);
  assert.ok(renderHeat(run(() => [], 3).seconds()!).rgba.every((byte) => byte === 0));
});
