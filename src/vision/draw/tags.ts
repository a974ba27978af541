import type { Size } from '../../core/index.js';
import type { Span2 } from './surface.js';

/** A tag that wants a place at a box. */
export interface TagWish extends Size {
  /** The outline that it belongs to, in whole pixels. */
  readonly box: Span2;
}

const overlap = (a: Span2, b: Span2): number =>
  Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)) * Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));

/** Where a tag may stand, best first: on the top edge, inside at the top, at the bottom, beside. */
function places({ box, width, height }: TagWish): readonly (readonly [x: number, y: number])[] {
  const { x1, y1, x2, y2 } = box;
  return [
    [x1, y1 - height],
    [x2 - width, y1 - height],
    [x1, y1],
    [x1, y2],
    [x2 - width, y2],
    [x1, y2 - height],
    [x2, y1],
    [x1 - width, y1],
  ];
}

/** Shifted, where it must be, so that it lies inside the picture as far as it fits. */
function inside(x: number, y: number, { width, height }: Size, picture: Size): Span2 {
  const x1 = Math.max(0, Math.min(x, picture.width - width));
  const y1 = Math.max(0, Math.min(y, picture.height - height));
  return { x1, y1, x2: x1 + width, y2: y1 + height };
}

/**
 * Finds a place for each tag, in order: the first of its places that covers nothing in `taken` nor an earlier tag, or else the one that
 * covers least. Tags of boxes that cannot be seen get none.
 */
export function placeTags(wishes: readonly TagWish[], picture: Size, taken: readonly Span2[] = []): readonly (Span2 | undefined)[] {
  const used = [...taken];
  return wishes.map((wish) => {
    const { box } = wish;
    if (box.x2 <= 0 || box.y2 <= 0 || box.x1 >= picture.width || box.y1 >= picture.height) return undefined;
    let best: Span2 | undefined;
    let least = Infinity;
    for (const [x, y] of places(wish)) {
      const place = inside(x, y, wish, picture);
      const covered = used.reduce((sum, other) => sum + overlap(place, other), 0);
      if (covered >= least) continue;
      [best, least] = [place, covered];
      if (covered === 0) break;
    }
    used.push(best!);
    return best;
  });
}
