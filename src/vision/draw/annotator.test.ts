import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameMeta, ObjectMeta } from '../../core/index.js';
import { type AnnotatorOptions, createAnnotator } from './annotator.js';
import { colourOfName, colourOfNumber } from './colours.js';
import { readableOn } from './painter.js';
import type { BoxShape, PathShape, Rgb, Shape, TextShape } from './shape.js';

const object = (rest: Partial<ObjectMeta> = {}): ObjectMeta => ({
  id: 1,
  node: 'detector',
  label: 'person',
  classId: 0,
  confidence: 0.874,
  box: { x1: 100, y1: 50, x2: 140, y2: 150 },
  attributes: [],
  ...rest,
});
const frame = (number: number, objects: readonly ObjectMeta[], size = { width: 1920, height: 1080 }): FrameMeta => ({
  stream: 'cam',
  frame: number,
  pts: { ticks: BigInt(number * 100), timeBase: { num: 1, den: 1000 } },
  size,
  inferred: { detector: true },
  objects,
});
const only = <K extends Shape['kind']>(shapes: readonly Shape[], kind: K): Extract<Shape, { kind: K }>[] =>
  shapes.filter((shape): shape is Extract<Shape, { kind: K }> => shape.kind === kind);
const boxesOf = (objects: readonly ObjectMeta[], options?: AnnotatorOptions): BoxShape[] =>
  only(createAnnotator(options).shapes(frame(0, objects)), 'box');

test('a tag says the label, the track, the confidence and what else is known, as far as asked', () => {
  const attributes = [{ node: 'looks', name: 'colour', value: 'red' }, { node: 'looks', name: 'age', value: 31.257 }]; // prettier-ignore
  const car = object({ label: 'car', trackId: 12, attributes });
  assert.equal(boxesOf([car])[0]!.tag, 'car 12  87%  red, age 31.3');
  assert.equal(boxesOf([car], { confidence: false, attributes: false })[0]!.tag, 'car 12');
  assert.equal(boxesOf([car], { label: false, attributes: false })[0]!.tag, '12  87%');
  assert.equal(boxesOf([object()])[0]!.tag, 'person  87%');
  assert.equal(boxesOf([car], { label: false, trackId: false, confidence: false, attributes: false })[0]!.tag, undefined);
});

test('key points are dots of the colour of their object; those that the network holds for missing are left out, and all where none are asked for', () => {
  const points = [{ node: 'faces', points: [[110, 60, 0.9], [130, 60, 0.1]] as const }, { node: 'mesh', points: [[120, 70, 1]] as const }]; // prettier-ignore
  const face = object({ label: 'face', points });
  const [dots] = only(createAnnotator().shapes(frame(0, [face])), 'dots');
  assert.deepEqual(dots!.points, [{ x: 110, y: 60 }, { x: 120, y: 70 }]); // prettier-ignore
  assert.deepEqual(dots!.colour, colourOfName('face'));
  assert.deepEqual(only(createAnnotator({ points: false }).shapes(frame(0, [face])), 'dots'), []);
});

test('colours stay with a track, else with the label; a part takes after its whole', () => {
  const [a, b, c, d] = boxesOf([
    object({ id: 1, trackId: 7 }),
    object({ id: 2, trackId: 7, label: 'car' }),
    object({ id: 3, trackId: 8 }),
    object({ id: 4, label: 'face', parentId: 3 }),
  ]);
  assert.deepEqual(a!.colour, b!.colour);
  assert.notDeepEqual(a!.colour, c!.colour);
  assert.deepEqual(d!.colour, c!.colour);
  assert.deepEqual(boxesOf([object({ label: 'cup' })])[0]!.colour, colourOfName('cup'));
});

test('colours of neighbouring numbers are far apart, and text on any of them can be read', () => {
  const luminance = (colour: Rgb): number => {
    const [r, g, b] = colour.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let i = 0; i < 300; i++) {
    for (let k = 1; k <= 6; k++) {
      const [a, b] = [colourOfNumber(i), colourOfNumber(i + k)];
      const distance = Math.hypot(...a.map((value, j) => value - b[j]!));
      assert.ok(distance > 35, `${i} and ${i + k}: ${a.join()} and ${b.join()}`);
    }
    const [plate, text] = [luminance(colourOfNumber(i)), luminance(readableOn(colourOfNumber(i)))];
    // WCAG 2, level AA: 4.5 to 1.
    assert.ok((Math.max(plate, text) + 0.05) / (Math.min(plate, text) + 0.05) >= 4.5, `${i}`);
  }
});

test('a trail follows the bottom centre for as long as asked, and an object at rest has none', () => {
  const annotator = createAnnotator({ trailMs: 500 });
  const at = (number: number, x: number): Shape[] =>
    annotator.shapes(frame(number, [object({ trackId: 1, box: { x1: x, y1: 50, x2: x + 40, y2: 150 } })]));
  assert.equal(only(at(0, 0), 'path').length, 0);
  let last: PathShape | undefined;
  for (let number = 1; number <= 20; number++) [last] = only(at(number, number * 20), 'path');
  // 500 ms back from frame 20, at 100 ms a frame: frames 15 to 20.
  assert.deepEqual(last!.points, [15, 16, 17, 18, 19, 20].map((number) => ({ x: number * 20 + 20, y: 150 }))); // prettier-ignore
  assert.equal(last!.fading, true);
  for (let number = 21; number <= 40; number++) [last] = only(at(number, 400), 'path');
  assert.ok(last === undefined || last.points.every(({ x }) => x === 420), 'at rest');
});

test('trails are forgotten when time goes back, and are not drawn where none are asked for', () => {
  const annotator = createAnnotator();
  const at = (number: number, x: number): Shape[] =>
    annotator.shapes(frame(number, [object({ trackId: 1, box: { x1: x, y1: 0, x2: x + 9, y2: 9 } })]));
  at(10, 0);
  assert.equal(only(at(11, 100), 'path').length, 1);
  assert.equal(only(at(2, 300), 'path').length, 0);
  const none = createAnnotator({ trailMs: 0 });
  none.shapes(frame(0, [object({ trackId: 1 })]));
  assert.equal(only(none.shapes(frame(1, [object({ trackId: 1, box: { x1: 500, y1: 0, x2: 600, y2: 9 } })])), 'path').length, 0);
});

test('a counting line shows its name and counts, and an arrow to its right-hand side', () => {
  const line = { name: 'gate', from: { x: 200, y: 500 }, to: { x: 1000, y: 500 }, counts: { in: 12, out: 9 } };
  const shapes = createAnnotator().shapes(frame(0, []), [line]);
  assert.equal(only(shapes, 'text')[0]!.text, 'gate  in 12 / out 9');
  const [stroke, arrow] = only(shapes, 'path');
  assert.deepEqual(stroke!.points, [line.from, line.to]);
  // Seen going from left to right, the right-hand side is below.
  assert.ok(arrow!.points[1]!.y > 500 && arrow!.points[1]!.x === 600);
  const nowhere = createAnnotator().shapes(frame(0, []), [{ name: 'dot', from: line.from, to: line.from }]);
  assert.equal(only(nowhere, 'text')[0]!.text, 'dot');
});

test('plates lie inside the picture, strokes grow with it', () => {
  for (const [width, height, thickness] of [
    [426, 240, 2],
    [1280, 720, 2],
    [1920, 1080, 3],
    [3840, 2160, 6],
  ] as const) {
    // prettier-ignore
    const edge = { name: 'far edge', from: { x: width, y: 0 }, to: { x: width, y: height } };
    const shapes = createAnnotator({ header: true }).shapes(frame(3, [object()], { width, height }), [edge]);
    assert.equal(only(shapes, 'box')[0]!.thicknessPx, thickness);
    const [label, header] = only(shapes, 'text') as [TextShape, TextShape];
    assert.ok(label.at.x + label.heightPx * 3 < width && label.at.x > 0, JSON.stringify(label));
    assert.equal(header.text, 'cam  00:00.3  1 object');
    assert.ok(header.heightPx >= 10 && header.heightPx <= height / 20, `${header.heightPx} at ${height}`);
  }
});
