import type { PictureRequest, Pixels, Rect, Size } from '../core/index.js';
import { fillAround, resolveRequest } from './request.js';

/** Offsets of the red, green and blue byte of each order; gray has its own path. */
const COMPONENTS = { rgb: [0, 1, 2], bgr: [2, 1, 0] } as const;

/** The source position that each destination position takes: the pixel under its centre. */
function nearest(from: number, length: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => from + Math.floor(((i + 0.5) * length) / count));
}

/** BT.601 luma of full-range RGB, as libav and OpenCV make gray. */
const luma = (r: number, g: number, b: number): number => Math.round(0.299 * r + 0.587 * g + 0.114 * b);

interface Pass {
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly content: Rect;
  readonly size: Size;
}

function renderGray({ rgb, width, columns, rows, content, size }: Pass, into: Uint8Array): void {
  rows.forEach((row, y) => {
    let at = (content.y + y) * size.width + content.x;
    for (const column of columns) {
      const from = (row * width + column) * 3;
      into[at++] = luma(rgb[from]!, rgb[from + 1]!, rgb[from + 2]!);
    }
  });
}

function renderColour({ rgb, width, columns, rows, content, size }: Pass, order: 'rgb' | 'bgr', step: number, plane: number, into: Uint8Array): void {
  const [first, second, third] = COMPONENTS[order];
  rows.forEach((row, y) => {
    let at = ((content.y + y) * size.width + content.x) * step;
    for (const column of columns) {
      const from = (row * width + column) * 3;
      into[at] = rgb[from + first]!;
      into[at + plane] = rgb[from + second]!;
      into[at + plane * 2] = rgb[from + third]!;
      at += step;
    }
  });
}

/** Renders packed RGB of `frame` pixels, taking the nearest pixel. @throws Fault INVALID_ARGUMENT when a rectangle lies outside its picture */
export function renderPacked(rgb: Uint8Array, frame: Size, request: PictureRequest, into: Uint8Array, label: string): void {
  const { source, content, pad } = resolveRequest(request, frame, label);
  const { size, order, layout } = request;
  const isWhole = [source, content, size].every(({ width, height }) => width === frame.width && height === frame.height);
  if (isWhole && order === 'rgb' && layout === 'packed') return into.set(rgb);
  const columns = nearest(source.x, source.width, content.width);
  const rows = nearest(source.y, source.height, content.height);
  const pass: Pass = { rgb, width: frame.width, columns, rows, content, size };
  const planar = layout === 'planar';
  const channels = order === 'gray' ? 1 : 3;
  fillAround(into, size, content, pad, planar ? channels : 1, planar ? 1 : channels);
  if (order === 'gray') renderGray(pass, into);
  else renderColour(pass, order, planar ? 1 : 3, planar ? size.width * size.height : 1, into);
}

/**
 * Pixels in JS memory: packed RGB, [H, W, 3], made by `draw` when first rendered and kept until freed. Scales by taking the nearest
 * pixel, so that every byte of a render is known; runs on the calling thread.
 */
export function packedPixels(label: string, size: Size, draw: () => Uint8Array): Pixels {
  let rgb: Uint8Array | null = null;
  return {
    label,
    get bytes() {
      return rgb?.length ?? 0;
    },
    // oxlint-disable-next-line typescript/require-await -- the port is asynchronous, memory is not
    async render(request, into) {
      rgb ??= draw();
      renderPacked(rgb, size, request, into, label);
    },
    free() {
      rgb = null;
    },
  };
}
