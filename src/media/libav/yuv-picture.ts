import {
  AVCHROMA_LOC_BOTTOM,
  AVCHROMA_LOC_BOTTOMLEFT,
  AVCHROMA_LOC_LEFT,
  AVCHROMA_LOC_TOP,
  AVCHROMA_LOC_TOPLEFT,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  type AVPixelFormat,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { BT2020, BT601, BT709, type YuvColour } from '../crop/yuv-colour.js';
import type { YuvPicture } from '../crop/yuv-crop.js';
import { pixelFormatOf } from './pixel-format.js';
import type { CopiedPlanes } from './plane-copies.js';

/** As libav's own scaler takes them: what says nothing is BT.601. */
const MATRICES = new Map<number, Pick<YuvColour, 'red' | 'blue'>>([
  [AVCOL_SPC_UNSPECIFIED, BT601],
  [AVCOL_SPC_SMPTE170M, BT601],
  [AVCOL_SPC_BT470BG, BT601],
  [AVCOL_SPC_BT709, BT709],
  [AVCOL_SPC_BT2020_NCL, BT2020],
]);

const LEFT: ReadonlySet<number> = new Set([AVCHROMA_LOC_LEFT, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_BOTTOMLEFT]);
const TOP: ReadonlySet<number> = new Set([AVCHROMA_LOC_TOP, AVCHROMA_LOC_TOPLEFT]);
const BOTTOM: ReadonlySet<number> = new Set([AVCHROMA_LOC_BOTTOM, AVCHROMA_LOC_BOTTOMLEFT]);

/** A sample that lies with the first of `apart` pixels lies so far left of their middle. */
const toFirst = (apart: number): number => (1 / apart - 1) / 2;

/** Three planes of bytes; formats with a `j` always have the full range. */
const PLANAR = /^yuv(j?)4[0-4][0-4]p$/;

/** A picture but for its samples. */
export type YuvForm = Omit<YuvPicture, 'planes'>;

/** How the samples of a frame are to be read; null where they are not three planes of bytes of a known colour matrix. */
export function yuvFormOf(frame: Frame): YuvForm | null {
  const { name, chroma } = pixelFormatOf(frame.format as AVPixelFormat);
  const matched = PLANAR.exec(name);
  const matrix = MATRICES.get(frame.colorSpace);
  if (!matched || !matrix) return null;
  const { chromaLocation } = frame;
  const left = LEFT.has(chromaLocation) ? toFirst(chroma.x) : 0;
  const up = toFirst(chroma.y);
  const below = TOP.has(chromaLocation) ? up : BOTTOM.has(chromaLocation) ? -up : 0;
  return {
    chroma,
    shift: { x: left, y: below },
    colour: { ...matrix, full: matched[1] === 'j' || frame.colorRange === AVCOL_RANGE_JPEG },
  };
}

/** The picture that a form makes of copied planes. */
export function yuvPictureOf(form: YuvForm, { data, strides }: CopiedPlanes): YuvPicture {
  const plane = (at: number): YuvPicture['planes'][number] => ({ samples: data[at]!, stride: strides[at]! });
  return { ...form, planes: [plane(0), plane(1), plane(2)] };
}
