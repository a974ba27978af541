import type { Rect, Size } from '../../core/index.js';
import type { RgbPicture } from '../port.js';
import { type EyeFrame, tableAt } from './eye-frame.js';
import { type FloatImage, floatImage, partOf } from './float-image.js';

/** How far from the lids their skin follows, as parts of the opening's width; `sensitivity` is 2 to 6. */
export function reachOf(sensitivity: number): { readonly above: number; readonly below: number } {
  return { above: 0.19 + 0.07 * sensitivity, below: 0.12 + 0.04 * sensitivity };
}

/** The pixels around one eye, and how each lies to the lids. */
export interface EyeRegion {
  /** Of the picture, in whole chroma samples. */
  readonly rect: Rect;
  readonly frame: EyeFrame;
  readonly source: FloatImage;
  /** Pixels inside the lids: below the upper edge and above the lower one, negative outside. */
  readonly underUpper: FloatImage;
  readonly overLower: FloatImage;
}

/** A rectangle around an eye with even edges, cut to the picture, or nothing where too little is inside. */
function rectOf(frame: EyeFrame, reach: { readonly above: number; readonly below: number }, size: Size): Rect | undefined {
  const { corner, along, width } = frame;
  const top = Math.min(...frame.upper.v) - reach.above * width;
  const bottom = Math.max(...frame.lower.v, 0) + reach.below * width;
  const corners = [-0.08 * width, 1.08 * width].flatMap((u) =>
    [top, bottom].map((v) => ({ x: corner.x + u * along.x - v * along.y, y: corner.y + u * along.y + v * along.x })),
  );
  const span = (values: readonly number[], limit: number): readonly [number, number] => [
    Math.max(0, 2 * Math.floor(Math.min(...values) / 2)),
    Math.min(limit - (limit % 2), 2 * Math.ceil(Math.max(...values) / 2)),
  ];
  const [x, x2] = span(corners.map((point) => point.x), size.width); // prettier-ignore
  const [y, y2] = span(corners.map((point) => point.y), size.height); // prettier-ignore
  return x2 - x < 8 || y2 - y < 8 ? undefined : { x, y, width: x2 - x, height: y2 - y };
}

/** The region of an eye in a picture, or nothing where the eye lies outside of it. */
export function eyeRegion(picture: RgbPicture, frame: EyeFrame, sensitivity: number): EyeRegion | undefined {
  const rect = rectOf(frame, reachOf(sensitivity), picture.size);
  if (!rect) return undefined;
  const { width, height } = rect;
  const [underUpper, overLower] = [floatImage(width, height, 1), floatImage(width, height, 1)];
  const { corner, along, upper, lower } = frame;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const px = rect.x + x + 0.5 - corner.x;
      const py = rect.y + y + 0.5 - corner.y;
      const u = px * along.x + py * along.y;
      const v = py * along.x - px * along.y;
      // Beyond a corner, the distance to it makes both negative.
      const beyond = Math.max(0, -u, u - frame.width);
      underUpper.data[at] = (v - tableAt(upper.v, u, frame.width)) * tableAt(upper.lean, u, frame.width) - beyond;
      overLower.data[at] = (tableAt(lower.v, u, frame.width) - v) * tableAt(lower.lean, u, frame.width) - beyond;
    }
  return { rect, frame, source: partOf(picture, rect), underUpper, overLower };
}
