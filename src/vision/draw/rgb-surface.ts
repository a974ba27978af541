import type { Size } from '../../core/index.js';
import type { Rgb } from './shape.js';
import { type Cover, type Span2, type Surface, cut, eachInkedRow } from './surface.js';

/** Draws on packed RGB, [H, W, 3] UINT8, which is changed in place. */
export function rgbSurface(rgb: Uint8Array, size: Size): Surface {
  const fill = (y: number, from: number, to: number, colour: Rgb): void => {
    const end = (y * size.width + to) * 3;
    for (let at = (y * size.width + from) * 3; at < end; at += 3) rgb.set(colour, at);
  };
  return {
    size,
    ring(wantedOuter, wantedInner, colour) {
      const outer = cut(wantedOuter, size);
      const inner: Span2 = cut(wantedInner, size);
      for (let y = outer.y1; y < outer.y2; y++) {
        if (y < inner.y1 || y >= inner.y2) fill(y, outer.x1, outer.x2, colour);
        else {
          fill(y, outer.x1, inner.x1, colour);
          fill(y, inner.x2, outer.x2, colour);
        }
      }
    },
    ink(cover: Cover, x, y, [red, green, blue]) {
      eachInkedRow(cover, x, y, size, (row, from, to) => {
        let inked = (row - y) * cover.width + from - x;
        const end = (row * size.width + to) * 3;
        for (let at = (row * size.width + from) * 3; at < end; at += 3) {
          const share = cover.bytes[inked++]!;
          if (share === 0) continue;
          rgb[at] = mixed(rgb[at]!, red, share);
          rgb[at + 1] = mixed(rgb[at + 1]!, green, share);
          rgb[at + 2] = mixed(rgb[at + 2]!, blue, share);
        }
      });
    },
  };
}

/** `share` of 255 of the new value, the rest of the old one, rounded. */
const mixed = (old: number, value: number, share: number): number => old + (((value - old) * share * 257 + 32768) >> 16);
