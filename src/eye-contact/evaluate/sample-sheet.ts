import type { Rect, Size } from '../../core/index.js';
import type { RgbPicture } from '../port.js';
import type { SyntheticSample } from './evaluate-synthetic.js';
import { eyeRect } from './eye-scores.js';

const GAP = 4;
/** How many times differences are enlarged in brightness. */
const DIFFERENCE = 4;

/** A part of a picture with each pixel a square of `zoom` pixels. */
function enlarged({ size, data }: RgbPicture, part: Rect, zoom: number): RgbPicture {
  const out: Size = { width: part.width * zoom, height: part.height * zoom };
  const pixels = new Uint8Array(out.width * out.height * 3);
  for (let y = 0, at = 0; y < out.height; y++)
    for (let x = 0; x < out.width; x++, at += 3) {
      const from = ((part.y + Math.floor(y / zoom)) * size.width + part.x + Math.floor(x / zoom)) * 3;
      pixels.set(data.subarray(from, from + 3), at);
    }
  return { size: out, data: pixels };
}

function difference(a: RgbPicture, b: RgbPicture): RgbPicture {
  return { size: a.size, data: a.data.map((value, i) => Math.min(255, DIFFERENCE * Math.abs(value - b.data[i]!))) };
}

/**
 * A sheet to look at: a row for each sample with the eye at the picture's right before, after, in truth, and the difference of the last two four times as
 * bright; each pixel of the eye is `zoom` pixels wide.
 */
export function sampleSheet(samples: readonly SyntheticSample[], zoom = 4): RgbPicture {
  const rows = samples.map(({ before, after, truth, face }) => {
    const part = eyeRect(face.eyes[1], truth);
    return [before, after, truth, difference(after, truth)].map((picture) => enlarged(picture, part, zoom));
  });
  const column = Math.max(0, ...rows.map(([first]) => first!.size.width)) + GAP;
  const heights = rows.map(([first]) => first!.size.height + GAP);
  const size = { width: 4 * column, height: heights.reduce((sum, height) => sum + height, 0) };
  const data = new Uint8Array(size.width * size.height * 3).fill(255);
  let top = 0;
  rows.forEach((row, r) => {
    row.forEach((picture, i) => {
      for (let y = 0; y < picture.size.height; y++) {
        const line = picture.data.subarray(y * picture.size.width * 3, (y + 1) * picture.size.width * 3);
        data.set(line, ((top + y) * size.width + i * column) * 3);
      }
    });
    top += heights[r]!;
  });
  return { size, data };
}
