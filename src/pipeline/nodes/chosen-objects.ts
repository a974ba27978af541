import type { Box, Rect, Size } from '../../core/index.js';
import { clip } from '../../vision/index.js';
import type { Draft } from './board.js';

/** Which objects a node looks at, and how much around them. */
export interface ObjectChoice {
  /** All where null. */
  readonly labels: ReadonlySet<string> | null;
  /** Least size of the box within the frame, in pixels. */
  readonly minSize: Size;
  readonly minConfidence: number;
  /** Share of the box's width and height that is added on each side. */
  readonly padding: number;
}

/** An object that is to be looked at. */
export interface ChosenObject {
  readonly draft: Draft;
  /** The part of the frame that is cut out, in whole pixels. */
  readonly crop: Rect;
  /** Area of the box within the frame, in square pixels. */
  readonly areaPx: number;
}

/** The box with `padding` on each side, as far as it lies in the frame, in the whole pixels that it touches. */
function cropOf({ x1, y1, x2, y2 }: Box, padding: number, frame: Size): Rect {
  const [dx, dy] = [(x2 - x1) * padding, (y2 - y1) * padding];
  const padded = clip({ x1: x1 - dx, y1: y1 - dy, x2: x2 + dx, y2: y2 + dy }, frame);
  const [x, y] = [Math.floor(padded.x1), Math.floor(padded.y1)];
  return { x, y, width: Math.ceil(padded.x2) - x, height: Math.ceil(padded.y2) - y };
}

/** The objects to look at, in their order. Those without any area in the frame are left out. */
export function chosenObjects(drafts: readonly Draft[], { labels, minSize, minConfidence, padding }: ObjectChoice, frame: Size): ChosenObject[] {
  return drafts.flatMap((draft) => {
    if (draft.confidence < minConfidence || (labels && !labels.has(draft.label))) return [];
    const box = clip(draft.box, frame);
    const [width, height] = [box.x2 - box.x1, box.y2 - box.y1];
    if (!(width > 0 && height > 0) || width < minSize.width || height < minSize.height) return [];
    return [{ draft, crop: cropOf(draft.box, padding, frame), areaPx: width * height }];
  });
}

/** At most `limit` of them, in their order: those that waited longest, of these the most confident, of these the first. */
export function mostUrgent<T extends ChosenObject>(chosen: readonly T[], limit: number, waitedSince: (object: T) => number = () => 0): readonly T[] {
  if (chosen.length <= limit) return chosen;
  const order = chosen
    .map((object, at) => ({ at, since: waitedSince(object), confidence: object.draft.confidence }))
    .toSorted((a, b) => a.since - b.since || b.confidence - a.confidence || a.at - b.at);
  const taken = new Set(order.slice(0, limit).map(({ at }) => at));
  return chosen.filter((_, at) => taken.has(at));
}
