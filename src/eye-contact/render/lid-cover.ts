import { fade } from '../fade.js';
import { tableAt } from './eye-frame.js';
import type { EyePlaceMap } from './eye-place-map.js';
import type { EyeRegion } from './eye-region.js';
import { type FloatImage, floatImage, sampleSharp } from './float-image.js';

/** Pixels at a lid's edge that hold some of the lid: soft by about one pixel, more in larger pictures. */
export const softness = (width: number): number => Math.max(0.8, 0.012 * width);

/** Writes the colour that the eye is expected to have at a pixel. */
export type ExpectedEye = (at: number, into: Float64Array) => void;

const luma = (data: ArrayLike<number>, at: number): number => 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;

/** Writes the colour of the lid's skin beside the opening, as near to a pixel as skin alone is seen. */
function skinBeside({ region, map }: { readonly region: EyeRegion; readonly map: EyePlaceMap }, at: number, into: Float64Array): void {
  const { rect, frame } = region;
  const { corner, along, upper, lower, width } = frame;
  const u = Math.min(0.97, Math.max(0.03, (map.across[at]! + 1) / 2)) * width;
  const isUpper = region.underUpper.data[at]! < region.overLower.data[at]!;
  const away = 0.05 * width + 1.5;
  const v = isUpper ? tableAt(upper.v, u, width) - away : tableAt(lower.v, u, width) + away;
  sampleSharp(region.source, corner.x + u * along.x - v * along.y - rect.x - 0.5, corner.y + u * along.y + v * along.x - rect.y - 0.5, into);
}

/**
 * How much of each pixel lids and lashes cover, 0 to 1. The tracked edges say it to within a few pixels; the colours say the rest: near an edge, what has the
 * skin's colour rather than the eye's is lid, what is far darker than the white is lash or fold, and what has the eye's colour just outside is eye.
 */
export function lidCover(region: EyeRegion, map: EyePlaceMap, expected: ExpectedEye): FloatImage {
  const { width, height, data } = region.source;
  const [cover, edges] = [floatImage(width, height, 1), new Float32Array(width * height)];
  const span = region.frame.width;
  const soft = softness(span);
  const [eye, skin] = [new Float64Array(3), new Float64Array(3)];
  const outermost = -0.045 * span - 1;
  for (let at = 0; at < cover.data.length; at++) {
    const depth = map.depth[at]!;
    const edge = fade(soft, -soft, depth);
    cover.data[at] = edge;
    edges[at] = edge;
    const nearCorner = fade(0.74, 0.9, Math.abs(map.across[at]!));
    const near = Math.max(fade(0.065 * span, 0.02 * span, depth), nearCorner);
    if (depth < outermost || near === 0) continue;
    expected(at, eye);
    skinBeside({ region, map }, at, skin);
    let [toward, apart] = [0, 0];
    for (let c = 0; c < 3; c++) {
      toward += (data[at * 3 + c]! - eye[c]!) * (skin[c]! - eye[c]!);
      apart += (skin[c]! - eye[c]!) ** 2;
    }
    const sure = fade(25, 60, Math.sqrt(apart));
    const share = apart > 0 ? toward / apart : 0;
    const [level, eyeLevel, skinLevel] = [luma(data, at * 3), luma(eye, 0), luma(skin, 0)];
    const onWhite = fade(1.08, 1.2, map.radius[at]!);
    if (depth > 0) {
      const dark = fade(0.72, 0.45, level / Math.max(1, eyeLevel)) * onWhite;
      const mirrored = fade(15, 35, level - Math.max(eyeLevel, skinLevel));
      cover.data[at] = Math.max(edge, near * Math.max(sure * fade(0.4, 0.85, share) * (1 - mirrored), dark));
      // Only white that is brighter than the skin is told from it outside the edges; a dark iris is like lashes.
    } else if (eyeLevel > skinLevel) cover.data[at] = edge * (1 - onWhite * sure * fade(0.35, 0.1, share) * fade(outermost, outermost / 3, depth));
  }
  return calmed(cover, edges, Math.max(1, Math.round(span / 45)));
}

/** Smooths what colours changed of the edges, so that single pixels of noise don't fray a lid. */
function calmed({ width, height, channels, data }: FloatImage, edges: Float32Array, times: number): FloatImage {
  let change = data.map((value, i) => value - edges[i]!);
  for (let time = 0; time < times; time++) {
    const next = change.slice();
    for (let y = 1; y < height - 1; y++)
      for (let x = 1, at = y * width + 1; x < width - 1; x++, at++)
        next[at] =
          (4 * change[at]! +
            2 * (change[at - 1]! + change[at + 1]! + change[at - width]! + change[at + width]!) +
            change[at - width - 1]! + change[at - width + 1]! + change[at + width - 1]! + change[at + width + 1]!) /
          16; // prettier-ignore
    change = next;
  }
  return { width, height, channels, data: change.map((value, i) => Math.min(1, Math.max(0, value + edges[i]!))) };
}

/** The greatest cover of each pixel and its four neighbours. */
export function spread({ width, height, data }: FloatImage): Float32Array {
  const out = new Float32Array(data.length);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      out[at] = Math.max(
        data[at]!,
        x > 0 ? data[at - 1]! : 0,
        x < width - 1 ? data[at + 1]! : 0,
        y > 0 ? data[at - width]! : 0,
        y < height - 1 ? data[at + width]! : 0,
      );
  return out;
}
