import type { Point } from '../../core/index.js';
import type { Rgb, Shape } from './shape.js';

/** Shapes on their way to another thread: structured clone takes fifty boxes with trails apart object by object, two arrays it copies. */
export interface FlatShapes {
  readonly numbers: Float32Array;
  readonly texts: readonly string[];
}

/** Kinds by their number in {@link FlatShapes}. */
const KINDS = ['box', 'path', 'dots', 'text'] as const;
const CLOSED = 1;
const FADING = 2;

/** Shapes as numbers and texts, in their order. Coordinates are kept to a 500th of a pixel at 8K. */
export function flatShapes(shapes: readonly Shape[]): FlatShapes {
  const numbers: number[] = [];
  const texts: string[] = [];
  /** 1-based place of a text; 0 stands for none. */
  const textAt = (text: string | undefined): number => (text === undefined ? 0 : texts.push(text));
  const points = (list: readonly Point[]): void => {
    numbers.push(list.length);
    for (const { x, y } of list) numbers.push(x, y);
  };
  for (const shape of shapes) {
    numbers.push(KINDS.indexOf(shape.kind), ...shape.colour);
    switch (shape.kind) {
      case 'box':
        numbers.push(shape.box.x1, shape.box.y1, shape.box.x2, shape.box.y2, shape.thicknessPx, textAt(shape.tag));
        break;
      case 'path':
        numbers.push(shape.thicknessPx, (shape.closed ? CLOSED : 0) + (shape.fading ? FADING : 0));
        points(shape.points);
        break;
      case 'dots':
        numbers.push(shape.radiusPx);
        points(shape.points);
        break;
      case 'text':
        numbers.push(shape.at.x, shape.at.y, shape.heightPx, textAt(shape.text), ...(shape.plate ?? [-1, -1, -1]));
    }
  }
  return { numbers: Float32Array.from(numbers), texts };
}

/** The way back from {@link flatShapes}. */
export function readShapes({ numbers, texts }: FlatShapes): Shape[] {
  let at = 0;
  const next = (): number => numbers[at++]!;
  const rgb = (): Rgb => [next(), next(), next()];
  const text = (): string | undefined => texts[next() - 1];
  const points = (): Point[] => Array.from({ length: next() }, () => ({ x: next(), y: next() }));
  const shapes: Shape[] = [];
  while (at < numbers.length) shapes.push(readShape(KINDS[next()]!, { next, rgb, text, points }));
  return shapes;
}

interface Reader {
  readonly next: () => number;
  readonly rgb: () => Rgb;
  readonly text: () => string | undefined;
  readonly points: () => Point[];
}

function readShape(kind: Shape['kind'], { next, rgb, text, points }: Reader): Shape {
  const colour = rgb();
  switch (kind) {
    case 'box': {
      const box = { x1: next(), y1: next(), x2: next(), y2: next() };
      const thicknessPx = next();
      const tag = text();
      return { kind, colour, box, thicknessPx, ...(tag === undefined ? {} : { tag }) };
    }
    case 'path': {
      const [thicknessPx, flags] = [next(), next()];
      return { kind, colour, thicknessPx, points: points(), closed: (flags & CLOSED) !== 0, fading: (flags & FADING) !== 0 };
    }
    case 'dots':
      return { kind, colour, radiusPx: next(), points: points() };
    case 'text': {
      const [x, y, heightPx, words, plate] = [next(), next(), next(), text() ?? '', rgb()];
      return { kind, colour, at: { x, y }, heightPx, text: words, ...(plate[0] < 0 ? {} : { plate }) };
    }
  }
}
