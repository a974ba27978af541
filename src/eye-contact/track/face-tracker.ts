import { type Box, fail } from '../../core/index.js';
import { iou } from '../../vision/index.js';
import type { TrackedFace } from '../eyes.js';
import type { RgbPicture } from '../port.js';
import type { EyeContactSettings } from '../settings.js';
import { squareToPicture } from './affine.js';
import { CROP_SIDES, type FaceNetworks } from './face-networks.js';
import { type FoundFace, foundFaces, squareOfPicture } from './face-squares.js';
import { FaceTrack } from './face-track.js';
import { sampleCrop } from './sample-crop.js';

/** How faces are followed: what is smoothed over time (see {@link TEMPORAL_BITS}), and whether every face is. */
export type TrackingSettings = Pick<EyeContactSettings, 'temporal' | 'multiPerson'>;

/** Most faces that are followed at a time. */
const MOST_FACES = 8;
/** How often, in seconds, a detector looks for further faces. */
const LOOK_EVERY = 0.5;
/** How long, in seconds, a lost face keeps its id and what was learnt of its eyes. */
const REMEMBERED = 1;
/** Boxes that share less, as IoU, are two faces. */
const SAME_FACE = 0.25;

interface Followed {
  readonly track: FaceTrack;
  seenAt: number;
  lost: boolean;
  box: Box;
}

/**
 * Finds and follows the faces of one video. The detector looks only where a face is missing, and twice a second for others where several are wanted;
 * all else comes from where each face was a frame ago. Holds the state of one video; one picture at a time.
 */
export class FaceTracker {
  #followed: Followed[] = [];
  #nextId = 1;
  #lastAt: number | undefined;
  #lookedAt = -Infinity;

  constructor(
    private readonly networks: FaceNetworks,
    private readonly settings: TrackingSettings,
  ) {}

  /**
   * The faces on the next picture, in the order of their ids. `seconds` is its time in the video.
   *
   * @throws Fault INVALID_ARGUMENT for a picture whose bytes do not match its size, and what the networks throw
   */
  async track(picture: RgbPicture, seconds: number): Promise<readonly TrackedFace[]> {
    checkPicture(picture);
    const passed = Math.max(1e-3, seconds - (this.#lastAt ?? seconds - 1 / 25));
    this.#lastAt = seconds;
    const seen = new Map<Followed, TrackedFace>();
    for (const followed of this.#followed) {
      // A face that was lost is for the detector to find: where it was, there is something else now.
      const face = followed.lost ? undefined : await followed.track.follow(picture, passed);
      if (face) this.#keep(seen, followed, face, seconds);
      else followed.lost = true;
    }
    this.#followed = this.#followed.filter(({ seenAt }) => seconds - seenAt <= REMEMBERED);
    if (this.#shouldLook(seen, seconds)) await this.#look(picture, seconds, passed, seen);
    return [...seen.values()].toSorted((a, b) => a.id - b.id);
  }

  #keep(seen: Map<Followed, TrackedFace>, followed: Followed, face: TrackedFace, seconds: number): void {
    followed.seenAt = seconds;
    followed.lost = false;
    followed.box = face.box;
    seen.set(followed, face);
  }

  #shouldLook(seen: ReadonlyMap<Followed, TrackedFace>, seconds: number): boolean {
    if (!this.settings.multiPerson) return seen.size === 0;
    return seen.size === 0 || seen.size < this.#followed.length || seconds - this.#lookedAt >= LOOK_EVERY;
  }

  async #look(picture: RgbPicture, seconds: number, passed: number, seen: Map<Followed, TrackedFace>): Promise<void> {
    this.#lookedAt = seconds;
    const toPicture = squareToPicture(squareOfPicture(picture.size), CROP_SIDES.faces);
    const found = foundFaces(await this.networks.faces(sampleCrop(picture, toPicture, CROP_SIDES.faces)), toPicture);
    const fresh = found.filter(({ box }) => ![...seen.values()].some((face) => iou(face.box, box) > SAME_FACE));
    const wanted = this.settings.multiPerson ? fresh.slice(0, MOST_FACES - seen.size) : this.#theOne(fresh);
    for (const face of wanted) await this.#take(picture, face, seconds, passed, seen);
  }

  /** The face that was followed; the largest where none is remembered. */
  #theOne(found: readonly FoundFace[]): readonly FoundFace[] {
    const last = this.#followed[0];
    const among = last ? found.filter(({ box }) => near(last.box, box)) : found;
    return among.toSorted((a, b) => areaOf(b.box) - areaOf(a.box)).slice(0, 1);
  }

  async #take(picture: RgbPicture, found: FoundFace, seconds: number, passed: number, seen: Map<Followed, TrackedFace>): Promise<void> {
    const known = this.#followed.find((followed) => !seen.has(followed) && near(followed.box, found.box));
    const followed = known ?? {
      track: new FaceTrack(this.#nextId, this.networks, this.settings.temporal),
      seenAt: seconds,
      lost: false,
      box: found.box,
    };
    const face = await followed.track.follow(picture, passed, found.square);
    if (!face || [...seen.values()].some(({ box }) => iou(box, face.box) > SAME_FACE)) return;
    if (!known) {
      this.#nextId++;
      this.#followed.push(followed);
    }
    this.#keep(seen, followed, face, seconds);
  }
}

function checkPicture({ size: { width, height }, data }: RgbPicture): void {
  if (!(width > 0 && height > 0 && data.length === width * height * 3))
    fail('INVALID_ARGUMENT', `a picture of ${width}x${height} in packed RGB has ${width * height * 3} bytes, got ${data.length}`);
}

const areaOf = ({ x1, y1, x2, y2 }: Box): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

/** Whether a face may have come from one box to the other: middles less than a face apart, and much the same size. */
function near(a: Box, b: Box): boolean {
  const side = Math.sqrt(areaOf(a));
  const [dx, dy] = [(a.x1 + a.x2 - b.x1 - b.x2) / 2, (a.y1 + a.y2 - b.y1 - b.y2) / 2];
  return Math.hypot(dx, dy) < side && Math.abs(Math.log(areaOf(a) / areaOf(b))) < 1.2;
}
