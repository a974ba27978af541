import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeEngine, type FakeEngineOptions, fakeEngine } from '../../inference/index.js';
import { type FakeClip, type FakeMedia, fakeMedia } from '../../media/index.js';
import type { HeadSpec, ModelDefinition, ModelSource } from '../../models/index.js';
import type { Answer, Detections } from '../../vision/index.js';

/** Frames whose pixels say where and when they are: red is x, green is y, blue is the number of the frame. */
export const SIZE = { width: 96, height: 80 };
const INPUT = { width: 16, height: 16 };

const head = (type: string, settings: Record<string, unknown> = {}): HeadSpec => ({
  type,
  outputs: {},
  confidence: 0.3,
  maximumIou: 0.5,
  limit: 10,
  settings,
});
const questions = { colour: { labels: ['red', 'blue'] }, wears: { choice: 'each', labels: ['hat', 'coat'] } };
const HEADS: Readonly<Record<string, readonly [head: HeadSpec, labels: readonly string[]]>> = {
  vehicles: [head('boxes'), ['vehicle', 'person']],
  plates: [head('boxes'), ['plate']],
  letters: [head('boxes'), ['letter']],
  colours: [head('classify', { questions }), []],
  angles: [head('values', { values: { x: {}, y: {}, frame: {} } }), []],
  marks: [head('landmarks', { count: 2 }), []],
  reading: [head('ctc', { letters: ['a'] }), []],
  reid: [head('embedding'), []],
  cover: [head('mask'), []],
};

const definitionOf = (name: string): ModelDefinition => {
  const [spec, labels] = HEADS[name]!;
  return {
    name,
    weights: { runtime: 'fake', path: 'fake:identity' },
    picture: { input: 'images', fit: { mode: 'stretch', size: INPUT, order: 'rgb', layout: 'packed', pad: 0 }, mean: [0, 0, 0], std: [1, 1, 1] },
    head: spec,
    labels,
  };
};

/** Models by the names above. */
export const models: ModelSource = { named: async (name) => definitionOf(name), own: async (own) => own };

/** What a picture says of itself: the part of the frame that it shows, as far as its pixels tell, and the number of the frame. */
export interface Shown {
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
  readonly frame: number;
}

/** What each model answers to what a picture shows, by name of the model. */
export type Answers = Readonly<Record<string, (shown: Shown) => Answer>>;

/** Boxes by corners in pixels of the model's picture, each with a class and a score. */
export const found = (
  ...rows: readonly (readonly [x1: number, y1: number, x2: number, y2: number, classId?: number, score?: number])[]
): Detections => ({
  kind: 'detections',
  boxes: Float32Array.from(rows.flatMap((row) => row.slice(0, 4) as number[])),
  scores: Float32Array.from(rows, ([, , , , , score = 0.9]) => score),
  classIds: Int32Array.from(rows, ([, , , , classId = 0]) => classId),
});

/** One label of each question. */
export const told = (colour: string, score = 0.9): Answer => ({
  kind: 'classes',
  groups: [{ name: 'colour', top: [{ classId: colour === 'red' ? 0 : 1, label: colour, score }] }],
});

/** An engine that answers by what pictures show; `delayMs` is asked before each answer. */
export function engineOf(answers: Answers, delayMs?: () => number, options: FakeEngineOptions = {}): FakeEngine {
  return fakeEngine({
    ...options,
    async answer({ inputs }, { name }) {
      const bytes = inputs[0]!.data as Uint8Array;
      const [x, y, frame, right, bottom] = [bytes[0]!, bytes[1]!, bytes[2]!, bytes.at(-3)!, bytes.at(-2)!];
      const answer = answers[name]!({ x, y, right, bottom, frame });
      if (delayMs) await sleep(delayMs());
      return { answers: [answer] };
    },
  });
}

/** Every source is a clip of such frames. */
export function media(frames: number, more: FakeClip = {}): FakeMedia {
  const { width, height } = SIZE;
  const rgb = (number: number): Uint8Array => {
    const bytes = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at++) bytes.set([at % width, Math.floor(at / width), number], at * 3);
    return bytes;
  };
  return fakeMedia({ anyClip: { size: SIZE, frames, rgb, ...more } });
}

/** Numbers from 0 to 1 with a fixed seed: what passes once passes always. */
export function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
