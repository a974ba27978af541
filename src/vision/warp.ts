import { type PictureRequest, type Rect, type Size, fail } from '../core/index.js';
import type { FitTarget } from './fit.js';
import type { PlanePoint } from './min-area-rectangle.js';

/**
 * A similarity transform of the plane: x' = a x - b y + tx, y' = b x + a y + ty. It turns by atan2(b, a), scales by hypot(a, b) and moves; it never
 * mirrors. Pixels are squares: the middle of the first is at 0.5, as in all boxes here.
 */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** The transform that brings `from` nearest to `to`, in the least squares of the distances (Umeyama 1991, in the plane and without mirroring). @throws Fault INVALID_ARGUMENT for fewer than two pairs, or when all points of `from` are one */
export function similarityOf(from: readonly PlanePoint[], to: readonly PlanePoint[]): Similarity {
  if (from.length < 2 || from.length !== to.length)
    fail('INVALID_ARGUMENT', `a transform needs two or more pairs of points, got ${from.length} and ${to.length}`);
  const [middle, goal] = [meanOf(from), meanOf(to)];
  let [along, across, spread] = [0, 0, 0];
  from.forEach((point, i) => {
    const [x, y] = [point.x - middle.x, point.y - middle.y];
    const [u, v] = [to[i]!.x - goal.x, to[i]!.y - goal.y];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  });
  if (!(spread > 0)) fail('INVALID_ARGUMENT', 'a transform cannot be told from points that all lie in one place');
  const [a, b] = [along / spread, across / spread];
  return { a, b, tx: goal.x - a * middle.x + b * middle.y, ty: goal.y - b * middle.x - a * middle.y };
}

function meanOf(points: readonly PlanePoint[]): PlanePoint {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** The transform that fills a picture of `size` with the square of `side` pixels around `centre`, turned so that a line rising by `angle` (radians, clockwise on the screen) lies level. Of an oblong size, the width takes the side. */
export function turnedCrop(centre: PlanePoint, side: number, angle: number, size: Size): Similarity {
  if (!(side > 0)) fail('INVALID_ARGUMENT', `a crop needs a side of more than 0 pixels, got ${side}`);
  const scale = size.width / side;
  const [a, b] = [Math.cos(angle) * scale, -Math.sin(angle) * scale];
  return { a, b, tx: size.width / 2 - a * centre.x + b * centre.y, ty: size.height / 2 - b * centre.x - a * centre.y };
}

/** Where a point comes to lie. */
export function transformPoint({ a, b, tx, ty }: Similarity, { x, y }: PlanePoint): PlanePoint {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

/** The way back. @throws Fault INVALID_ARGUMENT for a transform that makes everything one point */
export function inverted({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  if (!(square > 0)) fail('INVALID_ARGUMENT', 'a transform of scale 0 has no way back');
  const [ia, ib] = [a / square, -b / square];
  return { a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty) };
}

/** Points moved from one picture to another: rows of `x, y, ...` of `stride` numbers, of which only x and y change; a copy. */
export function transformPoints(points: Float32Array, { a, b, tx, ty }: Similarity, stride = 3): Float32Array {
  const moved = points.slice();
  for (let i = 0; i + 1 < moved.length; i += stride) {
    const [x, y] = [points[i]!, points[i + 1]!];
    moved[i] = a * x - b * y + tx;
    moved[i + 1] = b * x + a * y + ty;
  }
  return moved;
}

/** A picture in packed RGB: [H, W, 3]. */
export interface PackedRgb {
  readonly size: Size;
  readonly data: Uint8Array;
}

/** Where the bytes of a pixel go: offsets of its red, green and blue, and what a step to the right and down adds. */
function placesOf({ size, order, layout }: Pick<FitTarget, 'size' | 'order' | 'layout'>) {
  const plane = size.width * size.height;
  const step = order === 'gray' || layout === 'planar' ? 1 : 3;
  const apart = layout === 'planar' ? plane : 1;
  const red = order === 'bgr' ? 2 * apart : 0;
  return { step, red, green: apart, blue: order === 'bgr' ? 0 : 2 * apart };
}

/**
 * Samples `source` into a picture of `target`: `toTarget` leads from pixels of the source to pixels of the target. Bilinear, so the source should not
 * be more than about twice as fine as the target ({@link fitWarp} sees to that). What lies outside is mixed with `pad`. Gray is that of BT.601.
 */
export function warp(source: PackedRgb, toTarget: Similarity, target: Pick<FitTarget, 'size' | 'order' | 'layout' | 'pad'>): Uint8Array<ArrayBuffer> {
  const { size, order, pad } = target;
  const gray = order === 'gray';
  const out = new Uint8Array(size.width * size.height * (gray ? 1 : 3));
  const { step, red, green, blue } = placesOf(target);
  const { a, b, tx, ty } = inverted(toTarget);
  const pixel = new Float64Array(3);
  for (let v = 0, at = 0; v < size.height; v++)
    for (let u = 0; u < size.width; u++, at += step) {
      sample(source, a * (u + 0.5) - b * (v + 0.5) + tx - 0.5, b * (u + 0.5) + a * (v + 0.5) + ty - 0.5, pad, pixel);
      const [r, g, bl] = pixel as unknown as readonly [number, number, number];
      if (gray) out[at] = Math.round(0.299 * r + 0.587 * g + 0.114 * bl);
      else {
        out[at + red] = Math.round(r);
        out[at + green] = Math.round(g);
        out[at + blue] = Math.round(bl);
      }
    }
  return out;
}

/** Mixes the four pixels around x, y, whose whole numbers are the middles of pixels. */
function sample({ size, data }: PackedRgb, x: number, y: number, pad: number, into: Float64Array): void {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  into.fill(0);
  for (let corner = 0; corner < 4; corner++) {
    const [dx, dy] = [corner & 1, corner >> 1];
    const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
    if (weight === 0) continue;
    const [column, row] = [x0 + dx, y0 + dy];
    const inside = column >= 0 && row >= 0 && column < size.width && row < size.height;
    const at = (row * size.width + column) * 3;
    for (let c = 0; c < 3; c++) into[c]! += weight * (inside ? data[at + c]! : pad);
  }
}

/** A turned or aligned crop of a frame: the upright picture to ask the frame for, and how to warp it. */
export interface WarpFit {
  /** Packed RGB of the region, about as fine as the target needs. */
  readonly request: PictureRequest;
  /** From pixels of the requested picture to those of the target: what {@link warp} takes. */
  readonly toTarget: Similarity;
  /** From pixels of the target to those of the displayed frame, for the way back of boxes and points. */
  readonly toFrame: Similarity;
}

/** Bounds of the target in the frame, in whole pixels, cut to the frame. */
function regionOf(frame: Size, target: Size, toFrame: Similarity): Rect {
  const corners = [0, target.width].flatMap((x) => [0, target.height].map((y) => transformPoint(toFrame, { x, y })));
  const span = (values: readonly number[], limit: number): [number, number] => {
    const from = Math.min(limit - 1, Math.max(0, Math.floor(Math.min(...values)) - 1));
    return [from, Math.max(from + 1, Math.min(limit, Math.ceil(Math.max(...values)) + 1))];
  };
  const [x, x2] = span(corners.map((corner) => corner.x), frame.width); // prettier-ignore
  const [y, y2] = span(corners.map((corner) => corner.y), frame.height); // prettier-ignore
  return { x, y, width: x2 - x, height: y2 - y };
}

/**
 * Plans a warp of a displayed frame: `toTarget` leads from its pixels to those of the target. Only the region that the target shows is asked for, made
 * smaller by the frame's own scaler where the target is coarser, so that nothing of full size is made.
 */
export function fitWarp(frame: Size, target: Pick<FitTarget, 'size'>, toTarget: Similarity): WarpFit {
  const toFrame = inverted(toTarget);
  const source = regionOf(frame, target.size, toFrame);
  const scale = Math.min(1, Math.hypot(toTarget.a, toTarget.b));
  const size = { width: Math.max(1, Math.round(source.width * scale)), height: Math.max(1, Math.round(source.height * scale)) };
  // The real ratios of the whole-pixel picture; they differ by less than a pixel over its length, so one scale stands for both.
  const shrink = Math.sqrt((size.width / source.width) * (size.height / source.height));
  const { a, b } = toTarget;
  const corner = transformPoint(toTarget, source);
  return {
    request: { size, order: 'rgb', layout: 'packed', source },
    toTarget: { a: a / shrink, b: b / shrink, tx: corner.x, ty: corner.y },
    toFrame,
  };
}

/**
 * Where the two eyes, the tip of the nose and the two corners of the mouth, each from the viewer's left, lie in the 112x112 pixels of an aligned face:
 * the positions that ArcFace (Deng et al. 2019, InsightFace) and its kin were trained with.
 */
export const ARCFACE_POINTS: readonly PlanePoint[] = Object.freeze([
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
]);
