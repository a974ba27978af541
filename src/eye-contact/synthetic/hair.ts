import { createRandom, type Point, type Size } from '../../core/index.js';
import type { FaceSurface } from './face-surface.js';
import { type LidShape, lidDrop, lowerEdge, upperEdge } from './lid-shape.js';
import { HALF_INTEROCULAR, type SyntheticScene } from './scene.js';

/** A hair in pixels: its points from the root, and its width at the root; it ends in a point. */
export interface Hair {
  readonly points: readonly Point[];
  readonly width: number;
}

const POINTS = 7;

/** Millimetres of the head to pixels of the picture. */
export type ToPicture = (x: number, y: number, z: number) => Point;

function curve(toPicture: ToPicture, at: (t: number) => readonly [number, number, number], width: number): Hair {
  return { points: Array.from({ length: POINTS }, (_, i) => toPicture(...at(i / (POINTS - 1)))), width };
}

/** Lashes in bunches: forward from the lid's edge, then up from the upper lid or down from the lower. They turn with the lid. */
function lashes(surface: FaceSurface, lids: LidShape, side: 1 | -1, scene: SyntheticScene, toPicture: ToPicture): Hair[] {
  const random = createRandom(scene.seed * 101 + side);
  const span = lids.outer.x - lids.inner.x;
  return [...Array(150).keys()].map((i) => {
    const isUpper = i < 95;
    const t = 0.16 + 0.83 * (isUpper ? i / 95 : (i - 95) / 55) + (random() - 0.5) * 0.02;
    const local = lids.inner.x + t * span;
    const bunch = Math.sin(i * 2.1) * 0.25;
    const edge = isUpper ? upperEdge(lids, local) - 0.25 - 0.3 * random() : lowerEdge(lids, local) + 1 + 0.3 * random();
    const x = side * (HALF_INTEROCULAR + local);
    const z = surface.height(x, edge);
    const length = (isUpper ? 5 + 2.5 * random() : 2.6 + 1.2 * random()) * (0.5 + 0.5 * Math.sin(Math.PI * Math.min(1, t * 0.8 + 0.15)));
    const fan = side * ((t - 0.4) * 1.2 + bunch + (random() - 0.5) * 0.3);
    const [up, bend] = isUpper ? [0.18, -0.62 - 0.15 * random()] : [0.12, 0.42 + 0.2 * random()];
    // Radians that the lid has turned on the globe.
    const turn = isUpper ? Math.max(-0.3, Math.min(0.9, lidDrop(lids) / 12)) : 0;
    return curve(
      toPicture,
      (s) => {
        const [y, forward] = [length * (up * s + bend * s * s), length * (0.8 * s - 0.25 * s * s)];
        return [
          x + length * fan * s * (0.6 + 0.4 * s),
          edge + y * Math.cos(turn) + forward * Math.sin(turn),
          z + forward * Math.cos(turn) - y * Math.sin(turn),
        ];
      },
      scene.scale * (isUpper ? 0.17 : 0.09) * (0.8 + 0.4 * random()),
    );
  });
}

function brow(surface: FaceSurface, side: 1 | -1, scene: SyntheticScene, toPicture: ToPicture): Hair[] {
  const random = createRandom(scene.seed * 103 + side);
  return [...Array(320).keys()].map(() => {
    const t = random();
    const local = -15 + 40 * t;
    const y = -17.5 - 5 * Math.sin(Math.PI * Math.min(1, 0.15 + t * 0.75)) + (random() - 0.5) * 6.5 * (1 - 0.65 * t);
    const x = side * (HALF_INTEROCULAR + local);
    const z = surface.height(x, y) + 0.4;
    const length = 5 + 3 * random();
    // From upright at the nose to lying at the temple.
    const lean = Math.min(1, 0.35 + 1.6 * t) + 0.3 * (random() - 0.5);
    const rise = Math.max(-0.1, 0.85 - 1.3 * t);
    return curve(toPicture, (s) => [x + side * length * lean * s, y - length * rise * s * (1 - 0.3 * s), z], scene.scale * 0.14);
  });
}

/** The lashes and brows of a scene. */
export function hairs(scene: SyntheticScene, surface: FaceSurface, toPicture: ToPicture): { readonly lashes: Hair[]; readonly brows: Hair[] } {
  const sides = [-1, 1] as const;
  return {
    lashes: sides.flatMap((side, eye) => lashes(surface, surface.lids[eye]!, side, scene, toPicture)),
    brows: sides.flatMap((side) => brow(surface, side, scene, toPicture)),
  };
}

/** How much of each pixel hairs cover, 0 to 1. */
export function hairCover(all: readonly Hair[], { width, height }: Size): Float32Array {
  const cover = new Float32Array(width * height);
  for (const hair of all)
    for (let i = 0; i + 1 < hair.points.length; i++) {
      const share = 1 - (i + 0.5) / hair.points.length;
      strokeSegment(cover, width, height, hair.points[i]!, hair.points[i + 1]!, hair.width * (0.25 + 0.75 * share));
    }
  return cover;
}

/** One piece of a hair: a line with soft edges of a pixel; one thinner than a pixel is fainter instead. */
function strokeSegment(cover: Float32Array, width: number, height: number, a: Point, b: Point, thick: number): void {
  const reach = thick / 2 + 1;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = Math.max(1e-9, dx * dx + dy * dy);
  const [y1, y2] = [Math.max(0, Math.floor(Math.min(a.y, b.y) - reach)), Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + reach))];
  const [x1, x2] = [Math.max(0, Math.floor(Math.min(a.x, b.x) - reach)), Math.min(width - 1, Math.ceil(Math.max(a.x, b.x) + reach))];
  for (let row = y1; row <= y2; row++)
    for (let column = x1; column <= x2; column++) {
      const [px, py] = [column + 0.5 - a.x, row + 0.5 - a.y];
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const away = Math.hypot(px - t * dx, py - t * dy);
      const wide = Math.max(1, thick);
      const ink = Math.min(1, Math.max(0, wide / 2 + 0.5 - away)) * Math.min(1, thick);
      // Pieces of one hair meet: the more opaque wins there, and crossing hairs add up only where both are faint.
      const at = row * width + column;
      if (ink > cover[at]!) cover[at] = Math.min(1, ink + 0.35 * cover[at]! * (1 - ink));
      else cover[at] = Math.min(1, cover[at]! + 0.35 * ink * (1 - cover[at]!));
    }
}
