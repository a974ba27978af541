import type { Rect, Size } from '../../core/index.js';
import type { Rgb } from '../../vision/index.js';
import type { CutOut } from './cut-out.js';

/** A small picture with soft edges: [H, W, 4] UINT8, colours multiplied by alpha, and a border of one empty pixel all round. */
export interface Sprite {
  readonly size: Size;
  readonly rgba: Uint8Array;
}

/** A picture that is drawn into: [H, W, 3] UINT8. */
export interface Canvas {
  readonly size: Size;
  readonly rgb: Uint8Array;
}

/** The smallest rectangle that holds every pixel of at least `threshold` alpha, 0 to 1. */
export function boundsOf({ size: { width, height }, rgba }: Pick<CutOut, 'size' | 'rgba'>, threshold: number): Rect {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let i = 0; i < width * height; i++) {
    if (rgba[i * 4 + 3]! < threshold) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: Math.max(0, right - left + 1), height: Math.max(0, bottom - top + 1) };
}

/** For each of `count` pixels that cover `length` source pixels evenly: which source pixels it covers, and how much of each. */
function coverage(length: number, count: number): (readonly (readonly [index: number, share: number])[])[] {
  const step = length / count;
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * step, (i + 1) * step];
    const parts: [number, number][] = [];
    for (let at = Math.floor(from); at < to - 1e-9; at++) parts.push([Math.min(at, length - 1), (Math.min(at + 1, to) - Math.max(at, from)) / step]);
    return parts;
  });
}

/** Air between the viewer and what is drawn: `share` of `colour` is mixed in. */
export interface Haze {
  readonly colour: Rgb;
  readonly share: number;
}

/** The cut-out trimmed to what is seen of it and scaled to `heightPx`, each pixel the mean of what it covers. */
export function toSprite(cutOut: CutOut, heightPx: number, { colour, share }: Haze): Sprite {
  const bounds = boundsOf(cutOut, 0.5);
  const inner = { width: Math.max(1, Math.round((bounds.width * heightPx) / bounds.height)), height: heightPx };
  const size = { width: inner.width + 2, height: inner.height + 2 };
  const rgba = new Uint8Array(size.width * size.height * 4);
  const columns = coverage(bounds.width, inner.width);
  const rows = coverage(bounds.height, inner.height);
  rows.forEach((sourceRows, y) => {
    columns.forEach((sourceColumns, x) => {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (const [sy, shareY] of sourceRows) {
        for (const [sx, shareX] of sourceColumns) {
          const at = ((bounds.y + sy) * cutOut.size.width + bounds.x + sx) * 4;
          const weight = shareX * shareY * cutOut.rgba[at + 3]!;
          r += weight * cutOut.rgba[at]!;
          g += weight * cutOut.rgba[at + 1]!;
          b += weight * cutOut.rgba[at + 2]!;
          a += weight;
        }
      }
      const mixed = [r, g, b].map((value, c) => value * (1 - share) + colour[c]! * a * share);
      rgba.set([...mixed, a * 255].map(Math.round), ((y + 1) * size.width + x + 1) * 4);
    });
  });
  return { size, rgba };
}

/** As in a mirror. */
export function mirrored({ size, rgba }: Sprite): Sprite {
  const out = new Uint8Array(rgba.length);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = (y * size.width + x) * 4;
      out.set(rgba.subarray(from, from + 4), (y * size.width + size.width - 1 - x) * 4);
    }
  return { size, rgba: out };
}

/** Where a sprite goes. */
export interface Pose {
  /** Of its top-left corner, in pixels and parts of pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels that its top stands to the right of its bottom. */
  readonly lean: number;
  /** 0 to 1. */
  readonly opacity: number;
}

/** Draws a sprite, parts of pixels by bilinear interpolation; nothing is drawn from row `below` on. */
export function drawSprite(canvas: Canvas, { size, rgba }: Sprite, pose: Pose, below = canvas.size.height): void {
  const { width } = canvas.size;
  const stride = size.width * 4;
  const top = Math.floor(pose.y);
  const fy = pose.y - top;
  for (let row = 0; row <= size.height; row++) {
    const y = top + row;
    if (y < 0 || y >= below) continue;
    // Row `y` shows what lies `fy` above sprite row `row`; the empty border stands for everything outside.
    const upper = Math.max(0, row - 1) * stride;
    const lower = Math.min(size.height - 1, row) * stride;
    const left = pose.x + pose.lean * (1 - row / size.height);
    const x0 = Math.floor(left);
    const fx = left - x0;
    const scale = 256 * pose.opacity;
    const weights = [fx * fy * scale, (1 - fx) * fy * scale, fx * (1 - fy) * scale].map(Math.round) as [number, number, number];
    const last = Math.round(scale) - weights[0] - weights[1] - weights[2];
    const from = Math.max(1, -x0);
    const to = Math.min(size.width, width - x0);
    let at = (y * width + x0 + from) * 3;
    for (let column = from; column < to; column++, at += 3) {
      const a = upper + column * 4;
      const b = lower + column * 4;
      const alpha = rgba[a - 1]! * weights[0] + rgba[a + 3]! * weights[1] + rgba[b - 1]! * weights[2] + rgba[b + 3]! * last;
      if (alpha === 0) continue;
      const rest = 65_280 - alpha;
      for (let c = 0; c < 3; c++) {
        const value = rgba[a - 4 + c]! * weights[0] + rgba[a + c]! * weights[1] + rgba[b - 4 + c]! * weights[2] + rgba[b + c]! * last;
        canvas.rgb[at + c] = ((canvas.rgb[at + c]! * rest) / 65_280 + value / 256 + 0.5) | 0;
      }
    }
  }
}

/** Draws a sprite without its border at whole pixels, such as a layer of the scene. */
export function drawLayer(canvas: Canvas, { x, y, width, height }: Rect, rgba: Uint8Array): void {
  for (let row = 0; row < height; row++) {
    let at = ((y + row) * canvas.size.width + x) * 3;
    for (let from = row * width * 4, end = from + width * 4; from < end; from += 4, at += 3) {
      const alpha = rgba[from + 3]!;
      if (alpha === 0) continue;
      const rest = 255 - alpha;
      for (let c = 0; c < 3; c++) canvas.rgb[at + c] = ((canvas.rgb[at + c]! * rest) / 255 + rgba[from + c]! + 0.5) | 0;
    }
  }
}
