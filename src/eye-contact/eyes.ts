import type { Box, Point } from '../core/index.js';

/** Which way something looks, in degrees. Yaw is positive towards the picture's right, pitch is positive upwards. */
export interface Direction {
  readonly yaw: number;
  readonly pitch: number;
}

/** One iris as seen. */
export interface IrisView {
  /** Middle of the iris in pixels of the picture. */
  readonly centre: Point;
  /** Half of the iris' width in pixels, as it would be seen straight ahead. */
  readonly radius: number;
  /** Its outline in pixels: sixteen points, from the picture's right over the bottom to the left and the top. Lids are not taken off. */
  readonly ring: readonly Point[];
}

/** One eye as seen. */
export interface EyeView {
  /** Margin of the upper lid in pixels, from the corner at the picture's left to that at its right, both included. */
  readonly upperLid: readonly Point[];
  /** Margin of the lower lid, likewise. */
  readonly lowerLid: readonly Point[];
  readonly iris: IrisView;
  /** Middle of the eyeball in pixels: where the middle of the iris is seen when {@link gaze} is 0. */
  readonly globe: Point;
  /** Distance in pixels from the middle of the eyeball to that of the iris. */
  readonly globeRadius: number;
  /** Greatest distance of the lids divided by the eye's width; about 0.3 for an open eye, near 0 for a closed one. */
  readonly openness: number;
  /** How far it is closed, 0 (as open as this person's eye mostly is, however narrow) to 1. */
  readonly closure: number;
  /** Where it looks relative to the camera: 0 is into the lens. */
  readonly gaze: Direction;
  /** How far it can be trusted, 0 to 1: falls where the eye is turned away, covered or outside of the picture. */
  readonly confidence: number;
}

/** How a head is held, in degrees: 0 faces the camera. */
export interface HeadPose extends Direction {
  /** Positive when the head leans clockwise as seen in the picture. */
  readonly roll: number;
}

/** A face that is followed. */
export interface TrackedFace {
  /** From 1, unique within the video; a face that comes back within a second keeps it. */
  readonly id: number;
  /** Around the face's points, in pixels; may reach beyond the picture. */
  readonly box: Box;
  /** How certain it is that a face is there and turned towards the camera, 0 to 1. */
  readonly confidence: number;
  readonly head: HeadPose;
  /** Distance in pixels between the middles of the two eyes, as it would be seen from the front. */
  readonly scale: number;
  /** The eye at the picture's left, then that at its right. */
  readonly eyes: readonly [EyeView, EyeView];
}
