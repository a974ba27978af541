import type { Point } from '../../core/index.js';
import type { Direction, EyeView } from '../eyes.js';
import type { Square } from './affine.js';
import { Closure } from './closure.js';
import { cornersOf, type EyeReading, middleOf, opennessOf, squareOfEye } from './eye-reading.js';
import type { Globes } from './globe.js';
import { fromPlane, type HeadPlane, toPlane } from './head-plane.js';
import type { Pose } from './head-pose.js';
import { irisRing } from './iris-ring.js';
import { Steady } from './steady.js';

/** Centimetres: the noise of the iris network on a large face. */
const LIDS = { calmHz: 2.5, slack: 0.02, eagerHz: 12 };
const CORNERS = { calmHz: 1, slack: 0.03, eagerHz: 4 };
/** Pixels of the iris network's crop below which its points tremble, in centimetres the more, the smaller the face is. */
const NOISE_PX = 0.25;

/** Slacks that a face of this size needs, in those of a large one. */
const unitOf = (scale: number): number => Math.max(1, NOISE_PX / scale / LIDS.slack);

/** Follows one eye: its lids and corners in the plane of the head. */
export class EyeTrack {
  readonly #lids = new Steady(LIDS);
  readonly #middle = new Steady(CORNERS);
  readonly #span = new Steady(CORNERS);
  readonly #closure = new Closure();
  #reading: EyeReading | undefined;
  #closed = 0;

  /** @param smoothed whether lids are smoothed */
  constructor(
    readonly eye: 0 | 1,
    private readonly smoothed: boolean,
  ) {}

  /** How far it is closed, 0 to 1, by the last reading and not smoothed. */
  get closure(): number {
    return this.#closed;
  }

  /**
   * Where the iris network should look, given the corners that the mesh tells, in pixels. Size and slant are the mesh's: a crop by the network's own corners
   * would shrink from frame to frame, as it finds eyes in small crops a little smaller. Its own middle is the better one.
   */
  square(left: Point, right: Point, plane: HeadPlane, scale: number, seconds: number): Square {
    const [from, to] = [toPlane(plane, left), toPlane(plane, right)];
    if (!this.smoothed) this.#span.reset();
    const [x, y] = this.#span.next([to.x - from.x, to.y - from.y], seconds, unitOf(scale)) as readonly [number, number];
    const middle = this.#middle.value;
    const [mx, my] = middle ?? [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const corner = (sign: 1 | -1): Point => fromPlane(plane, { x: mx! + (sign * x) / 2, y: my! + (sign * y) / 2 });
    return squareOfEye(corner(-1), corner(1), this.eye);
  }

  /** Takes a reading; `seconds` since the last. */
  read(reading: EyeReading, plane: HeadPlane, scale: number, seconds: number): void {
    this.#reading = reading;
    this.#closed = this.#closure.next(opennessOf(reading.upperLid, reading.lowerLid), seconds);
    if (!this.smoothed) {
      this.#lids.reset();
      this.#middle.reset();
    }
    const unit = unitOf(scale);
    const points = [...reading.lowerLid, ...reading.upperLid.slice(1, -1)].map((point) => toPlane(plane, point));
    this.#lids.next(
      points.flatMap(({ x, y }) => [x, y]),
      seconds,
      unit,
    );
    const middle = toPlane(plane, middleOf(cornersOf(reading)));
    this.#middle.next([middle.x, middle.y], seconds, unit);
  }

  /** From the middle between the corners to that of the iris, in centimetres as the camera sees them, y up. Of one reading, so that a crop that trembles moves both. */
  shift({ scale }: Pose): readonly [number, number] {
    const { iris } = this.#reading!;
    const middle = middleOf(cornersOf(this.#reading!));
    return [(iris.x - middle.x) / scale, (middle.y - iris.y) / scale];
  }

  /** What is seen, with the iris where `gaze` puts it. */
  view(pose: Pose, plane: HeadPlane, globes: Globes, gaze: Direction, confidence: number): EyeView {
    const lids = this.#lids.value!;
    const at = (k: number): Point => fromPlane(plane, { x: lids[k * 2]!, y: lids[k * 2 + 1]! });
    const lowerLid = Array.from({ length: 9 }, (_, k) => at(k));
    const upperLid = [lowerLid[0]!, ...Array.from({ length: 7 }, (_, k) => at(9 + k)), lowerLid[8]!];
    const [mx, my] = this.#middle.value as readonly [number, number];
    const middle = fromPlane(plane, { x: mx, y: my });
    const placed = ([x, y]: readonly [number, number]): Point => ({ x: middle.x + x * pose.scale, y: middle.y - y * pose.scale });
    const centre = placed(globes.shift(this.eye, pose.rotation, gaze));
    const radius = globes.irisRadius * pose.scale;
    return {
      upperLid,
      lowerLid,
      iris: { centre, radius, ring: irisRing(centre, radius, gaze) },
      globe: placed(globes.middle(this.eye, pose.rotation)),
      globeRadius: globes.reach * pose.scale,
      openness: opennessOf(upperLid, lowerLid),
      closure: this.#closed,
      gaze,
      confidence,
    };
  }
}
