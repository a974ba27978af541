import type { Box, Point } from '../../core/index.js';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * The outline of a box, with a tag at its top edge, or elsewhere at the box where there is no room or another tag is in the way. Tags are drawn
 * above everything else, in letters that follow the picture's height.
 */
export interface BoxShape {
  readonly kind: 'box';
  readonly box: Box;
  readonly colour: Rgb;
  /** Width of the outline in pixels, half of it outside the box. */
  readonly thicknessPx: number;
  readonly tag?: string;
}

/** A line through points, such as a track's trail or a counting line. */
export interface PathShape {
  readonly kind: 'path';
  readonly points: readonly Point[];
  readonly colour: Rgb;
  readonly thicknessPx: number;
  /** Joins the last point to the first. */
  readonly closed?: boolean;
  /** Fades towards the first point; a point that is no number breaks the line. */
  readonly fading?: boolean;
}

/** Dots, such as landmarks. */
export interface DotsShape {
  readonly kind: 'dots';
  readonly points: readonly Point[];
  readonly colour: Rgb;
  readonly radiusPx: number;
}

/** Text on a filled plate. */
export interface TextShape {
  readonly kind: 'text';
  readonly text: string;
  /** Top-left corner of the plate. */
  readonly at: Point;
  readonly colour: Rgb;
  readonly plate?: Rgb;
  /** Height of the letters' line, in pixels. */
  readonly heightPx: number;
}

/** One thing to draw, in pixels of the displayed frame; parts outside are cut. Plain data: it travels to the thread that holds the pixels. */
export type Shape = BoxShape | PathShape | DotsShape | TextShape;
