import { type PictureRequest, type Rect, fail, pictureBytes } from '../core/index.js';
import type { PackedRgb } from './warp.js';

/** Which pixels of a line make each new one, and with what weight: `count` of them from `first` on; weights lie one behind the other. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  /** Room for the weights of one new pixel. */
  readonly most: number;
}

/** Shrinking, a new pixel is the mean of the ground that it covers; growing, it is mixed of the two nearest. */
function tapsOf(from: number, length: number, count: number): Taps {
  const ratio = length / count;
  const reach = Math.max(1, ratio) / 2;
  const most = Math.ceil(reach * 2) + 2;
  const taps = { first: new Int32Array(count), count: new Int32Array(count), weights: new Float32Array(count * most), most };
  for (let i = 0; i < count; i++) {
    const middle = (i + 0.5) * ratio;
    const first = Math.max(0, Math.floor(middle - reach - (ratio < 1 ? 0.5 : 0)));
    const last = Math.min(length - 1, Math.ceil(middle + reach + (ratio < 1 ? 0.5 : 0)) - 1);
    let sum = 0;
    for (let j = first; j <= last; j++) {
      const covered = Math.min(j + 1, middle + reach) - Math.max(j, middle - reach);
      const weight = Math.max(0, ratio < 1 ? 1 - Math.abs(j + 0.5 - middle) : covered);
      taps.weights[i * most + j - first] = weight;
      sum += weight;
    }
    taps.first[i] = from + first;
    taps.count[i] = last - first + 1;
    for (let k = 0; k <= last - first; k++) taps.weights[i * most + k]! /= sum;
  }
  return taps;
}

function check(name: string, rect: Rect, within: { readonly width: number; readonly height: number }): Rect {
  const { x, y, width, height } = rect;
  const fits = [x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width >= 1 && height >= 1;
  if (fits && x + width <= within.width && y + height <= within.height) return rect;
  return fail('INVALID_ARGUMENT', `${name} ${width}x${height} at ${x},${y} must be whole pixels inside ${within.width}x${within.height}`);
}

/** The rows of the source that make a new row, mixed into `into`: components of its pixels from `from` on. */
function mixRows({ size, data }: PackedRgb, { first, count, weights, most }: Taps, row: number, from: number, into: Float32Array): void {
  const stride = size.width * 3;
  const length = into.length;
  let at = first[row]! * stride + from * 3;
  let k = row * most;
  const end = k + count[row]!;
  // Two rows a turn: halving a picture, the usual case, takes one.
  if ((end - k) % 2 === 1) {
    const weight = weights[k++]!;
    for (let i = 0; i < length; i++) into[i] = weight * data[at + i]!;
    at += stride;
  } else into.fill(0);
  for (; k < end; k += 2, at += 2 * stride) {
    const weight = weights[k]!;
    const next = weights[k + 1]!;
    for (let i = 0, upper = at, lower = at + stride; i < length; i++, upper++, lower++)
      into[i] = into[i]! + weight * data[upper]! + next * data[lower]!;
  }
}

/**
 * Makes the picture that `request` asks of packed RGB, smoothly: the mean of the covered pixels where it shrinks, bilinear where it grows.
 * Gray is that of BT.601. The answer is the caller's. @throws Fault INVALID_ARGUMENT when a rectangle lies outside its picture
 */
export function scaledPicture(source: PackedRgb, request: PictureRequest): Uint8Array<ArrayBuffer> {
  const { size, order, layout, pad = 0 } = request;
  const part = check('source', request.source ?? { x: 0, y: 0, ...source.size }, source.size);
  const content = check('content', request.content ?? { x: 0, y: 0, ...size }, size);
  const out = new Uint8Array(pictureBytes(request)).fill(pad);
  const { first, count, weights, most } = tapsOf(0, part.width, content.width);
  const rows = tapsOf(part.y, part.height, content.height);
  const step = order === 'gray' || layout === 'planar' ? 1 : 3;
  const apart = layout === 'planar' ? size.width * size.height : 1;
  const [red, blue] = order === 'bgr' ? [2 * apart, 0] : [0, 2 * apart];
  const mixed = new Float32Array(part.width * 3);
  for (let y = 0; y < content.height; y++) {
    mixRows(source, rows, y, part.x, mixed);
    let at = ((content.y + y) * size.width + content.x) * step;
    for (let x = 0; x < content.width; x++, at += step) {
      // Half a step is added: cutting off the fraction rounds.
      let r = 0.5;
      let g = 0.5;
      let b = 0.5;
      let from = first[x]! * 3;
      const end = x * most + count[x]!;
      for (let w = x * most; w < end; w++, from += 3) {
        const weight = weights[w]!;
        r += weight * mixed[from]!;
        g += weight * mixed[from + 1]!;
        b += weight * mixed[from + 2]!;
      }
      if (order === 'gray') out[at] = 0.299 * r + 0.587 * g + 0.114 * b;
      else {
        out[at + red] = r;
        out[at + apart] = g;
        out[at + blue] = b;
      }
    }
  }
  return out;
}
