import { z } from 'zod';
import type { ClassScores, Classification } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { mismatch } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { ACTIVATIONS, activated, checkRoles, rowOf, rowOutput, type RowOutput } from './row-outputs.js';
import { parseSettings } from './settings.js';

const Question = z.strictObject({
  output: z.string().optional().describe("Role of the output that answers it; the question's own name when absent."),
  activation: z.enum(ACTIVATIONS).default('none').describe("From the output's numbers to scores; none where the network did it itself."),
  choice: z
    .enum(['one', 'each'])
    .default('one')
    .describe('`one`: the labels exclude each other. `each`: every label is a question of its own, yes or no.'),
  labels: z
    .array(z.union([z.string(), z.tuple([z.string(), z.string()])]))
    .min(1)
    .describe('Names by position; for `each`, a pair names both ends: what a high score means, and what a low one.'),
  threshold: z.number().min(0).max(1).default(0.5).describe('Score at which a pair tips to its first name.'),
});

/** Settings of {@link classify}. */
export const ClassifySettings = z.strictObject({
  questions: z.record(z.string(), Question).describe('Questions by name, such as colour and type; each is an attribute of the results.'),
});

type Question = z.output<typeof Question>;
type Scored = ClassScores['top'][number];

interface Asked extends Question {
  readonly name: string;
  readonly from: RowOutput;
  /** Class id of the first name at each position: pairs take two ids. */
  readonly ids: readonly number[];
}

function askedOf(head: HeadSpec, model: ModelSpec, name: string, question: Question): Asked {
  const { labels, choice } = question;
  const expected = `[N, ${labels.length}] for the labels of "${name}"`;
  const from = rowOutput(head, model, question.output ?? name, expected);
  if (from.width !== labels.length) mismatch(head, from, expected);
  if (choice === 'one' && labels.some((label) => typeof label !== 'string'))
    mismatch(head, from, `choice "each" for "${name}", whose labels have pairs`);
  let next = 0;
  const ids = labels.map((label) => (next += typeof label === 'string' ? 1 : 2) - (typeof label === 'string' ? 1 : 2));
  return { ...question, name, from, ids };
}

function scoredAt({ labels, ids, threshold }: Asked, scores: Float32Array, at: number): Scored {
  const label = labels[at]!;
  const [classId, score] = [ids[at]!, scores[at]!];
  if (typeof label === 'string') return { classId, label, score };
  return score >= threshold ? { classId, label: label[0], score } : { classId: classId + 1, label: label[1], score: 1 - score };
}

function answer(asked: Asked, raw: Float32Array, confidence: number, limit: number): ClassScores {
  const scores = activated(raw, asked.activation);
  const all = Array.from(scores, (_, at) => scoredAt(asked, scores, at));
  const top = all.filter(({ score }) => score >= confidence).toSorted((a, b) => b.score - a.score || a.classId - b.classId);
  return { name: asked.name, top: top.slice(0, limit) };
}

/** Classifiers: one or several questions, each with its labels. `confidence` is the least score told, `limit` the most labels of a question. */
export const classify: Head<Classification> = {
  type: 'classify',
  answers: 'classes',
  summary: 'Classifiers: named questions, each answered by the labels of one output; labels exclude each other, or stand alone.',
  create(head, model) {
    const { questions } = parseSettings(ClassifySettings, head);
    const asked = Object.entries(questions).map(([name, question]) => askedOf(head, model, name, question));
    checkRoles(
      head,
      Object.entries(questions).map(([name, { output }]) => output ?? name),
    );
    return {
      decode(outputs, row, thresholds) {
        const { confidence, limit } = { ...head, ...thresholds };
        return { kind: 'classes', groups: asked.map((each) => answer(each, rowOf(outputs, each.from, row), confidence, limit)) };
      },
    };
  },
};
