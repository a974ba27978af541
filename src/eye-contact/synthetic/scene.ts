import type { Size } from '../../core/index.js';
import type { Direction } from '../eyes.js';

/** Colours of irises, dark to light. */
export const IRIS_COLOURS = ['dark-brown', 'brown', 'hazel', 'green', 'blue', 'light-blue'] as const;

/** One of {@link IRIS_COLOURS}. */
export type IrisColour = (typeof IRIS_COLOURS)[number];

/** Where the main light stands as seen from the face, and how it shares the work with the light of the room. */
export interface SceneLight {
  /** Degrees: yaw positive toward the picture's right, pitch upward. */
  readonly from: Direction;
  /** 0 for light from everywhere, 1 for the main light alone. */
  readonly share: number;
  /** Half the width of the light's mirror image as an angle, in degrees: 4 is a lamp, 15 a window. */
  readonly spread: number;
}

/** What {@link renderFace} draws. All that is not given stays the same from picture to picture. */
export interface SyntheticScene {
  readonly size: Size;
  /** Pixels a millimetre: a face 220 pixels wide has about 1.5. */
  readonly scale: number;
  /** What lies in the middle of the picture: millimetres from the middle between the eyes, to the picture's right and down. */
  readonly middle: { readonly x: number; readonly y: number };
  readonly head: Direction & { readonly roll: number };
  /** Degrees relative to the camera's axis, of the picture-left eye and the other. */
  readonly gaze: readonly [Direction, Direction];
  /** 0 for closed eyes, 1 for eyes open at rest. */
  readonly openness: number;
  /** 0 for the lightest skin, 1 for the darkest. */
  readonly skin: number;
  readonly iris: IrisColour;
  /** Radius of the pupil in millimetres, 1 to 4. */
  readonly pupil: number;
  readonly light: SceneLight;
  /** Rims with flat glass that mirrors a window. */
  readonly glasses: boolean;
  /** Deviation of the camera's noise in levels of 255. */
  readonly noise: number;
  /** Deviation of the camera's blur in pixels. */
  readonly blur: number;
  /** Decides the shape of the lids, the iris' fibres, veins, lashes, skin. */
  readonly seed: number;
  /** Decides the camera's noise. */
  readonly frame: number;
}

/** A scene with what is given, and for the rest a face 250 pixels wide that looks into the camera under a lamp from above left. */
export function syntheticScene(given: Partial<SyntheticScene> = {}): SyntheticScene {
  const scale = given.scale ?? 1.7;
  const even = (millimetres: number): number => 2 * Math.round((millimetres * scale) / 2);
  const ahead = { yaw: 0, pitch: 0 };
  return {
    size: { width: even(128), height: even(72) },
    scale,
    middle: { x: 0, y: -2 },
    head: { yaw: 0, pitch: 0, roll: 0 },
    gaze: [ahead, ahead],
    openness: 1,
    skin: 0.25,
    iris: 'brown',
    pupil: 2,
    light: { from: { yaw: -25, pitch: 30 }, share: 0.55, spread: 6 },
    glasses: false,
    noise: 1.5,
    blur: 0.5,
    seed: 1,
    frame: 0,
    ...given,
  };
}

/** Half the distance of the middles of the two eyes, in millimetres. */
export const HALF_INTEROCULAR = 31.5;
