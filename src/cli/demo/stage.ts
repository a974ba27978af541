import type { Size, TimeBase } from '../../core/index.js';

/** The picture. */
export const SCENE_SIZE: Size = { width: 1280, height: 720 };
/** Pictures a second. */
export const SCENE_RATE: TimeBase = { num: 25, den: 1 };
/** Height of the horizon, in pixels. */
export const HORIZON = 128;
/** The line that is watched is vertical: it runs to the vanishing point. */
export const LINE_X = 640;
/** The wall before the far path: its top, the height of its coping, its foot. */
export const ATTIC = { top: 306, cap: 9, foot: 356 } as const;
/** The hedge before the middle path: the top of its leaves, the trough that it grows in, the trough's foot. */
export const HEDGE = { top: 494, trough: 540, foot: 568 } as const;

/** A path that people walk on, behind something that hides their legs. */
export interface Path {
  /** Pixels a metre. */
  readonly scale: number;
  /** Where feet are, though nobody sees them. */
  readonly groundY: number;
  /** From this row on walkers are hidden, give or take a leaf. */
  readonly hiddenFrom: number;
  /** A row below that, where what hides them has no gaps: nothing needs to be drawn from here on. */
  readonly drawnTo: number;
  /** Share of the air's colour in what is seen. */
  readonly haze: number;
}

/** From far to near. */
export const PATHS = {
  far: { scale: 150, groundY: 430, hiddenFrom: ATTIC.top, drawnTo: ATTIC.top + ATTIC.cap, haze: 0.1 },
  middle: { scale: 210, groundY: 676, hiddenFrom: HEDGE.top, drawnTo: HEDGE.trough, haze: 0.03 },
  near: { scale: 390, groundY: 1140, hiddenFrom: SCENE_SIZE.height, drawnTo: SCENE_SIZE.height, haze: 0 },
} as const satisfies Readonly<Record<string, Path>>;

/** A row of {@link PATHS}. */
export type PathName = keyof typeof PATHS;

/** Colour of the air. */
export const AIR = [236, 224, 206] as const;
