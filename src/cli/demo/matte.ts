import type { Size } from '../../core/index.js';

/** How much of each pixel belongs to the person: [H, W] FP32, 0 to 1. */
export type Alpha = Float32Array<ArrayBuffer>;

/** Means over squares of side 2 x `radius` + 1, cut at the edges; two passes of running sums, so that the radius costs nothing. */
export function boxMean(values: Float32Array, { width, height }: Size, radius: number): Alpha {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y++) runningMean(values, rows, y * width, 1, width, radius);
  const out = new Float32Array(values.length);
  for (let x = 0; x < width; x++) runningMean(rows, out, x, width, height, radius);
  return out;
}

function runningMean(from: Float32Array, to: Float32Array, start: number, step: number, count: number, radius: number): void {
  let sum = 0;
  let inside = 0;
  for (let i = 0; i < Math.min(radius, count); i++, inside++) sum += from[start + i * step]!;
  for (let i = 0; i < count; i++) {
    if (i + radius < count) {
      sum += from[start + (i + radius) * step]!;
      inside++;
    }
    if (i - radius - 1 >= 0) {
      sum -= from[start + (i - radius - 1) * step]!;
      inside--;
    }
    to[start + i * step] = sum / inside;
  }
}

const times = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value * b[i]!);

/** Inverse of a symmetric 3x3 matrix given by its upper triangle, times a vector. */
function solve(rr: number, rg: number, rb: number, gg: number, gb: number, bb: number, r: number, g: number, b: number): [number, number, number] {
  const irr = gg * bb - gb * gb;
  const irg = gb * rb - rg * bb;
  const irb = rg * gb - gg * rb;
  const scale = 1 / (rr * irr + rg * irg + rb * irb);
  const igg = rr * bb - rb * rb;
  const igb = rb * rg - rr * gb;
  const ibb = rr * gg - rg * rg;
  return [scale * (irr * r + irg * g + irb * b), scale * (irg * r + igg * g + igb * b), scale * (irb * r + igb * g + ibb * b)];
}

/** How far a refined mask may follow the photograph. */
export interface Refinement {
  /** Pixels around which colours and mask are taken to be linear in each other. */
  readonly radius: number;
  /** Regularisation: variance of colour, of 1, below which a region counts as even. */
  readonly epsilon: number;
}

/**
 * Lays the edge of a coarse mask onto the edges of the photograph: the guided filter with a colour guide (He, Sun and Tang, "Guided Image
 * Filtering", TPAMI 2013, equations 19 to 21). `rgb` is [H, W, 3] UINT8.
 */
export function refineMask(mask: Float32Array, rgb: Uint8Array, size: Size, { radius, epsilon }: Refinement): Alpha {
  const mean = (values: Float32Array): Alpha => boxMean(values, size, radius);
  const guide = [0, 1, 2].map((c) => Float32Array.from({ length: mask.length }, (_, i) => rgb[i * 3 + c]! / 255)) as [Alpha, Alpha, Alpha];
  const means = guide.map(mean) as [Alpha, Alpha, Alpha];
  const meanMask = mean(mask);
  const covariances = guide.map((channel, c) => mean(times(channel, mask)).map((value, i) => value - means[c]![i]! * meanMask[i]!));
  const variance = (a: 0 | 1 | 2, b: 0 | 1 | 2): Alpha =>
    mean(times(guide[a], guide[b])).map((value, i) => value - means[a][i]! * means[b][i]! + (a === b ? epsilon : 0));
  const [rr, rg, rb, gg, gb, bb] = [variance(0, 0), variance(0, 1), variance(0, 2), variance(1, 1), variance(1, 2), variance(2, 2)];
  const slopes = [0, 1, 2].map(() => new Float32Array(mask.length)) as [Alpha, Alpha, Alpha];
  const offsets = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    const a = solve(rr[i]!, rg[i]!, rb[i]!, gg[i]!, gb[i]!, bb[i]!, covariances[0]![i]!, covariances[1]![i]!, covariances[2]![i]!);
    for (const c of [0, 1, 2] as const) slopes[c][i] = a[c];
    offsets[i] = meanMask[i]! - a[0] * means[0][i]! - a[1] * means[1][i]! - a[2] * means[2][i]!;
  }
  const [r, g, b] = slopes.map(mean) as [Alpha, Alpha, Alpha];
  return mean(offsets).map((offset, i) => Math.min(1, Math.max(0, offset + r[i]! * guide[0][i]! + g[i]! * guide[1][i]! + b[i]! * guide[2][i]!)));
}

/** Enlarges [h, w] values to `to` by bilinear interpolation between the centres of pixels. */
export function enlarge(values: Float32Array, from: Size, to: Size): Alpha {
  const taps = (fromCount: number, toCount: number): { low: Int32Array; share: Float32Array } => {
    const low = new Int32Array(toCount);
    const share = new Float32Array(toCount);
    for (let i = 0; i < toCount; i++) {
      const at = Math.min(fromCount - 1, Math.max(0, ((i + 0.5) * fromCount) / toCount - 0.5));
      low[i] = Math.min(fromCount - 2, Math.floor(at));
      share[i] = at - low[i]!;
    }
    return { low, share };
  };
  const columns = taps(from.width, to.width);
  const rows = taps(from.height, to.height);
  const out = new Float32Array(to.width * to.height);
  for (let y = 0, at = 0; y < to.height; y++) {
    const top = rows.low[y]! * from.width;
    const fy = rows.share[y]!;
    for (let x = 0; x < to.width; x++, at++) {
      const left = top + columns.low[x]!;
      const fx = columns.share[x]!;
      const upper = values[left]! * (1 - fx) + values[left + 1]! * fx;
      const lower = values[left + from.width]! * (1 - fx) + values[left + from.width + 1]! * fx;
      out[at] = upper * (1 - fy) + lower * fy;
    }
  }
  return out;
}

/** Sets everything at or below `low` to 0, at or above `high` to 1, with a soft curve between. */
export function sharpen(alpha: Float32Array, low: number, high: number): Alpha {
  return Float32Array.from(alpha, (value) => {
    const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return t * t * (3 - 2 * t);
  });
}

/** Keeps the largest connected region of alpha of at least `threshold`, with its soft edge of up to `edgePx` pixels; all else becomes 0. */
export function keepLargest(alpha: Float32Array, size: Size, threshold = 0.5, edgePx = 4): Alpha {
  const labels = new Int32Array(alpha.length);
  let [best, bestCount, next] = [0, 0, 0];
  for (let seed = 0; seed < alpha.length; seed++) {
    if (labels[seed] !== 0 || alpha[seed]! < threshold) continue;
    const count = flood(alpha, labels, size, seed, ++next, threshold);
    if (count > bestCount) [best, bestCount] = [next, count];
  }
  const kept = Float32Array.from(labels, (label) => (label === best && best > 0 ? 1 : 0));
  const near = boxMean(kept, size, edgePx);
  return Float32Array.from(alpha, (value, i) => (near[i]! > 1e-6 && (labels[i] === best || labels[i] === 0) ? value : 0));
}

function flood(alpha: Float32Array, labels: Int32Array, { width }: Size, seed: number, label: number, threshold: number): number {
  const stack = [seed];
  labels[seed] = label;
  let count = 0;
  while (stack.length > 0) {
    const at = stack.pop()!;
    count++;
    const x = at % width;
    for (const to of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
      if (to < 0 || to >= alpha.length || labels[to] !== 0 || alpha[to]! < threshold) continue;
      labels[to] = label;
      stack.push(to);
    }
  }
  return count;
}

/**
 * Colours of the person alone: where a pixel is part background, the colour of the nearest pixels that are wholly person takes its place, so
 * that no fringe of the old background is left. Answers [H, W, 3] FP32, 0 to 255.
 */
export function personColours(rgb: Uint8Array, alpha: Float32Array, size: Size): Float32Array {
  const solid = Float32Array.from(alpha, (value) => (value > 0.97 ? 1 : 0));
  const out = Float32Array.from(rgb);
  const found = new Float32Array(alpha.length);
  // Nearest first: each wider ring fills only what the ones before could not reach.
  for (const radius of [2, 4, 8, 16, 48]) {
    const weight = boxMean(solid, size, radius);
    const sums = [0, 1, 2].map((c) =>
      boxMean(
        Float32Array.from(solid, (value, i) => value * rgb[i * 3 + c]!),
        size,
        radius,
      ),
    );
    for (let i = 0; i < alpha.length; i++) {
      if (found[i] === 1 || weight[i]! < 1e-5) continue;
      found[i] = 1;
      const own = Math.min(1, Math.max(0, (alpha[i]! - 0.85) / 0.15));
      for (let c = 0; c < 3; c++) out[i * 3 + c] = own * rgb[i * 3 + c]! + (1 - own) * (sums[c]![i]! / weight[i]!);
    }
  }
  return out;
}
