import { type Frame, type FrameInfo, type Rect, fail } from '../core/index.js';
import type { Rgb, Shape } from '../vision/index.js';

/** One part of a composed picture, with what is to be seen there; parts may lie over each other. */
export interface PicturePart {
  /** Where it lies in the picture, in even numbers of pixels. Nothing of the part is drawn outside. */
  readonly at: Rect;
  /** One colour, below all frames. */
  readonly fill?: Rgb;
  /** Scaled such that it fills `at`, whatever its own shape. Borrowed until the composition is done. Frames of parts are not to overlap. */
  readonly frame?: Frame;
  /** How far the frame is darkened: 0 leaves it, 1 is black. */
  readonly shade?: number;
  /** Drawn above all frames, in pixels of the part, in letters that suit its size. */
  readonly shapes?: readonly Shape[];
}

/** What a composed picture is, besides its parts; its size in even numbers of pixels. */
export interface Composition extends FrameInfo {
  /** What is seen where no part lies. */
  readonly ground: Rgb;
}

/** Puts several frames together into one, where the adapter keeps its pixels. */
export interface Composer extends AsyncDisposable {
  /** The composed frame is the caller's, and may be written, rendered and composed like any other. @throws Fault INVALID_ARGUMENT when a part lies outside, or on odd pixels */
  compose(parts: readonly PicturePart[], composition: Composition): Promise<Frame>;
}

const isEven = (value: number): boolean => Number.isInteger(value) && value % 2 === 0;

/** Says what is wrong with the places of a composition. @throws Fault INVALID_ARGUMENT */
export function checkComposition(parts: readonly Pick<PicturePart, 'at'>[], { size, stream }: Pick<Composition, 'size' | 'stream'>): void {
  const { width, height } = size;
  if (!isEven(width) || !isEven(height) || width < 2 || height < 2)
    fail('INVALID_ARGUMENT', `${stream}: size ${width}x${height} of a composed picture must be even numbers of pixels`);
  for (const { at } of parts) {
    const isInside = at.x >= 0 && at.y >= 0 && at.width >= 2 && at.height >= 2 && at.x + at.width <= width && at.y + at.height <= height;
    if (!isInside || ![at.x, at.y, at.width, at.height].every(isEven))
      fail(
        'INVALID_ARGUMENT',
        `${stream}: a part of ${at.width}x${at.height} at ${at.x},${at.y} must lie inside ${width}x${height}, in even numbers of pixels`,
      );
  }
}
