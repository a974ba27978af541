import type { PlanePoint } from '../../vision/index.js';

/** Pixels beside each other in one row of a map: from `x` up to but not including `end`. */
interface Run {
  readonly y: number;
  readonly x: number;
  readonly end: number;
  /** Number of the run that stands for its region so far; its own where it does. */
  parent: number;
}

/** The run that stands for the region of run `at`; the way there is shortened for the next who asks. */
function rootOf(runs: readonly Run[], at: number): number {
  let root = at;
  while (runs[root]!.parent !== root) root = runs[root]!.parent;
  for (let next = at; next !== root;) {
    const { parent } = runs[next]!;
    runs[next]!.parent = root;
    next = parent;
  }
  return root;
}

/** The runs of row `y` whose values reach `threshold`, added to `runs`. */
function addRow(runs: Run[], map: Float32Array, from: number, y: number, width: number, threshold: number): void {
  const start = from + y * width;
  for (let x = 0; x < width; x++) {
    if (!(map[start + x]! >= threshold)) continue;
    const first = x;
    while (x < width && map[start + x]! >= threshold) x++;
    runs.push({ y, x: first, end: x, parent: runs.length });
  }
}

/** Joins the runs of a row, from `here` on, with those of the row above, from `above` on, that they touch, corners included. */
function joinRows(runs: Run[], above: number, here: number): void {
  for (let a = above, b = here; a < here && b < runs.length;) {
    const [upper, lower] = [runs[a]!, runs[b]!];
    if (upper.end >= lower.x && lower.end >= upper.x) {
      const [first, second] = [rootOf(runs, a), rootOf(runs, b)];
      runs[Math.max(first, second)]!.parent = Math.min(first, second);
    }
    if (upper.end < lower.end) a++;
    else b++;
  }
}

/**
 * The connected regions of a [height, width] map, eight neighbours to a pixel, in the order of their topmost rows. Each is told by the corners of
 * its rows' ends, in pixels from the upper left corner of the map: all that an outline around it can touch. `from` is the map's first element.
 */
export function findRegions(map: Float32Array, from: number, width: number, height: number, threshold: number): PlanePoint[][] {
  const runs: Run[] = [];
  let above = 0;
  for (let y = 0; y < height; y++) {
    const here = runs.length;
    addRow(runs, map, from, y, width, threshold);
    joinRows(runs, above, here);
    above = here;
  }
  const regions = new Map<number, PlanePoint[]>();
  runs.forEach(({ x, y, end }, at) => {
    const root = rootOf(runs, at);
    const points = regions.get(root) ?? [];
    regions.set(root, points);
    points.push({ x, y }, { x: end, y }, { x, y: y + 1 }, { x: end, y: y + 1 });
  });
  return [...regions.values()];
}
