import type { Box, CrossingDirection, TimeBase, Size } from '../../core/index.js';
import type { Line } from '../../analytics/index.js';
import { type Actor, appearances } from './actors.js';
import { crossingOf } from './plan.js';
import { LINE_X, PATHS, SCENE_RATE, SCENE_SIZE } from './stage.js';

/** A walker on one frame of the scene. */
export interface TrueBox {
  /** Index into {@link SceneTruth.walkers}. */
  readonly walker: number;
  /** What the picture would show of the walker if nobody stood before them; inside the frame. */
  readonly box: Box;
  /** What is left of it: the box around what the picture does show. */
  readonly shown: Box;
  /** Share of the walker's pixels in `box` that no other walker covers, 0 to 1. */
  readonly visible: number;
}

/** Someone crosses the line. */
export interface TrueCrossing {
  readonly walker: string;
  readonly direction: CrossingDirection;
  readonly timeMs: number;
}

/** All that is known of the scene. Plain data. */
export interface SceneTruth {
  readonly size: Size;
  readonly frameRate: TimeBase;
  readonly line: Line;
  readonly walkers: readonly { readonly name: string; readonly path: string }[];
  /** For each frame, everyone of whom at least a little is inside the picture, from far to near. */
  readonly frames: readonly (readonly TrueBox[])[];
  /** In the order of time. */
  readonly crossings: readonly TrueCrossing[];
}

/** The line that is watched: upwards, so that who goes right goes in. */
export const SCENE_LINE: Line = { name: 'promenade', from: { x: LINE_X, y: SCENE_SIZE.height }, to: { x: LINE_X, y: 0 } };

/** Who is drawn before whom: path by path from far to near, and as planned within a path. */
export const farToNear = (actors: readonly Actor[]): Actor[] =>
  Object.values(PATHS).flatMap((lane) => actors.filter(({ walker }) => walker.lane === lane));

/** Side of the squares that cover is counted in, in pixels. */
const CELL = 4;
const COLUMNS = SCENE_SIZE.width / CELL;
const ROWS = SCENE_SIZE.height / CELL;

/** Calls `visit` for each square of the picture that an actor's pixels lie on, were nobody before them. */
function eachCell(actor: Actor, seconds: number, visit: (cell: number) => void): void {
  for (const { sprite, pose } of appearances(actor, seconds)) {
    const { width, height } = sprite.size;
    const bottom = Math.min(actor.walker.lane.hiddenFrom, pose.y + height);
    for (let row = Math.max(0, Math.floor(pose.y / CELL)); (row + 0.5) * CELL < bottom && row < ROWS; row++) {
      const y = Math.floor((row + 0.5) * CELL - pose.y);
      if (y < 0) continue;
      const left = pose.x + pose.lean * (1 - y / height);
      for (let column = Math.max(0, Math.floor(left / CELL)); column < COLUMNS; column++) {
        const x = Math.floor((column + 0.5) * CELL - left);
        if (x >= width) break;
        if (x >= 0 && sprite.rgba[(y * width + x) * 4 + 3]! >= 128) visit(row * COLUMNS + column);
      }
    }
  }
}

/** The box that an actor's picture takes, cut at what hides their legs and at the frame; exact to a part of a pixel. */
function boxOf(actor: Actor, seconds: number): Box | undefined {
  const { hiddenFrom } = actor.walker.lane;
  const boxes = appearances(actor, seconds).map(({ sprite: { size }, pose: { x, y, lean } }) => ({
    x1: Math.max(0, x + 1 + Math.min(0, lean)),
    y1: Math.max(0, y + 1),
    x2: Math.min(SCENE_SIZE.width, x + size.width - 1 + Math.max(0, lean)),
    y2: Math.min(hiddenFrom, y + size.height - 1),
  }));
  const all = boxes.reduce((a, b) => ({ x1: Math.min(a.x1, b.x1), y1: Math.min(a.y1, b.y1), x2: Math.max(a.x2, b.x2), y2: Math.max(a.y2, b.y2) }));
  return all.x2 > all.x1 && all.y2 > all.y1 ? all : undefined;
}

/** Everyone on the picture at one moment; `order` is from far to near, and `indices` their places in the list of walkers. */
function boxesAt(order: readonly Actor[], indices: readonly number[], seconds: number): TrueBox[] {
  const present = order.flatMap((actor, at) => {
    const box = boxOf(actor, seconds);
    return box ? [{ actor, box, walker: indices[at]! }] : [];
  });
  const owners = new Int16Array(COLUMNS * ROWS).fill(-1);
  present.forEach(({ actor }, at) => eachCell(actor, seconds, (cell) => (owners[cell] = at)));
  return present.flatMap(({ actor, box, walker }, at) => {
    const all = new Set<number>();
    eachCell(actor, seconds, (cell) => all.add(cell));
    const seen = [...all].filter((cell) => owners[cell] === at);
    if (all.size === 0) return [];
    return [{ walker, box, shown: seen.length === all.size ? box : around(seen), visible: seen.length / all.size }];
  });
}

function around(cells: readonly number[]): Box {
  const [columns, rows] = [cells.map((cell) => cell % COLUMNS), cells.map((cell) => Math.floor(cell / COLUMNS))];
  if (cells.length === 0) return { x1: 0, y1: 0, x2: 0, y2: 0 };
  return {
    x1: Math.min(...columns) * CELL,
    y1: Math.min(...rows) * CELL,
    x2: (Math.max(...columns) + 1) * CELL,
    y2: (Math.max(...rows) + 1) * CELL,
  };
}

/** What happens in a scene of `frames` frames. */
export function truthOf(actors: readonly Actor[], frames: number): SceneTruth {
  const order = farToNear(actors);
  const indices = order.map((actor) => actors.indexOf(actor));
  const secondsOf = (frame: number): number => (frame * SCENE_RATE.den) / SCENE_RATE.num;
  const crossings = actors.flatMap(({ walker }): TrueCrossing[] => {
    const crossing = crossingOf(walker);
    if (!crossing || crossing.seconds < 0 || crossing.seconds > secondsOf(frames - 1)) return [];
    return [{ walker: walker.name, direction: crossing.towards === 'right' ? 'in' : 'out', timeMs: crossing.seconds * 1000 }];
  });
  return {
    size: SCENE_SIZE,
    frameRate: SCENE_RATE,
    line: SCENE_LINE,
    walkers: actors.map(({ walker: { name, path } }) => ({ name, path })),
    frames: Array.from({ length: frames }, (_, frame) => boxesAt(order, indices, secondsOf(frame))),
    crossings: crossings.toSorted((a, b) => a.timeMs - b.timeMs),
  };
}
