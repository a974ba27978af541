import { Frame, fail } from '../core/index.js';
import { type RgbImage, packedPixels } from '../media/index.js';

/** A copy of a picture. @throws Fault INVALID_ARGUMENT for bytes that are not of the size */
export function copiedImage({ size: { width, height }, rgb }: RgbImage): RgbImage {
  const want = width * height * 3;
  if (rgb.length !== want) fail('INVALID_ARGUMENT', `a picture of ${width}x${height} takes ${want} bytes, got ${rgb.length}`);
  return { size: { width, height }, rgb: Uint8Array.from(rgb) };
}

/** A picture as a frame in the place of another, with its stream, number and time. Takes the bytes over. */
export function imageFrame({ size, rgb }: RgbImage, { info }: Frame, holder: string): Frame {
  return Frame.of(
    packedPixels(`${info.stream} frame ${info.number}, replaced by ${holder}`, size, () => rgb),
    { ...info, size },
    holder,
  );
}
