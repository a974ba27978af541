import { z } from 'zod';
import type { Size, Tensor } from '../../core/index.js';
import type { Landmarks } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { mismatch } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { checkRoles, rowOf, rowOutput, sigmoid, type RowOutput } from './row-outputs.js';
import { parseSettings } from './settings.js';

const COLUMNS = ['x', 'y', 'z', 'score', 'presence', 'unused'] as const;

/** Settings of {@link landmarks}. */
export const LandmarksSettings = z.strictObject({
  count: z.int().min(1).describe('Points told. What the outputs have beyond them is left out.'),
  columns: z
    .array(z.enum(COLUMNS))
    .refine((columns) => ['x', 'y'].every((name) => columns.filter((column) => column === name).length === 1), {
      message: 'x and y must each occur once',
    })
    .default(['x', 'y'])
    .describe('What the numbers of one point mean. `presence` is a second score: the two are multiplied.'),
  parts: z.array(z.string()).min(1).default(['points']).describe('Roles of the outputs that hold the points, one part behind the other.'),
  units: z.enum(['pixels', 'fractions']).default('pixels').describe("Whether coordinates are pixels of the model's picture or fractions of it."),
  pointScores: z.enum(['none', 'sigmoid']).default('none').describe("From the points' score columns to scores."),
  score: z.enum(['none', 'sigmoid']).default('none').describe('From the output of role `score` to the score of the whole.'),
});

type LandmarksSettings = z.output<typeof LandmarksSettings>;

/** Where the numbers of a point lie within it, -1 where there are none, and what they are multiplied by. */
interface Layout {
  readonly at: Readonly<Record<'x' | 'y' | 'z' | 'score' | 'presence', number>>;
  readonly width: number;
  readonly kx: number;
  readonly ky: number;
  readonly scoreOf: (raw: number) => number;
}

function layoutOf({ columns, units, pointScores }: LandmarksSettings, picture: Size): Layout {
  const at = Object.fromEntries(COLUMNS.map((name) => [name, columns.indexOf(name)])) as Layout['at'];
  const [kx, ky] = units === 'pixels' ? [1, 1] : [picture.width, picture.height];
  return { at, width: columns.length, kx, ky, scoreOf: pointScores === 'sigmoid' ? sigmoid : (raw) => raw };
}

function partsOf(head: HeadSpec, model: ModelSpec, { parts, columns, count }: LandmarksSettings): RowOutput[] {
  const width = columns.length;
  const expected = `points of ${width} numbers: ${columns.join(', ')}`;
  const outputs = parts.map((role) => rowOutput(head, model, role, expected));
  for (const output of outputs) if (output.width % width !== 0) mismatch(head, output, expected);
  const there = outputs.reduce((sum, output) => sum + output.width / width, 0);
  if (there < count) mismatch(head, outputs.at(-1)!, `${count} ${expected}; all parts together have ${there}`);
  return outputs;
}

/** Points being filled; `at` is the next. */
interface Filling {
  readonly points: Float32Array;
  readonly depths: Float32Array | undefined;
  at: number;
}

function addPoints(into: Filling, raw: Float32Array, { at, width, kx, ky, scoreOf }: Layout): void {
  const { points, depths } = into;
  const count = points.length / 3;
  for (let from = 0; from < raw.length && into.at < count; from += width, into.at++) {
    const score = at.score < 0 ? 1 : scoreOf(raw[from + at.score]!);
    const presence = at.presence < 0 ? 1 : scoreOf(raw[from + at.presence]!);
    points[into.at * 3] = raw[from + at.x]! * kx;
    points[into.at * 3 + 1] = raw[from + at.y]! * ky;
    points[into.at * 3 + 2] = score * presence;
    // Depth is told on the scale of x.
    if (depths) depths[into.at] = raw[from + at.z]! * kx;
  }
}

function meanScore(points: Float32Array): number {
  let sum = 0;
  for (let i = 2; i < points.length; i += 3) sum += points[i]!;
  return sum / (points.length / 3);
}

/** Reads the score of the whole from its output, where there is one. */
function scoreReader(
  head: HeadSpec,
  model: ModelSpec,
  activation: 'none' | 'sigmoid',
): ((outputs: readonly Tensor[], row: number) => number) | undefined {
  if (head.outputs['score'] === undefined) return undefined;
  const output = rowOutput(head, model, 'score', '[N, 1]');
  if (output.width !== 1) mismatch(head, output, '[N, 1]');
  return (outputs, row) => (activation === 'sigmoid' ? sigmoid(rowOf(outputs, output, row)[0]!) : rowOf(outputs, output, row)[0]!);
}

/** Points of one thing that fills the picture: five or 68 of a face, its mesh, an eye with its iris, a hand, a body's joints. */
export const landmarks: Head<Landmarks> = {
  type: 'landmarks',
  answers: 'landmarks',
  summary: 'Points of one face, eye, hand or body that fills the picture, with depth and scores where the network tells them.',
  create(head, model, picture) {
    const settings = parseSettings(LandmarksSettings, head);
    const parts = partsOf(head, model, settings);
    const layout = layoutOf(settings, picture);
    const scoreOf = scoreReader(head, model, settings.score);
    checkRoles(head, [...settings.parts, 'score']);
    const { count } = settings;
    return {
      decode(outputs, row) {
        const into: Filling = { points: new Float32Array(count * 3), depths: layout.at.z < 0 ? undefined : new Float32Array(count), at: 0 };
        for (const part of parts) addPoints(into, rowOf(outputs, part, row), layout);
        const { points, depths } = into;
        const score = scoreOf ? scoreOf(outputs, row) : meanScore(points);
        return depths ? { kind: 'landmarks', points, depths, score } : { kind: 'landmarks', points, score };
      },
    };
  },
};
