import { fail } from '../core/index.js';
import { type PackedRgb, scaledPicture } from '../vision/index.js';
import type { FacePicture } from './port.js';

/** Packed RGB in memory as a picture to look for faces in; it is only read, on the calling thread. @throws Fault INVALID_ARGUMENT when bytes and size do not agree */
export function rgbPicture(rgb: PackedRgb): FacePicture {
  const { width, height } = rgb.size;
  if (!(width >= 1 && height >= 1) || rgb.data.length !== width * height * 3)
    fail('INVALID_ARGUMENT', `an RGB picture of ${width}x${height} takes ${width * height * 3} bytes, got ${rgb.data.length}`);
  // oxlint-disable-next-line typescript/require-await -- the port is asynchronous, memory is not
  return { size: rgb.size, render: async (request) => scaledPicture(rgb, request) };
}
