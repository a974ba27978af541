import { Frame, type Rect, type Size } from '../core/index.js';
import { Painter, type Rgb, rgbSurface } from '../vision/index.js';
import { type Composer, type PicturePart, checkComposition } from './composition.js';
import { packedPixels } from './packed-pixels.js';

function filled({ width, height }: Size, colour: Rgb): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at += 3) rgb.set(colour, at);
  return rgb;
}

/** Calls `row` with where each row of `at` begins in a picture of `width` pixels, and in one of the part alone. */
function eachRow({ x, y, width: columns, height }: Rect, width: number, row: (whole: number, part: number) => void): void {
  for (let line = 0; line < height; line++) row(((y + line) * width + x) * 3, line * columns * 3);
}

/** A composer in JS memory, on the calling thread: for media without libav. */
export function packedComposer(): Composer {
  const painter = new Painter();
  const place = (rgb: Uint8Array, width: number, at: Rect, part: Uint8Array): void =>
    eachRow(at, width, (to, from) => rgb.set(part.subarray(from, from + at.width * 3), to));

  const pictureOf = async ({ at, frame, shade = 0 }: PicturePart): Promise<Uint8Array> => {
    const part = await frame!.render({ size: { width: at.width, height: at.height }, order: 'rgb', layout: 'packed' });
    return shade > 0 ? part.map((value) => Math.round(value * (1 - shade))) : part;
  };

  const draw = async (rgb: Uint8Array, width: number, { at, shapes = [] }: PicturePart): Promise<void> => {
    const part = new Uint8Array(at.width * at.height * 3);
    eachRow(at, width, (from, to) => part.set(rgb.subarray(from, from + at.width * 3), to));
    await painter.paint(rgbSurface(part, at), shapes);
    place(rgb, width, at, part);
  };

  return {
    async compose(parts, { ground, ...info }) {
      checkComposition(parts, info);
      const { width } = info.size;
      const rgb = filled(info.size, ground);
      for (const { at, fill } of parts) if (fill) place(rgb, width, at, filled(at, fill));
      for (const part of parts) if (part.frame) place(rgb, width, part.at, await pictureOf(part));
      for (const part of parts) if (part.shapes && part.shapes.length > 0) await draw(rgb, width, part);
      const pixels = packedPixels(`${info.stream} frame ${info.number}`, info.size, () => rgb);
      return Frame.of(pixels, info, 'composer');
    },
    async [Symbol.asyncDispose]() {},
  };
}
