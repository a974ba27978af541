import { type Observation, createTracker } from 'ocellus/tracking';
import { type Figure, median } from './figure.js';

const FRAMES = 600;
const WARM_UP = 200;
const ROUNDS = 5;
/** Frames in one timing: one alone is near the clock's resolution. */
const GROUP = 10;

/** Pseudo-random numbers from 0 to 1: the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** People who walk to and fro on a 1080p picture, as a detector sees them: boxes that tremble, one in twenty missing, one in five unsure. */
export function crowd(objects: number, frames: number, seed = 1): Observation[][] {
  const random = numbers(seed);
  const people = Array.from({ length: objects }, () => ({
    x: random() * 1840,
    y: random() * 900,
    height: 60 + random() * 160,
    dx: (random() - 0.5) * 8,
    dy: (random() - 0.5) * 3,
  }));
  const walk = (position: number, range: number): number => {
    const within = Math.abs(position) % (2 * range);
    return within < range ? within : 2 * range - within;
  };
  return Array.from({ length: frames }, (_, frame) =>
    people.map(({ x, y, height, dx, dy }) => {
      const tremble = (): number => (random() - 0.5) * height * 0.05;
      const x1 = walk(x + dx * frame, 1840) + tremble();
      const y1 = walk(y + dy * frame, 900) + tremble();
      const dice = random();
      const confidence = dice < 0.05 ? 0 : dice < 0.25 ? 0.2 + random() * 0.2 : 0.5 + random() * 0.5;
      return { box: { x1, y1, x2: x1 + height * 0.4 + tremble(), y2: y1 + height + tremble() }, confidence, classId: 0 };
    }),
  );
}

/** Median time of one update in milliseconds over the second part of a scene, when the code is warm. */
function updateMs(type: string, scene: readonly (readonly Observation[])[]): number {
  const tracker = createTracker(type);
  const times: number[] = [];
  for (let frame = 0; frame < scene.length; frame += GROUP) {
    const startMs = performance.now();
    for (let i = frame; i < frame + GROUP; i++) tracker.update(scene[i]!, i * 40);
    if (frame >= WARM_UP) times.push((performance.now() - startMs) / GROUP);
  }
  return median(times);
}

/** What following costs, for a busy scene and for scenes far beyond any. */
export async function* trackingSuite(): AsyncGenerator<Figure> {
  for (const [objects, targetMs] of [
    [100, 0.25],
    [1000, undefined],
  ] as const) {
    const scene = crowd(objects, FRAMES);
    const rounds = Array.from({ length: ROUNDS }, () => updateMs('bytetrack', scene));
    const value = Math.min(...rounds);
    yield {
      suite: 'tracking',
      name: `ByteTrack, ${objects} detections an update`,
      value,
      unit: 'ms',
      ...(targetMs === undefined ? {} : { target: `< ${targetMs}`, ok: value < targetMs }),
      note: `best of ${ROUNDS} medians: ${rounds.map((ms) => ms.toFixed(3)).join(' ')}`,
    };
  }
}
