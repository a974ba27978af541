import type { Point, Rect } from '../../core/index.js';

/** A person on a photograph of an npm package, and what must be known to walk them through a scene. */
export interface Person {
  readonly name: string;
  /** Key of {@link PHOTOGRAPHS}. */
  readonly photograph: Photograph;
  /** The part of the photograph to look at, in its pixels. */
  readonly crop: Rect;
  /** Where others stand close: a rough outline of this person, in fractions of the crop. */
  readonly outline?: readonly Point[];
  /** Share of the whole body that is on the photograph, from the top of the head down: tells how large to draw it. */
  readonly shown: number;
  /** Metres. */
  readonly stature: number;
  /** Which way the person looks; absent for one who looks at the camera. */
  readonly facing?: 'left' | 'right';
  /** Wears letters, which a mirrored picture would show reversed. */
  readonly lettered?: boolean;
}

/** The photographs, named after their photographers on Unsplash, in the two packages of Creative Tim that carry them. */
export const PHOTOGRAPHS = {
  'clem-onojegaw': 'material-kit',
  'mariya-georgieva': 'material-kit',
  'studio-2': 'material-kit',
  'studio-5': 'material-kit',
  'kal-visuals': 'soft-ui-design-system',
  charles: 'soft-ui-design-system',
  brooke: 'soft-ui-design-system',
  jordan: 'soft-ui-design-system',
  ivana: 'soft-ui-design-system',
} as const;

/** A row of {@link PHOTOGRAPHS}. */
export type Photograph = keyof typeof PHOTOGRAPHS;

/** Points from `x y` pairs in hundredths. */
const outline = (...hundredths: readonly number[]): Point[] =>
  Array.from({ length: hundredths.length / 2 }, (_, i) => ({ x: hundredths[i * 2]! / 100, y: hundredths[i * 2 + 1]! / 100 }));

/** Everyone who walks. Crops and outlines were drawn by hand on the pinned photographs. */
export const PEOPLE = {
  plaid: {
    name: 'plaid',
    photograph: 'clem-onojegaw',
    crop: { x: 30, y: 40, width: 460, height: 822 },
    // oxfmt-ignore
    outline: outline(31, 3, 60, 3, 62, 16, 66, 22, 80, 27, 90, 32, 93.5, 40, 92, 48, 88, 53, 86, 60, 84.5, 66, 87, 80, 88, 92, 84, 97, 82, 100, 22, 100, 22, 90, 23, 82, 25, 75, 27, 70.5, 15, 69, 12, 62, 12, 55, 14, 48, 18, 38, 19, 31, 34, 24, 33, 18, 31, 12),
    shown: 0.57,
    stature: 1.8,
    facing: 'left',
  },
  yellow: {
    name: 'yellow',
    photograph: 'mariya-georgieva',
    crop: { x: 30, y: 20, width: 260, height: 448 },
    // oxfmt-ignore
    outline: outline(38, 3, 66, 3, 67, 17, 62, 25, 78, 29, 82.5, 34, 86, 44, 91, 53, 87, 57.5, 75, 59, 72, 62, 73, 80, 70.5, 80.5, 66, 100, 15, 100, 18, 80, 18, 76, 22, 62, 10, 54, 10, 52, 14, 42, 18, 31, 24, 28, 40, 24, 40, 16),
    shown: 0.58,
    stature: 1.8,
  },
  scarf: {
    name: 'scarf',
    photograph: 'mariya-georgieva',
    crop: { x: 250, y: 30, width: 260, height: 438 },
    // oxfmt-ignore
    outline: outline(36, 3, 63, 3, 69, 14, 66, 26, 80, 27.5, 86, 32, 90.5, 42, 95, 52, 94.5, 61, 92, 72, 88, 77, 84.5, 80, 84, 100, 35, 100, 30.5, 80, 20, 79.5, 10, 77, 9.5, 70, 17.5, 63, 21, 57, 9.5, 53, 8.5, 50, 14, 40, 22, 33, 27, 29, 38, 27, 40, 22, 37, 14),
    shown: 0.57,
    stature: 1.83,
    facing: 'right',
  },
  orange: {
    name: 'orange',
    photograph: 'studio-2',
    crop: { x: 160, y: 130, width: 240, height: 620 },
    outline: outline(34, 5.5, 43, 5, 52, 5, 68, 3.5, 70, 16, 66, 20, 95, 25, 95, 100, 0, 100, 0, 25, 36, 20),
    shown: 1,
    stature: 1.7,
    facing: 'left',
  },
  sweater: {
    name: 'sweater',
    photograph: 'studio-5',
    crop: { x: 90, y: 50, width: 400, height: 711 },
    shown: 0.55,
    stature: 1.7,
    facing: 'right',
  },
  stripes: {
    name: 'stripes',
    photograph: 'kal-visuals',
    crop: { x: 0, y: 100, width: 934, height: 1301 },
    shown: 0.47,
    stature: 1.7,
  },
  jersey: {
    name: 'jersey',
    photograph: 'charles',
    crop: { x: 100, y: 260, width: 700, height: 940 },
    shown: 0.46,
    stature: 1.84,
    lettered: true,
  },
  red: {
    name: 'red',
    photograph: 'brooke',
    crop: { x: 60, y: 280, width: 874, height: 1121 },
    shown: 0.41,
    stature: 1.68,
    facing: 'left',
  },
  beanie: {
    name: 'beanie',
    photograph: 'jordan',
    crop: { x: 60, y: 280, width: 820, height: 1120 },
    shown: 0.44,
    stature: 1.78,
    facing: 'right',
  },
  hoodie: {
    name: 'hoodie',
    photograph: 'ivana',
    crop: { x: 40, y: 420, width: 820, height: 930 },
    shown: 0.38,
    stature: 1.64,
    lettered: true,
  },
} as const satisfies Readonly<Record<string, Person>>;

/** A row of {@link PEOPLE}. */
export type PersonName = keyof typeof PEOPLE;
