import {
  AV_PIX_FMT_RGB24,
  AVCHROMA_LOC_BOTTOMLEFT,
  AVCHROMA_LOC_LEFT,
  AVCHROMA_LOC_TOP,
  AVCHROMA_LOC_TOPLEFT,
  AVCHROMA_LOC_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT709,
  type AVPixelFormat,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { fail, type Size } from '../../../core/index.js';
import { BT2020, BT601, BT709 } from '../../crop/yuv-colour.js';
import { patchPlanes, type PatchablePicture, type Plane } from '../../patch/patch-planes.js';
import { codedRect, isUpright, toCoded, toUpright, turnedSize } from '../../patch/turn.js';
import type { PicturePatch } from '../../rewrite.js';
import { checked } from '../calls.js';
import type { Orientation } from '../display-matrix.js';
import { pixelFormatOf } from '../pixel-format.js';
import type { Scalers } from '../scalers.js';

/** Full chroma, so that a face does not get the colour of the hair beside it. */
const TO_RGB = 'bilinear+full_chroma_inp+full_chroma_int+accurate_rnd';

function matrixOf(space: Frame['colorSpace']): Pick<PatchablePicture, 'red' | 'blue'> {
  if (space === AVCOL_SPC_BT709) return BT709;
  return space === AVCOL_SPC_BT2020_NCL || space === AVCOL_SPC_BT2020_CL ? BT2020 : BT601;
}

const COSITED_ACROSS: ReadonlySet<number> = new Set([AVCHROMA_LOC_UNSPECIFIED, AVCHROMA_LOC_LEFT, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_BOTTOMLEFT]);
const COSITED_DOWN: ReadonlySet<number> = new Set([AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP]);

function planeOf(bytes: Buffer, strideBytes: number, size: Size, wide: boolean): Plane {
  if (!wide) return { samples: bytes, stride: strideBytes, ...size };
  return { samples: new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1), stride: strideBytes >> 1, ...size };
}

function patchable(frame: Frame): PatchablePicture {
  const { name, chroma, bitDepth } = pixelFormatOf(frame.format as AVPixelFormat);
  const { width, height, data, linesize } = frame;
  const chromaSize = { width: Math.ceil(width / chroma.x), height: Math.ceil(height / chroma.y) };
  const planes = [0, 1, 2].map((at) => planeOf(data![at]!, linesize[at]!, at === 0 ? { width, height } : chromaSize, bitDepth > 8));
  return {
    planes: planes as [Plane, Plane, Plane],
    chroma,
    cosited: { x: COSITED_ACROSS.has(frame.chromaLocation), y: COSITED_DOWN.has(frame.chromaLocation) },
    bitDepth,
    full: name.startsWith('yuvj') || frame.colorRange === AVCOL_RANGE_JPEG,
    ...matrixOf(frame.colorSpace),
  };
}

/** The picture upright in packed RGB. */
export async function uprightRgb(frame: Frame, turn: Orientation, scalers: Scalers): Promise<{ readonly size: Size; readonly rgb: Uint8Array }> {
  const { width, height } = frame;
  const rgb = new Uint8Array(width * height * 3);
  await scalers.scale(frame, { width, height, format: AV_PIX_FMT_RGB24, flags: TO_RGB }, ({ planes, strides }) => {
    const [bytes, stride] = [planes[0]!, strides[0]!];
    if (!isUpright(turn)) toUpright(bytes, stride, { width, height }, 3, turn, rgb);
    else for (let y = 0; y < height; y++) rgb.set(bytes.subarray(y * stride, y * stride + width * 3), y * width * 3);
  });
  return { size: turnedSize({ width, height }, turn), rgb };
}

function cropped(rgb: Uint8Array, { width }: Size, { x, y, size }: PicturePatch): Uint8Array {
  const out = new Uint8Array(size.width * size.height * 3);
  for (let row = 0; row < size.height; row++) {
    const from = ((y + row) * width + x) * 3;
    out.set(rgb.subarray(from, from + size.width * 3), row * size.width * 3);
  }
  return out;
}

function checkPatch({ x, y, size, rgb, alpha }: PicturePatch, picture: Size): void {
  const { width, height } = size;
  const whole = [x, y, width, height].every(Number.isInteger) && width > 0 && height > 0;
  if (!whole || x < 0 || y < 0 || x + width > picture.width || y + height > picture.height)
    fail('INVALID_ARGUMENT', `a patch of ${width}x${height} at ${x},${y} does not lie within the picture of ${picture.width}x${picture.height}`);
  if (rgb.byteLength !== width * height * 3 || alpha.byteLength !== width * height)
    fail('INVALID_ARGUMENT', `a patch of ${width}x${height} needs ${width * height * 3} bytes of RGB and ${width * height} of alpha`);
}

/** Lays `patches` over the frame, in place; `upright` is what the frame was seen as. @throws Fault INVALID_ARGUMENT for a patch that does not fit */
export function patchFrame(
  frame: Frame,
  upright: { readonly size: Size; readonly rgb: Uint8Array },
  turn: Orientation,
  patches: readonly PicturePatch[],
): void {
  for (const patch of patches) checkPatch(patch, upright.size);
  checked(frame.makeWritable(), 'making a picture one of our own', 'RESOURCE_EXHAUSTED');
  const picture = patchable(frame);
  for (const patch of patches) {
    const { x, y, size } = patch;
    const rect = codedRect({ x, y, ...size }, frame, turn);
    const turned = (bytes: Uint8Array, channels: number): Uint8Array => (isUpright(turn) ? bytes : toCoded(bytes, rect, channels, turn));
    const before = turned(cropped(upright.rgb, upright.size, patch), 3);
    patchPlanes(picture, { rect, before, after: turned(patch.rgb, 3), alpha: turned(patch.alpha, 1) });
  }
}
