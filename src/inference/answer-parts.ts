import type { Tensor } from '../core/index.js';
import type { Answer, Classification, Detections, Embedding, Landmarks, Mask, Reading, Values } from '../vision/index.js';

/** What to send of a column: the array itself, or what stands for it on the way. */
export type SendColumn = (column: Tensor) => unknown;

/** How answers of one kind travel: as a fixed number of parts of a flat message. Arrays are columns of their own, so that large ones can change hands. */
interface Parts<A extends Answer> {
  readonly count: number;
  push(flat: unknown[], answer: A, send: SendColumn): void;
  read(flat: readonly unknown[], at: number): A;
}

const floats = (name: string, data: Float32Array): Tensor => ({ name, datatype: 'FP32', shape: [data.length], data });

const detections: Parts<Detections> = {
  count: 4,
  push(flat, { boxes, scores, classIds, points }, send) {
    flat.push(send(floats('boxes', boxes)), send(floats('scores', scores)));
    flat.push(send({ name: 'classIds', datatype: 'INT32', shape: [classIds.length], data: classIds }), points && send(floats('points', points)));
  },
  read(flat, at) {
    const [boxes, scores, classIds] = [flat[at] as Float32Array, flat[at + 1] as Float32Array, flat[at + 2] as Int32Array];
    const points = flat[at + 3] as Float32Array | undefined;
    return points ? { kind: 'detections', boxes, scores, classIds, points } : { kind: 'detections', boxes, scores, classIds };
  },
};

const classes: Parts<Classification> = {
  count: 1,
  push: (flat, { groups }) => void flat.push(groups),
  read: (flat, at) => ({ kind: 'classes', groups: flat[at] as Classification['groups'] }),
};

const embedding: Parts<Embedding> = {
  count: 1,
  push: (flat, { vector }, send) => void flat.push(send(floats('vector', vector))),
  read: (flat, at) => ({ kind: 'embedding', vector: flat[at] as Float32Array }),
};

const landmarks: Parts<Landmarks> = {
  count: 3,
  push: (flat, { points, depths, score }, send) => void flat.push(send(floats('points', points)), depths && send(floats('depths', depths)), score),
  read(flat, at) {
    const [points, depths, score] = [flat[at] as Float32Array, flat[at + 1] as Float32Array | undefined, flat[at + 2] as number];
    return depths ? { kind: 'landmarks', points, depths, score } : { kind: 'landmarks', points, score };
  },
};

const mask: Parts<Mask> = {
  count: 4,
  push(flat, { size, values, meaning }, send) {
    flat.push(size.width, size.height, send({ name: 'values', datatype: 'UINT8', shape: [values.length], data: values }), meaning === 'classes');
  },
  read: (flat, at) => ({
    kind: 'mask',
    size: { width: flat[at] as number, height: flat[at + 1] as number },
    values: flat[at + 2] as Uint8Array,
    meaning: flat[at + 3] ? 'classes' : 'cover',
  }),
};

const text: Parts<Reading> = {
  count: 3,
  push: (flat, { text, score, letterScores }, send) => void flat.push(text, score, send(floats('letterScores', letterScores))),
  read: (flat, at) => ({ kind: 'text', text: flat[at] as string, score: flat[at + 1] as number, letterScores: flat[at + 2] as Float32Array }),
};

const values: Parts<Values> = {
  count: 1,
  push: (flat, answer) => void flat.push(answer.values),
  read: (flat, at) => ({ kind: 'values', values: flat[at] as Values['values'] }),
};

const PARTS: { readonly [K in Answer['kind']]: Parts<Extract<Answer, { kind: K }>> } = {
  detections,
  classes,
  embedding,
  landmarks,
  mask,
  text,
  values,
};

/** Kinds travel as their place in this list: a number is read faster than a text. Both ends are of one build, so the order may change. */
const KINDS = Object.keys(PARTS) as readonly Answer['kind'][];

/** Appends an answer to a flat message. */
export function pushAnswer(flat: unknown[], answer: Answer, send: SendColumn): void {
  flat.push(KINDS.indexOf(answer.kind));
  (PARTS[answer.kind] as Parts<Answer>).push(flat, answer, send);
}

/** The answers of a flat message from place `from` to its end. */
export function readAnswers(flat: readonly unknown[], from: number): Answer[] {
  const answers: Answer[] = [];
  for (let at = from; at < flat.length;) {
    const parts = PARTS[KINDS[flat[at] as number]!];
    answers.push(parts.read(flat, at + 1));
    at += 1 + parts.count;
  }
  return answers;
}
