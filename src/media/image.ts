import { crc32, deflateSync } from 'node:zlib';
import { Frame, fail } from '../core/index.js';
import type { ImageFormat, RgbImage } from './port.js';

/** Longest side of a JPEG, which keeps it in 16 bits. */
const MAX_SIDE = 65_500;

/** Says what is wrong with a picture to encode. @throws Fault INVALID_ARGUMENT */
export function checkImage(image: RgbImage | Frame, format: ImageFormat): void {
  const { width, height } = image.size;
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
  if (!isSide(width) || !isSide(height)) fail('INVALID_ARGUMENT', `size ${width}x${height} of a picture must be whole pixels, 1 to ${MAX_SIDE}`);
  if (!(image instanceof Frame) && image.rgb.length !== width * height * 3)
    fail('INVALID_ARGUMENT', `a picture of ${width}x${height} takes ${width * height * 3} bytes of RGB, got ${image.rgb.length}`);
  if (format.type === 'jpeg' && !(format.quality >= 1 && format.quality <= 100))
    fail('INVALID_ARGUMENT', `JPEG quality ${format.quality} must be from 1 to 100`);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}

/** The picture as RGB in memory. */
export async function rgbImage(image: RgbImage | Frame): Promise<RgbImage> {
  if (!(image instanceof Frame)) return image;
  const { size } = image;
  return { size, rgb: await image.render({ size, order: 'rgb', layout: 'packed' }) };
}

/** A PNG (W3C PNG, third edition) without filters, by zlib alone; what media without libav encode with. */
export function plainPng({ size, rgb }: RgbImage): Uint8Array {
  const { width, height } = size;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a sample, RGB, and the only compression and filter method there is.
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
