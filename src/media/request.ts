import { type PictureRequest, type Rect, type Size, fail } from '../core/index.js';

/** A picture request with nothing left open; see {@link resolveRequest}. */
export interface ResolvedRequest {
  /** Displayed pixels to read. */
  readonly source: Rect;
  /** Pixels of the picture to fill. */
  readonly content: Rect;
  /** Byte value around `content`. */
  readonly pad: number;
}

const whole = ({ width, height }: Size): Rect => ({ x: 0, y: 0, width, height });

function check(name: string, rect: Rect, within: Size, label: string): Rect {
  const { x, y, width, height } = rect;
  const isWhole = [x, y, width, height].every(Number.isInteger);
  if (isWhole && x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= within.width && y + height <= within.height) return rect;
  return fail(
    'INVALID_ARGUMENT',
    `${label}: ${name} ${width}x${height} at ${x},${y} must be whole pixels inside ${within.width}x${within.height}; clip it first`,
  );
}

/** Fills in the defaults of `request` for a frame of `frame` pixels. @throws Fault INVALID_ARGUMENT when a rectangle lies outside its picture */
export function resolveRequest(request: PictureRequest, frame: Size, label: string): ResolvedRequest {
  return {
    source: request.source ? check('source', request.source, frame, label) : whole(frame),
    content: request.content ? check('content', request.content, request.size, label) : whole(request.size),
    pad: request.pad ?? 0,
  };
}

/** Sets every byte around `content` to `pad`, in each plane (`channels` bytes a pixel, `planes` planes); leaves `content` alone. */
export function fillAround(into: Uint8Array, size: Size, content: Rect, pad: number, planes: number, channels: number): void {
  const stride = size.width * channels;
  const left = content.x * channels;
  const right = (content.x + content.width) * channels;
  const bottom = content.y + content.height;
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * stride * size.height;
    into.fill(pad, base, base + content.y * stride);
    into.fill(pad, base + bottom * stride, base + size.height * stride);
    if (left === 0 && right === stride) continue;
    for (let y = content.y; y < bottom; y++) {
      into.fill(pad, base + y * stride, base + y * stride + left);
      into.fill(pad, base + y * stride + right, base + (y + 1) * stride);
    }
  }
}
