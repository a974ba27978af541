import type { Point } from '../../core/index.js';
import type { Direction, EyeView, TrackedFace } from '../eyes.js';
import type { RgbPicture } from '../port.js';
import { fade } from '../fade.js';
import { type Square, squareToPicture } from './affine.js';
import { EYE_CORNERS, EYE_MIDDLES } from './canonical-face.js';
import { cornersOf, type EyeReading, middleOf, readEye } from './eye-reading.js';
import { EyeTrack } from './eye-track.js';
import { CROP_SIDES, type FaceNetworks } from './face-networks.js';
import { meshInPicture, squareDistance, squareOfPose } from './face-squares.js';
import { GazeTrack } from './gaze-track.js';
import { Globes } from './globe.js';
import { type HeadPlane, headPlane } from './head-plane.js';
import { anglesOf, type Mesh, type Pose, poseOf } from './head-pose.js';
import { PoseTrack } from './pose-track.js';
import { boxOf } from './mesh-box.js';
import { refineIris } from './refine-iris.js';
import { sampleCrop } from './sample-crop.js';
import { smooths } from './temporal.js';
import { eyeTrust, faceTrust } from './trust.js';

/** Mesh scores below it mean that the face is lost. */
const LEAST_SCORE = 0.5;
/** A second look is taken where the first was further off: of a face, of an eye; shares of the square's side. */
const FACE_OFF = 0.08;
const EYE_OFF = 0.035;
/** Turned further, the eyes are too unlike each other to learn from. */
const LEARN_YAW = 22;
const LEARN_TRUST = 0.6;
/** Closure from which an iris is doubted, and not believed. */
const CLOSING = 0.3;
const CLOSED = 0.55;

type Pair<T> = readonly [T, T];

interface MeshReading {
  readonly mesh: Mesh;
  readonly score: number;
  readonly pose: Pose;
}

/** Follows one face from frame to frame. */
export class FaceTrack {
  readonly #pose: PoseTrack;
  readonly #eyes: Pair<EyeTrack>;
  readonly #globes = new Globes();
  readonly #gaze: GazeTrack;
  #face: TrackedFace | undefined;

  constructor(
    readonly id: number,
    private readonly networks: FaceNetworks,
    temporal: number,
  ) {
    const lids = smooths(temporal, 'landmarks');
    this.#pose = new PoseTrack(smooths(temporal, 'box'), smooths(temporal, 'head'));
    this.#eyes = [new EyeTrack(0, lids), new EyeTrack(1, lids)];
    this.#gaze = new GazeTrack(smooths(temporal, 'gaze'));
  }

  /** As last seen. */
  get face(): TrackedFace | undefined {
    return this.#face;
  }

  /**
   * Looks for the face on the next frame: where it is expected, or where a detector `found` it. Undefined: it is not there.
   *
   * @param seconds since the last frame
   */
  async follow(picture: RgbPicture, seconds: number, found?: Square): Promise<TrackedFace | undefined> {
    const expected = found ?? (this.#pose.pose && squareOfPose(this.#pose.pose));
    const seen = expected && (await this.#readFace(picture, expected));
    if (!seen) return undefined;
    if (found) this.#pose.reset();
    const pose = this.#pose.next(seen.pose, seconds);
    const planes = EYE_MIDDLES.map((middle) => headPlane(pose, middle)) as unknown as Pair<HeadPlane>;
    const readings = await this.#readEyes(picture, seen.mesh, planes, pose.scale, seconds);
    this.#eyes.forEach((eye, k) => eye.read(readings[k]!, planes[k]!, pose.scale, seconds));
    this.#face = this.#assemble(picture, seen, pose, planes, readings, seconds);
    return this.#face;
  }

  async #readFace(picture: RgbPicture, expected: Square): Promise<MeshReading | undefined> {
    const first = await this.#readMesh(picture, expected);
    if (first.score < LEAST_SCORE) return undefined;
    const better = squareOfPose(first.pose);
    if (squareDistance(expected, better) < FACE_OFF) return first;
    const second = await this.#readMesh(picture, better);
    return second.score < LEAST_SCORE ? undefined : second;
  }

  async #readMesh(picture: RgbPicture, square: Square): Promise<MeshReading> {
    const toPicture = squareToPicture(square, CROP_SIDES.mesh);
    const { points, depths, score } = await this.networks.mesh(sampleCrop(picture, toPicture, CROP_SIDES.mesh));
    const mesh = meshInPicture(points, depths, toPicture);
    return { mesh, score, pose: poseOf(mesh) };
  }

  /** Both eyes; a second time where they were not where they were expected: the crop moves what the network sees. */
  async #readEyes(picture: RgbPicture, mesh: Mesh, planes: Pair<HeadPlane>, scale: number, seconds: number): Promise<Pair<EyeReading>> {
    const point = (index: number): Point => ({ x: mesh[index * 3]!, y: mesh[index * 3 + 1]! });
    const expected = this.#eyes.map((eye, k) => {
      const [left, right] = EYE_CORNERS[k]!;
      return eye.square(point(left), point(right), planes[k]!, scale, seconds);
    });
    const first = await this.#readSquares(picture, expected);
    const better = first.map((reading, k) => ({ ...expected[k]!, centre: middleOf(cornersOf(reading)) }));
    const off = Math.max(...better.map((square, k) => squareDistance(expected[k]!, square)));
    return off < EYE_OFF ? first : this.#readSquares(picture, better);
  }

  async #readSquares(picture: RgbPicture, squares: readonly Square[]): Promise<Pair<EyeReading>> {
    const maps = squares.map((square) => squareToPicture(square, CROP_SIDES.eye));
    const answers = await this.networks.eyes(maps.map((toPicture) => sampleCrop(picture, toPicture, CROP_SIDES.eye)));
    return answers.map((answer, k) => refineIris(picture, readEye(answer, maps[k]!, k as 0 | 1))) as unknown as Pair<EyeReading>;
  }

  #assemble(
    picture: RgbPicture,
    { mesh, score }: MeshReading,
    pose: Pose,
    planes: Pair<HeadPlane>,
    readings: Pair<EyeReading>,
    seconds: number,
  ): TrackedFace {
    const head = anglesOf(pose);
    const confidence = faceTrust(score, head);
    const shifts = this.#eyes.map((eye) => eye.shift(pose)) as unknown as Pair<Pair<number>>;
    const trusts = readings.map((reading, k) =>
      eyeTrust({ reading, mesh, eye: k as 0 | 1, head, radiusPx: this.#globes.irisRadius * pose.scale, size: picture.size }),
    );
    const open = this.#eyes.map(({ closure }) => 1 - fade(CLOSING, CLOSED, closure));
    if (Math.abs(head.yaw) < LEARN_YAW && Math.min(confidence, ...trusts, ...open) > LEARN_TRUST)
      this.#globes.observe({ rotation: pose.rotation, shifts, radii: [readings[0].radius / pose.scale, readings[1].radius / pose.scale] });
    const seen = shifts.map((shift, k) => this.#globes.gaze(k as 0 | 1, pose.rotation, shift)) as unknown as Pair<Direction>;
    const gazes = this.#gaze.next(seen, trusts.map((trust, k) => trust * open[k]!) as unknown as Pair<number>, seconds);
    const eyes = this.#eyes.map((eye, k) => eye.view(pose, planes[k]!, this.#globes, gazes[k]!, confidence * trusts[k]!));
    const [left, right] = eyes as [EyeView, EyeView];
    const scale = (EYE_MIDDLES[1][0] - EYE_MIDDLES[0][0]) * pose.scale;
    return { id: this.id, box: boxOf(mesh), confidence, head, scale, eyes: [left, right] };
  }
}
