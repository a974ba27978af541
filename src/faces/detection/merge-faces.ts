import type { Box, Rect, Size } from '../../core/index.js';
import { area } from '../../vision/index.js';

/** Two boxes that share this part of both together are one face. */
const SHARED = 0.3;

/** Two boxes of which this part of the smaller lies in the other are one face: a cut-off view beside the whole one. */
const INSIDE = 0.7;

/** Distance from the rim of a tile, as a part of the face's side, within which a box counts as cut off. */
const RIM = 0.02;

/** Whether a tile shows only part of a face that goes on beyond it. */
export function isCutOff({ x1, y1, x2, y2 }: Box, tile: Rect, picture: Size): boolean {
  const [dx, dy] = [(x2 - x1) * RIM, (y2 - y1) * RIM];
  return (
    (tile.x > 0 && x1 - tile.x < dx) ||
    (tile.y > 0 && y1 - tile.y < dy) ||
    (tile.x + tile.width < picture.width && tile.x + tile.width - x2 < dx) ||
    (tile.y + tile.height < picture.height && tile.y + tile.height - y2 < dy)
  );
}

function isSame(a: Box, b: Box): boolean {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return false;
  const shared = width * height;
  return shared >= SHARED * (area(a) + area(b) - shared) || shared >= INSIDE * Math.min(area(a), area(b));
}

/** Each face once, where several tiles saw it: of boxes that are one face the surest stays. Best first; of equals the earlier. */
export function mergeFaces<F extends { readonly box: Box; readonly confidence: number }>(faces: readonly F[]): F[] {
  const kept: F[] = [];
  for (const face of faces.toSorted((a, b) => b.confidence - a.confidence)) if (!kept.some((better) => isSame(better.box, face.box))) kept.push(face);
  return kept;
}
