import { type EyePose, type GlobePlace, placeSeen } from './eye-pose.js';
import type { EyeRegion } from './eye-region.js';
import { fade } from '../fade.js';

/** Tissue at the corners does not turn with the eye: parts of the opening's width from the nose and from the outer corner, full and faded out. */
const INNER = [0.17, 0.29] as const;
const OUTER = [0.03, 0.08] as const;

/** What each pixel of a region shows of the eye as it looks. One number a pixel in each. */
export interface EyePlaceMap {
  /** Across the opening, -1 at the picture-left corner, 1 at the other. */
  readonly across: Float32Array;
  /** Pixels to the nearer lid, negative outside. */
  readonly depth: Float32Array;
  /** From the pupil's middle in radii of the limbus. */
  readonly radius: Float32Array;
  /** In the eye's own axes, in millimetres. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** How little the globe's rim hides, 0 to 1. */
  readonly facing: Float32Array;
}

/** How much of what is seen across the opening is corner, 0 to 1; `noseRight` for the picture-left eye. */
export function cornerAt(across: number, noseRight: boolean): number {
  const fromLeft = (across + 1) / 2;
  const inner = noseRight ? 1 - fromLeft : fromLeft;
  return Math.max(fade(INNER[1], INNER[0], inner), fade(OUTER[1], OUTER[0], 1 - inner));
}

/** The map of a region for an eye's pose. */
export function eyePlaceMap({ rect, frame, underUpper, overLower }: EyeRegion, pose: EyePose): EyePlaceMap {
  const pixels = rect.width * rect.height;
  const make = (): Float32Array => new Float32Array(pixels);
  const map = { across: make(), depth: make(), radius: make(), x: make(), y: make(), facing: make() };
  const place: GlobePlace = { x: 0, y: 0, radius: 0, seen: 0 };
  const { corner, along, width } = frame;
  for (let row = 0, at = 0; row < rect.height; row++)
    for (let column = 0; column < rect.width; column++, at++) {
      const px = rect.x + column + 0.5;
      const py = rect.y + row + 0.5;
      placeSeen(pose, pose.source, px, py, place);
      map.across[at] = (2 * ((px - corner.x) * along.x + (py - corner.y) * along.y)) / width - 1;
      map.depth[at] = Math.min(underUpper.data[at]!, overLower.data[at]!);
      map.radius[at] = place.radius;
      map.x[at] = place.x;
      map.y[at] = place.y;
      map.facing[at] = place.seen;
    }
  return map;
}
