/** A place in a picture, in pixels. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** A rectangle at any angle. `width` lies along `angle`, radians clockwise on the screen from the x axis; `height` across it. */
export interface SlantedRectangle {
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

const cross = (o: PlanePoint, a: PlanePoint, b: PlanePoint): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** One half of the hull of points sorted by x: what turns the wrong way is dropped. */
function chain(sorted: readonly PlanePoint[]): PlanePoint[] {
  const kept: PlanePoint[] = [];
  for (const point of sorted) {
    while (kept.length > 1 && cross(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop();
    kept.push(point);
  }
  return kept.slice(0, -1);
}

/** The corners of the smallest convex outline around `points`, in turn (Andrew 1979); the points themselves when they lie on one line or are fewer than three. */
export function convexHull(points: readonly PlanePoint[]): PlanePoint[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const unique = sorted.filter((point, i) => i === 0 || point.x !== sorted[i - 1]!.x || point.y !== sorted[i - 1]!.y);
  if (unique.length < 3) return unique;
  return [...chain(unique), ...chain(unique.toReversed())];
}

/** The rectangle around `hull` whose width lies along the unit vector (ux, uy). */
function aroundAt(hull: readonly PlanePoint[], ux: number, uy: number): SlantedRectangle {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of hull) {
    const along = x * ux + y * uy;
    const across = y * ux - x * uy;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  return {
    cx: along * ux - across * uy,
    cy: along * uy + across * ux,
    width: right - left,
    height: bottom - top,
    angle: Math.atan2(uy, ux),
  };
}

/** The rectangle of least area around `points`; one of its sides lies along a side of their hull (Freeman and Shapira 1975). Of equals, the most level. */
export function minAreaRectangle(points: readonly PlanePoint[]): SlantedRectangle {
  const hull = convexHull(points);
  let best = aroundAt(hull, 1, 0);
  hull.forEach((a, i) => {
    const b = hull[(i + 1) % hull.length]!;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length === 0) return;
    const tried = aroundAt(hull, (b.x - a.x) / length, (b.y - a.y) / length);
    // Rounding must not turn a level rectangle by half a circle.
    if (tried.width * tried.height < best.width * best.height * (1 - 1e-9)) best = tried;
  });
  return best;
}

/** The four corners as a reader sees them: top left, top right, bottom right, bottom left. */
export function cornersOf({ cx, cy, width, height, angle }: SlantedRectangle): [PlanePoint, PlanePoint, PlanePoint, PlanePoint] {
  const [ax, ay] = [(Math.cos(angle) * width) / 2, (Math.sin(angle) * width) / 2];
  const [bx, by] = [(-Math.sin(angle) * height) / 2, (Math.cos(angle) * height) / 2];
  const corners = [
    { x: cx - ax - bx, y: cy - ay - by },
    { x: cx + ax - bx, y: cy + ay - by },
    { x: cx + ax + bx, y: cy + ay + by },
    { x: cx - ax + bx, y: cy - ay + by },
  ].toSorted((a, b) => a.x - b.x);
  const [first, second, third, fourth] = corners as [PlanePoint, PlanePoint, PlanePoint, PlanePoint];
  const [topLeft, bottomLeft] = first.y <= second.y ? [first, second] : [second, first];
  const [topRight, bottomRight] = third.y <= fourth.y ? [third, fourth] : [fourth, third];
  return [topLeft, topRight, bottomRight, bottomLeft];
}
