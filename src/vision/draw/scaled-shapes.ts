import type { Box, Point, Size } from '../../core/index.js';
import type { Shape } from './shape.js';

/** The shapes of a picture of `from` pixels, for the same picture at `to` pixels; the same array where the two are equal. */
export function scaledShapes(shapes: readonly Shape[], from: Size, to: Size): readonly Shape[] {
  if (from.width === to.width && from.height === to.height) return shapes;
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  const scale = Math.sqrt(sx * sy);
  const point = ({ x, y }: Point): Point => ({ x: x * sx, y: y * sy });
  const box = ({ x1, y1, x2, y2 }: Box): Box => ({ x1: x1 * sx, y1: y1 * sy, x2: x2 * sx, y2: y2 * sy });
  return shapes.map((shape): Shape => {
    switch (shape.kind) {
      case 'box':
        return { ...shape, box: box(shape.box), thicknessPx: shape.thicknessPx * scale };
      case 'path':
        return { ...shape, points: shape.points.map(point), thicknessPx: shape.thicknessPx * scale };
      case 'dots':
        return { ...shape, points: shape.points.map(point), radiusPx: shape.radiusPx * scale };
      case 'text':
        return { ...shape, at: point(shape.at), heightPx: shape.heightPx * scale };
    }
  });
}
