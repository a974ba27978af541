import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { ctc } from './ctc.js';
import type { HeadSpec } from './port.js';

const PICTURE = { width: 320, height: 48 };
const headWith = (settings: Record<string, unknown>): HeadSpec => ({
  type: 'ctc',
  outputs: { steps: 'out' },
  confidence: 0,
  maximumIou: 1,
  limit: 1,
  settings,
});
const spec = (...shape: number[]): ModelSpec => ({ inputs: [], outputs: [{ name: 'out', datatype: 'FP32', shape }] });
const out = (shape: readonly number[], data: readonly number[]): Tensor[] => [
  { name: 'out', datatype: 'FP32', shape, data: Float32Array.from(data) },
];

/** Scores of one step: `score` for the class, the rest shared by the others. */
const step = (best: number, score: number, classes = 3): number[] =>
  Array.from({ length: classes }, (_, c) => (c === best ? score : (1 - score) / (classes - 1)));
/** Blank is class 0, a is 1, b is 2: a a - a b reads "aab". */
const STEPS = [step(1, 0.5), step(1, 0.75), step(0, 1), step(1, 1), step(2, 0.75)];

test('repeats are taken once, a blank between makes two letters, each with the score of its first step', () => {
  const found = ctc.create(headWith({ letters: 'ab' }), spec(-1, -1, 3), PICTURE).decode(out([1, 5, 3], STEPS.flat()), 0);
  assert.deepEqual(found, { kind: 'text', text: 'aab', score: 0.75, letterScores: Float32Array.of(0.5, 1, 0.75) });
});

test('nothing but blanks reads as nothing, with score 0', () => {
  const found = ctc.create(headWith({ letters: 'ab' }), spec(1, 2, 3), PICTURE).decode(out([1, 2, 3], [1, 0, 0, 1, 0, 0]), 0);
  assert.deepEqual(found, { kind: 'text', text: '', score: 0, letterScores: new Float32Array() });
});

test('blank may be last, letters longer than one, scores raw, axes in any order', () => {
  // Classes <A>, b, blank; e^0 : e^ln6 : e^0 is 1 : 6 : 1.
  const six = Math.log(6);
  const settings = { letters: ['<A>', 'b'], blank: 'last', activation: 'softmax' };
  const steps = [[six, 0, 0], [0, 0, six], [0, six, 0]]; // prettier-ignore
  const want = { kind: 'text', text: '<A>b', score: 0.75, letterScores: Float32Array.of(0.75, 0.75) };
  const ntc = ctc.create(headWith(settings), spec(1, 3, 3), PICTURE).decode(out([1, 3, 3], steps.flat()), 0);
  const tnc = ctc.create(headWith({ ...settings, order: 'TNC' }), spec(3, 1, 3), PICTURE).decode(out([3, 1, 3], steps.flat()), 0);
  const turned = [0, 1, 2].flatMap((c) => steps.map((scores) => scores[c]!));
  const nct = ctc.create(headWith({ ...settings, order: 'NCT' }), spec(1, 3, 3), PICTURE).decode(out([1, 3, 3], turned), 0);
  for (const found of [ntc, tnc, nct]) {
    const [score, ...scores] = [found.score, ...found.letterScores].map((x) => Number(x.toFixed(6)));
    assert.deepEqual({ ...found, score, letterScores: Float32Array.from(scores) }, want);
  }
});

test('a row of a batch is as good as a line alone', () => {
  const other = STEPS.toReversed();
  for (const order of ['NTC', 'TNC'] as const) {
    const decoder = ctc.create(headWith({ letters: 'ab', order }), spec(-1, -1, 3), PICTURE);
    const both = order === 'NTC' ? [...STEPS, ...other] : STEPS.flatMap((scores, t) => [scores, other[t]!]);
    const shape = order === 'NTC' ? [2, 5, 3] : [5, 2, 3];
    const alone = order === 'NTC' ? [1, 5, 3] : [5, 1, 3];
    assert.deepEqual(decoder.decode(out(shape, both.flat()), 1), decoder.decode(out(alone, other.flat()), 0));
  }
});

test('another number of letters is told, when the model is opened or when it first answers', () => {
  const wrong = { code: 'MODEL_MISMATCH', message: /\[N, steps, 4\]: a blank and 3 letters/ };
  assert.throws(() => ctc.create(headWith({ letters: 'abc' }), spec(-1, -1, 3), PICTURE), wrong);
  const open = ctc.create(headWith({ letters: 'abc' }), spec(-1, -1, -1), PICTURE);
  assert.throws(() => open.decode(out([1, 5, 3], STEPS.flat()), 0), wrong);
});
