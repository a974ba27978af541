import type { Point } from '../../core/index.js';
import type { EyeView } from '../eyes.js';

/** Entries of a lid's table per pixel. */
const FINE = 4;

/**
 * An eye's opening in axes of its own: u runs from the picture-left corner (0) to the other (`width`), v across it, downward; both in pixels.
 * Tables hold the lids' v, and the cosine of their slope, which makes a distance along v one across the lid.
 */
export interface EyeFrame {
  readonly corner: Point;
  readonly width: number;
  /** The unit vector of u. That of v is a quarter turn clockwise from it. */
  readonly along: Point;
  readonly upper: LidTable;
  readonly lower: LidTable;
}

/** A lid's edge along u, four entries a pixel. */
export interface LidTable {
  readonly v: Float64Array;
  readonly lean: Float64Array;
}

/** Slopes of a curve through points that neither overshoots nor swings (Fritsch and Carlson 1980). */
function slopesOf(u: readonly number[], v: readonly number[]): number[] {
  const steps = u.slice(1).map((end, i) => (v[i + 1]! - v[i]!) / Math.max(1e-6, end - u[i]!));
  return u.map((_, i) => {
    const [before, after] = [steps[i - 1] ?? steps[0]!, steps[i] ?? steps.at(-1)!];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
}

function tableOf(points: readonly Point[], width: number): LidTable {
  const kept = points.filter((point, i) => i === 0 || point.x > points[i - 1]!.x + 0.05);
  const [u, v] = [kept.map((point) => point.x), kept.map((point) => point.y)];
  const slopes = slopesOf(u, v);
  const length = Math.ceil(width * FINE) + 2;
  const table = { v: new Float64Array(length), lean: new Float64Array(length) };
  for (let i = 0, k = 0; i < length; i++) {
    const at = Math.min(width, i / FINE);
    while (k < kept.length - 2 && at > u[k + 1]!) k++;
    const span = Math.max(1e-6, u[k + 1]! - u[k]!);
    const t = Math.min(1, Math.max(0, (at - u[k]!) / span));
    const [t2, t3] = [t * t, t * t * t];
    table.v[i] =
      (2 * t3 - 3 * t2 + 1) * v[k]! + (t3 - 2 * t2 + t) * span * slopes[k]! + (3 * t2 - 2 * t3) * v[k + 1]! + (t3 - t2) * span * slopes[k + 1]!;
  }
  for (let i = 0; i < length; i++) {
    const slope = ((table.v[Math.min(length - 1, i + 1)]! - table.v[Math.max(0, i - 1)]!) * FINE) / 2;
    table.lean[i] = 1 / Math.hypot(1, slope);
  }
  return table;
}

/** The frame of an eye, or nothing where its corners are less than eight pixels apart. */
export function eyeFrame({ upperLid, lowerLid }: EyeView): EyeFrame | undefined {
  const ends = [0, -1].map((i) => {
    const [a, b] = [upperLid.at(i), lowerLid.at(i)];
    return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 };
  });
  const [corner, other] = [ends[0]!, ends[1]!];
  const width = Math.hypot(other.x - corner.x, other.y - corner.y);
  if (!(width >= 8)) return undefined;
  const along = { x: (other.x - corner.x) / width, y: (other.y - corner.y) / width };
  const own = ({ x, y }: Point): Point => ({
    x: (x - corner.x) * along.x + (y - corner.y) * along.y,
    y: (y - corner.y) * along.x - (x - corner.x) * along.y,
  });
  const lid = (points: readonly Point[]): LidTable => tableOf([{ x: 0, y: 0 }, ...points.slice(1, -1).map(own), { x: width, y: 0 }], width);
  return { corner, width, along, upper: lid(upperLid), lower: lid(lowerLid) };
}

/** An entry of a lid's table between its neighbours; the corner's beyond the ends. */
export function tableAt(table: Float64Array, u: number, width: number): number {
  const at = Math.min(width, Math.max(0, u)) * FINE;
  const i = Math.floor(at);
  return table[i]! + (at - i) * (table[i + 1]! - table[i]!);
}
