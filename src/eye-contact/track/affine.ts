import type { Point } from '../../core/index.js';

/** A map of the plane: x' = a x + b y + tx, y' = c x + d y + ty. Pixels are squares: the middle of the first is at 0.5. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly tx: number;
  readonly ty: number;
}

/** A square of a picture that a network looks at. */
export interface Square {
  readonly centre: Point;
  /** In pixels of the picture. */
  readonly side: number;
  /** Radians, clockwise as seen: the direction of the picture that lies level in the crop. */
  readonly angle: number;
  /** True where the crop is a mirror image. */
  readonly mirrored?: boolean;
}

/** From pixels of a crop of `size` by `size` to those of the picture. */
export function squareToPicture({ centre, side, angle, mirrored = false }: Square, size: number): Affine {
  const scale = side / size;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const flip = mirrored ? -1 : 1;
  const [a, b, c, d] = [cos * flip, -sin, sin * flip, cos];
  const half = size / 2;
  return { a, b, c, d, tx: centre.x - (a + b) * half, ty: centre.y - (c + d) * half };
}

/** Where a point comes to lie. */
export function movePoint({ a, b, c, d, tx, ty }: Affine, x: number, y: number): Point {
  return { x: a * x + b * y + tx, y: c * x + d * y + ty };
}
