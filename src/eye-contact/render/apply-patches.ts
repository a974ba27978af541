import type { EyePatch, RgbPicture } from '../port.js';

/** A copy of a picture with patches laid over it. */
export function applyPatches({ size, data }: RgbPicture, patches: readonly EyePatch[]): RgbPicture {
  const out = data.slice();
  for (const patch of patches)
    for (let y = 0, at = 0; y < patch.size.height; y++)
      for (let x = 0; x < patch.size.width; x++, at++) {
        const share = patch.alpha[at]! / 255;
        if (share === 0) continue;
        const to = ((patch.y + y) * size.width + patch.x + x) * 3;
        for (let c = 0; c < 3; c++) out[to + c] = Math.round(out[to + c]! + share * (patch.rgb[at * 3 + c]! - out[to + c]!));
      }
  return { size, data: out };
}
