import type { Box, Point } from '../core/index.js';

/** A direction in degrees. For a gaze, relative to the axis of the camera: 0 looks into it; yaw grows toward the picture's right, pitch upward. */
export interface Direction {
  readonly yaw: number;
  readonly pitch: number;
}

/** The outer edge of an iris in the picture. */
export interface IrisView {
  /** Middle of the circle of the limbus, in pixels. */
  readonly centre: Point;
  /** Radius of that circle seen from straight ahead, in pixels. */
  readonly radius: number;
  /** Points of the limbus as seen, hidden ones included, in pixels. */
  readonly ring: readonly Point[];
}

/** One eye as seen in one picture. */
export interface EyeView {
  /** Edge of the upper lid in pixels, from the picture-left corner to the picture-right one, both included. */
  readonly upperLid: readonly Point[];
  /** Edge of the lower lid, as {@link EyeView.upperLid}. */
  readonly lowerLid: readonly Point[];
  readonly iris: IrisView;
  /** 0 for a closed eye, 1 for one that is open as this person's usually is. */
  readonly openness: number;
  readonly gaze: Direction;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A face and its eyes in one picture of a video. */
export interface TrackedFace {
  /** The same for one face as long as it is followed. */
  readonly id: number;
  /** In pixels. */
  readonly box: Box;
  /** 0 to 1. */
  readonly confidence: number;
  /** Degrees: yaw positive when turned to the picture's right, pitch when up, roll when turned clockwise in the picture. */
  readonly head: Direction & { readonly roll: number };
  /** Distance of the eyes in pixels. */
  readonly scale: number;
  /** The picture-left eye first. */
  readonly eyes: readonly [EyeView, EyeView];
}
