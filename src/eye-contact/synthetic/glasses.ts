import type { FaceSurface } from './face-surface.js';
import { fade } from '../fade.js';
import { HALF_INTEROCULAR } from './scene.js';

/** Where the glasses sit in front of the globes' middles, and their shape, in millimetres. */
const PLANE = 24;
const HALF_WIDTH = 24;
const HALF_HEIGHT = 18;
const CORNER = 9;
const RIM = 2.2;

/** Puts glasses on what is seen at a place of the camera's plane (millimetres), in linear light. */
export type Glasses = (x: number, y: number, into: Float64Array) => void;

/** Dark rims, and lenses that mirror a window without bending what lies behind. */
export function glasses(surface: FaceSurface): Glasses {
  const [m0, m1, m2, m3, m4, m5] = surface.rotation;
  const determinant = m0 * m4 - m1 * m3;
  return (cx, cy, into) => {
    const [u, v] = [cx - m2 * PLANE, cy - m5 * PLANE];
    const [x, y] = [(m4 * u - m1 * v) / determinant, (m0 * v - m3 * u) / determinant];
    const [ax, ay] = [Math.abs(Math.abs(x) - HALF_INTEROCULAR - 1), Math.abs(y - 3)];
    const [qx, qy] = [ax - HALF_WIDTH + CORNER, ay - HALF_HEIGHT + CORNER];
    const outside = Math.hypot(Math.max(0, qx), Math.max(0, qy)) + Math.min(0, Math.max(qx, qy)) - CORNER;
    const bridge = Math.abs(x) < 9 ? fade(1.4, 1, Math.abs(y + 4 - 0.02 * x * x)) : 0;
    const rim = Math.max(bridge, fade(RIM / 2 + 0.15, RIM / 2 - 0.15, Math.abs(outside)));
    if (outside < 0) {
      const lean = (x < 0 ? x + HALF_INTEROCULAR : x - HALF_INTEROCULAR) + 0.5 * y;
      const pane = fade(-17, -15.5, lean) * fade(-8, -9.5, lean) * fade(12, 10, y) * fade(-12, -10, y);
      const veil = 0.015 + 0.1 * pane;
      into[0] = into[0]! * 0.95 + veil * 0.9;
      into[1] = into[1]! * 0.96 + veil;
      into[2] = into[2]! * 0.96 + veil * 1.1;
    }
    const shine = 0.02 + 0.05 * fade(0.3, -0.4, outside) * fade(-1, -0.6, outside);
    for (let c = 0; c < 3; c++) into[c] = into[c]! * (1 - rim) + shine * rim;
  };
}
