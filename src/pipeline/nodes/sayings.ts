import type { Attribute, KeyPoint, KeyPoints, ObjectEmbedding } from '../../core/index.js';
import { ClassifySettings, type HeadSpec } from '../../models/index.js';
import { type Answer, type Classification, type Fit, type Landmarks, unfit } from '../../vision/index.js';
import type { Said } from './board.js';

/** What an answer says of its object, in the words of the results. */
export type Saying = Pick<Said, 'attributes' | 'points' | 'embedding'>;

/** How answers of a node are put into words. */
export interface Wording {
  readonly node: string;
  /** Questions whose labels stand alone, so that several may hold. */
  readonly each: ReadonlySet<string>;
  /** Whether vectors enter the results. */
  readonly embedding: boolean;
}

/** Questions of a classifier whose labels do not exclude each other. */
export function questionsOfEach({ type, settings }: HeadSpec): ReadonlySet<string> {
  const { data } = type === 'classify' ? ClassifySettings.safeParse(settings) : {};
  return new Set(Object.entries(data?.questions ?? {}).flatMap(([name, { choice }]) => (choice === 'each' ? [name] : [])));
}

/** Confidences keep four digits in the results, which take attributes as they are. */
const fourDigits = (value: number): number => Math.round(value * 1e4) / 1e4;

/** A network's numbers are FP32: further digits are noise. */
const sixFigures = (value: number): number => Number(value.toPrecision(6));

function classAttributes({ groups }: Classification, { node, each }: Wording): Attribute[] {
  return groups.flatMap(({ name, top }) =>
    (each.has(name) ? top : top.slice(0, 1)).map(({ label, score }) => ({ node, name, value: label, confidence: fourDigits(score) })),
  );
}

/** Key points of one row of `points` ([K, 3] from `from` on), from pixels of the picture to pixels of the frame. */
export function framePoints(points: Float32Array, from: number, count: number, fit: Fit): KeyPoint[] {
  return Array.from({ length: count }, (_, at) => {
    const [x, y, score] = [points[from + at * 3]!, points[from + at * 3 + 1]!, points[from + at * 3 + 2]!];
    const { x1, y1 } = unfit({ x1: x, y1: y, x2: x, y2: y }, fit);
    return [x1, y1, score];
  });
}

const landmarkPoints = ({ points, score }: Landmarks, fit: Fit, { node }: Wording): KeyPoints => ({
  node,
  confidence: score,
  points: framePoints(points, 0, points.length / 3, fit),
});

const embeddingOf = (vector: Float32Array, { node }: Wording): ObjectEmbedding => ({
  node,
  vector: Array.from(vector, (value) => Math.round(value * 1e6) / 1e6),
});

/** Puts an answer into words; `fit` is how its picture lay in the frame, where there is one frame. Masks say nothing: their readers take the answer itself. */
export function sayingOf(answer: Answer, wording: Wording, fit?: Fit): Saying {
  const { node } = wording;
  switch (answer.kind) {
    case 'classes':
      return { attributes: classAttributes(answer, wording) };
    case 'values':
      return { attributes: Object.entries(answer.values).map(([name, value]) => ({ node, name, value: sixFigures(value) })) };
    case 'text':
      return { attributes: answer.text ? [{ node, name: 'text', value: answer.text, confidence: fourDigits(answer.score) }] : [] };
    case 'landmarks':
      return fit ? { attributes: [], points: landmarkPoints(answer, fit, wording) } : { attributes: [] };
    case 'embedding':
      return wording.embedding ? { attributes: [], embedding: embeddingOf(answer.vector, wording) } : { attributes: [] };
    default:
      return { attributes: [] };
  }
}
