/** Packed RGB as planar BGR, the order that Intel's networks take. */
export function planarBgr(rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const plane = rgb.length / 3;
  const out = new Uint8Array(rgb.length);
  for (let i = 0; i < plane; i++) {
    out[i] = rgb[i * 3 + 2]!;
    out[plane + i] = rgb[i * 3 + 1]!;
    out[2 * plane + i] = rgb[i * 3]!;
  }
  return out;
}
