import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Classification } from '../../vision/index.js';
import { type Smoothing, smoothed } from './smooth.js';

const NAMES = ['red', 'blue', 'green'];
type Scores = Readonly<Record<string, number>>;
const classes = (scores: Scores): Classification => ({
  kind: 'classes',
  groups: [{ name: 'colour', top: Object.entries(scores).map(([label, score]) => ({ classId: NAMES.indexOf(label), label, score })) }],
});
const told = (looks: readonly Scores[], by: Smoothing['by'], each: readonly string[] = []) => {
  const answer = smoothed(looks.map(classes), by, new Set(each)) as Classification;
  return answer.groups[0]!.top.map(({ label, score }) => [label, Number(score.toFixed(4))]);
};

test('the majority is of the best labels of the looks, with the mean of its own scores; the average weighs all scores', () => {
  const looks = [{ red: 0.5, blue: 0.4 }, { red: 0.5, blue: 0.45 }, { blue: 0.9 }];
  assert.deepEqual(told(looks, 'majority'), [['red', 0.5], ['blue', 0.9]]); // prettier-ignore
  // 1.75 / 3 and 1 / 3: a look that does not tell a label counts as 0.
  assert.deepEqual(told(looks, 'average'), [['blue', 0.5833], ['red', 0.3333]]); // prettier-ignore
});

test('ties go to the surer label, then to the newer', () => {
  assert.equal(told([{ red: 0.6 }, { blue: 0.5 }], 'majority')[0]![0], 'red');
  assert.equal(told([{ red: 0.5 }, { blue: 0.5 }], 'majority')[0]![0], 'blue');
  assert.deepEqual(told([{}, {}], 'majority'), []);
});

test('labels that stand alone are told by more than half of the looks, and by the newest half', () => {
  const each = ['colour'];
  assert.deepEqual(told([{ red: 0.8, blue: 0.6 }, { red: 0.6 }, { green: 0.9 }], 'majority', each), [['red', 0.7]]); // prettier-ignore
  assert.deepEqual(told([{ red: 0.8 }, { green: 0.9 }], 'average', each), [['green', 0.9]]); // prettier-ignore
});

test('numbers have their middle or their mean, texts a vote of those that read something, vectors the direction of their mean', () => {
  const values = (...all: number[]): Answer[] => all.map((age) => ({ kind: 'values', values: { age } }));
  assert.deepEqual(smoothed(values(30, 90, 34), 'majority', new Set()), { kind: 'values', values: { age: 34 } });
  assert.deepEqual(smoothed(values(30, 90, 34, 36), 'majority', new Set()), { kind: 'values', values: { age: 35 } });
  assert.deepEqual(smoothed(values(30, 90, 33), 'average', new Set()), { kind: 'values', values: { age: 51 } });
  const read = (...texts: [text: string, score: number][]): Answer[] =>
    texts.map(([text, score]) => ({ kind: 'text', text, score, letterScores: new Float32Array(text.length) }));
  const plate = smoothed(read(['AB1', 0.5], ['A81', 0.9], ['AB1', 0.25], ['', 0], ['', 0], ['', 0]), 'majority', new Set());
  assert.ok(plate.kind === 'text' && plate.text === 'AB1' && plate.score === 0.375);
  const surest = smoothed(read(['AB1', 0.5], ['A81', 0.9], ['AB1', 0.25]), 'average', new Set());
  assert.ok(surest.kind === 'text' && surest.text === 'A81');
  const none = smoothed(read(['', 0], ['', 0]), 'majority', new Set());
  assert.ok(none.kind === 'text' && none.text === '');
  const look = smoothed(
    [Float32Array.of(1, 0), Float32Array.of(0, 1)].map((vector) => ({ kind: 'embedding', vector })),
    'average',
    new Set(),
  );
  assert.ok(look.kind === 'embedding');
  for (const value of look.vector) assert.ok(Math.abs(value - Math.SQRT1_2) < 1e-6, `${value}`);
});

test('one look is told as it is', () => {
  const [only] = [classes({ red: 0.5, blue: 0.4 })];
  assert.equal(smoothed([only], 'majority', new Set()), only);
});
