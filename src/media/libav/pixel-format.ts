import { type AVPixelFormat } from 'node-av/constants';
import { avGetPixFmtName } from 'node-av/lib';

/** What the adapter must know of a libav pixel format. */
export interface PixelFormat {
  readonly name: string;
  readonly bitDepth: number;
  readonly alpha: boolean;
  /** Chroma samples lie this far apart, in luma pixels. */
  readonly chroma: { readonly x: number; readonly y: number };
}

const DEPTHS: readonly (readonly [RegExp, number])[] = [
  [/f(?:16)(?:le|be)?$/, 16],
  [/f32(?:le|be)?$/, 32],
  [/^(?:p|y2|xv|x2rgb|x2bgr|v30|x)\D*?[0-9]?10(?:le|be)?$/, 10],
  [/^(?:p|y2|xv)[0-9]?12(?:le|be)?$/, 12],
  [/^(?:p|y2|xv)[0-9]?16(?:le|be)?$/, 16],
  [/^(?:yuva?j?4\d\dp|gbra?p|gray|ya|y)(9|10|12|14|16)(?:le|be)?$/, 0],
  [/^(?:rgb|bgr)48|^(?:rgba|bgra)64/, 16],
];

function depthOf(name: string): number {
  for (const [pattern, depth] of DEPTHS) {
    const match = pattern.exec(name);
    if (match) return depth || Number(match[1]);
  }
  return 8;
}

function chromaOf(name: string): PixelFormat['chroma'] {
  const ratio = /4[0-4][0-4](?=p)/.exec(name)?.[0];
  if (ratio === '420' || /^(?:nv12|nv21|p01[0-6])/.test(name)) return { x: 2, y: 2 };
  if (ratio === '422' || /^(?:nv16|nv20|p21[0-6]|yuyv422|uyvy422|yvyu422|y21[0-6])/.test(name)) return { x: 2, y: 1 };
  if (ratio === '440') return { x: 1, y: 2 };
  if (ratio === '411') return { x: 4, y: 1 };
  if (ratio === '410') return { x: 4, y: 4 };
  return { x: 1, y: 1 };
}

const known = new Map<AVPixelFormat, PixelFormat>();

/** Describes `format`; an unknown one counts as 8 bit, opaque and without subsampling. */
export function pixelFormatOf(format: AVPixelFormat): PixelFormat {
  const seen = known.get(format);
  if (seen) return seen;
  const name = avGetPixFmtName(format) ?? 'unknown';
  const alpha = /^(?:yuva|rgba|bgra|argb|abgr|gbrap|ya(?:8|16|f)|pal8|ayuv|vuya)/.test(name);
  const described: PixelFormat = { name, bitDepth: depthOf(name), alpha, chroma: chromaOf(name) };
  known.set(format, described);
  return described;
}
