import { z } from 'zod';
import { fail } from '../../core/index.js';
import type { Reading } from '../../vision/index.js';
import { floatsOf, mismatch, outputOf } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { checkRoles } from './row-outputs.js';
import { parseSettings } from './settings.js';

/** Settings of {@link ctc}. */
export const CtcSettings = z.strictObject({
  letters: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('What the classes stand for in their order, blank left out: one letter after the other, or a list where some are longer.'),
  blank: z.enum(['first', 'last']).default('first').describe('Which class means that there is no letter.'),
  order: z.enum(['NTC', 'TNC', 'NCT']).default('NTC').describe('Order of the axes: N pictures, T steps from left to right, C classes.'),
  activation: z.enum(['none', 'softmax']).default('none').describe("From the output's numbers to scores; none where the network did it itself."),
});

type CtcSettings = z.output<typeof CtcSettings>;

/** Scores of one picture: step `t` of class `c` is at `from + t * stepStride + c * classStride`. */
interface Steps {
  readonly data: Float32Array;
  readonly from: number;
  readonly steps: number;
  readonly classes: number;
  readonly stepStride: number;
  readonly classStride: number;
}

function stepsOf(data: Float32Array, shape: readonly number[], order: CtcSettings['order'], row: number): Steps {
  const [first = 0, second = 0, third = 0] = shape;
  if (order === 'TNC') return { data, from: row * third, steps: first, classes: third, stepStride: second * third, classStride: 1 };
  const from = row * second * third;
  if (order === 'NTC') return { data, from, steps: second, classes: third, stepStride: third, classStride: 1 };
  return { data, from, steps: third, classes: second, stepStride: 1, classStride: third };
}

function bestOf({ data, from, classes, stepStride, classStride }: Steps, step: number): number {
  const start = from + step * stepStride;
  let best = 0;
  for (let c = 1; c < classes; c++) if (data[start + c * classStride]! > data[start + best * classStride]!) best = c;
  return best;
}

function scoreOf({ data, from, classes, stepStride, classStride }: Steps, step: number, best: number, activation: CtcSettings['activation']): number {
  const start = from + step * stepStride;
  const top = data[start + best * classStride]!;
  if (activation === 'none') return top;
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(data[start + c * classStride]! - top);
  return 1 / sum;
}

const lettersOf = ({ letters }: CtcSettings): readonly string[] => (typeof letters === 'string' ? [...letters] : letters);

/** Greedy decoding (Graves et al. 2006): the best class of each step, repeats taken once, blanks dropped. */
function read(steps: Steps, letters: readonly string[], { blank, activation }: CtcSettings): Reading {
  const none = blank === 'first' ? 0 : letters.length;
  const shift = blank === 'first' ? 1 : 0;
  const scores: number[] = [];
  let text = '';
  let last = none;
  for (let step = 0; step < steps.steps; step++) {
    const best = bestOf(steps, step);
    if (best !== last && best !== none) {
      text += letters[best - shift]!;
      scores.push(scoreOf(steps, step, best, activation));
    }
    last = best;
  }
  const letterScores = Float32Array.from(scores);
  return { kind: 'text', text, score: scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length, letterScores };
}

function outputOfSteps(head: HeadSpec, model: Parameters<Head['create']>[1], order: CtcSettings['order'], classes: number) {
  const expected = `[${[...order].map((axis) => (axis === 'T' ? 'steps' : axis === 'C' ? classes : axis)).join(', ')}]: a blank and ${classes - 1} letters`;
  const output = outputOf(head, model, 'steps', expected);
  const there = output.shape[order.indexOf('C')] ?? 0;
  if (output.shape.length !== 3 || (there >= 0 && there !== classes)) mismatch(head, output, expected);
  return { ...output, expected };
}

/** Networks that read a line of text: at each step from left to right, a score for every letter and for none (connectionist temporal classification). */
export const ctc: Head<Reading> = {
  type: 'ctc',
  answers: 'text',
  summary: 'Reads a line of text, from scores of every letter at each step from left to right.',
  create(head, model) {
    const settings = parseSettings(CtcSettings, head);
    const letters = lettersOf(settings);
    const output = outputOfSteps(head, model, settings.order, letters.length + 1);
    checkRoles(head, ['steps']);
    return {
      decode(outputs, row) {
        const steps = stepsOf(floatsOf(outputs, output), outputs[output.at]!.shape, settings.order, row);
        // A shape that leaves the classes open is known only now.
        if (steps.classes !== letters.length + 1)
          fail('MODEL_MISMATCH', `output "${output.name}" tells ${steps.classes} classes apart; a head of type "ctc" needs ${output.expected}`);
        return read(steps, letters, settings);
      },
    };
  },
};
