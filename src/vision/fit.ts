import { type Box, type ChannelOrder, type PictureRequest, type PixelLayout, type Rect, type Size, fail } from '../core/index.js';

/** How a frame is laid into a model's input. `letterbox` keeps proportions and pads both sides, `top-left` pads right and bottom only, `stretch` fills. */
export type FitMode = 'stretch' | 'letterbox' | 'top-left';

/** What a model's input looks like; plain data from the catalogue. */
export interface FitTarget {
  readonly mode: FitMode;
  readonly size: Size;
  readonly order: ChannelOrder;
  readonly layout: PixelLayout;
  /** Byte value around the picture, 0 to 255. */
  readonly pad: number;
}

/** A fit of one source size: the request that makes the picture, and the exact way back. Travels with the picture so the way back is never guessed. */
export interface Fit {
  readonly request: PictureRequest;
  readonly source: Rect;
  readonly content: Rect;
}

function contentOf(mode: FitMode, source: Size, target: Size): Rect {
  if (mode === 'stretch') return { x: 0, y: 0, width: target.width, height: target.height };
  const scale = Math.min(target.width / source.width, target.height / source.height);
  const width = Math.max(1, Math.min(target.width, Math.round(source.width * scale)));
  const height = Math.max(1, Math.min(target.height, Math.round(source.height * scale)));
  if (mode === 'top-left') return { x: 0, y: 0, width, height };
  return { x: (target.width - width) >> 1, y: (target.height - height) >> 1, width, height };
}

/** Fits the part `region` of a displayed frame (all of it when absent) into `target`. @throws Fault INVALID_ARGUMENT for an empty region */
export function fit(frame: Size, target: FitTarget, region?: Rect): Fit {
  const source = region ?? { x: 0, y: 0, width: frame.width, height: frame.height };
  if (source.width < 1 || source.height < 1) fail('INVALID_ARGUMENT', `cannot fit an empty region of ${source.width}x${source.height}`);
  const content = contentOf(target.mode, source, target.size);
  const { size, order, layout, pad } = target;
  return { request: { size, order, layout, pad, content, ...(region ? { source: region } : {}) }, source, content };
}

/** From pixels of the model's picture to pixels of the displayed frame; the real ratio of the whole-pixel content is used, so corners map to corners. */
export function unfit(box: Box, { source, content }: Pick<Fit, 'source' | 'content'>): Box {
  const kx = source.width / content.width;
  const ky = source.height / content.height;
  return {
    x1: source.x + (box.x1 - content.x) * kx,
    y1: source.y + (box.y1 - content.y) * ky,
    x2: source.x + (box.x2 - content.x) * kx,
    y2: source.y + (box.y2 - content.y) * ky,
  };
}

/** The inverse of {@link unfit}: from the displayed frame to the model's picture. */
export function refit(box: Box, { source, content }: Pick<Fit, 'source' | 'content'>): Box {
  return unfit(box, { source: content, content: source });
}
