import { type Box, type Point, type Size, fail } from '../../core/index.js';
import type { LoadedModel } from '../../inference/index.js';
import { clip, type Detections, type Fit, fit, unfit } from '../../vision/index.js';
import { askPictures, pictureOf } from '../picture-batch.js';
import type { FaceFinding, FacePicture, FacePoints } from '../port.js';
import { inTurns } from '../turns.js';
import type { DetectorSpec } from './detectors.js';
import type { FaceLandmarker } from './face-landmarker.js';
import { isCutOff, mergeFaces } from './merge-faces.js';
import { type Pass, planPasses } from './passes.js';

/** How a picture is looked at. */
export interface DetectOptions {
  /** Side of the smallest face to find, in pixels of the picture. */
  readonly smallestFace: number;
  readonly signal?: AbortSignal | undefined;
}

/** A box, and its points where the network tells them. */
interface Candidate {
  readonly box: Box;
  readonly confidence: number;
  readonly points?: FacePoints;
}

const pointBack = ({ x, y }: Point, back: Fit): Point => {
  const { x1, y1 } = unfit({ x1: x, y1: y, x2: x, y2: y }, back);
  return { x: x1, y: y1 };
};

function candidatesOf({ boxes, scores, points }: Detections, back: Fit): Candidate[] {
  return Array.from(scores, (confidence, row) => {
    const [x1, y1, x2, y2] = boxes.subarray(row * 4, row * 4 + 4) as unknown as [number, number, number, number];
    const box = unfit({ x1, y1, x2, y2 }, back);
    if (!points) return { box, confidence };
    const point = (k: number): Point => pointBack({ x: points[(row * 5 + k) * 3]!, y: points[(row * 5 + k) * 3 + 1]! }, back);
    return { box, confidence, points: [point(0), point(1), point(2), point(3), point(4)] };
  });
}

/** Finds faces with their five points in pictures of any size. */
export class FaceDetector {
  constructor(
    readonly spec: DetectorSpec,
    private readonly model: LoadedModel,
    private readonly landmarker: FaceLandmarker | undefined,
  ) {}

  /** The faces of a picture, surest first. @throws Fault as `LoadedModel.infer` and the picture's `render` */
  async detect(picture: FacePicture, { smallestFace, signal }: DetectOptions): Promise<FaceFinding[]> {
    const { size } = picture;
    const { detectable } = this.spec;
    const tile = pictureOf(this.model).fit.size;
    const passes = planPasses(size, { tile, detectable, smallest: smallestFace });
    const found = await inTurns(passes, this.model.concurrency, (pass) => this.#look(picture, pass, signal));
    const faces = mergeFaces(found.flat());
    const points = await this.#pointsOf(picture, faces, signal);
    return faces.map(({ box, confidence }, at) => ({ box: clip(box, size), confidence, landmarks: points[at]! }));
  }

  async #look(picture: FacePicture, { region, largest }: Pass, signal: AbortSignal | undefined): Promise<Candidate[]> {
    const { size } = picture;
    // Proportions are kept whatever the catalogue says: faces that are pressed together are found worse.
    const back = fit(size, { ...pictureOf(this.model).fit, mode: 'top-left' }, region);
    const data = await picture.render(back.request);
    const [answer] = await askPictures(this.model, data, 1, 'detections', { confidence: this.spec.confidence, signal });
    return answer
      ? candidatesOf(answer, back).filter(({ box }) => isVisible(box, size) && sideOf(box) <= largest && !isCutOff(box, region, size))
      : [];
  }

  async #pointsOf(picture: FacePicture, faces: readonly Candidate[], signal: AbortSignal | undefined): Promise<readonly FacePoints[]> {
    if (this.landmarker)
      return this.landmarker.points(
        picture,
        faces.map(({ box }) => box),
        signal,
      );
    return faces.map(({ points }) => points ?? fail('MODEL_MISMATCH', `${this.spec.model} tells no points of faces; its detector needs landmarks`));
  }
}

const sideOf = ({ x1, y1, x2, y2 }: Box): number => Math.max(x2 - x1, y2 - y1);

/** Whether anything of a box lies in the picture. */
const isVisible = ({ x1, y1, x2, y2 }: Box, { width, height }: Size): boolean =>
  x2 > 1 && y2 > 1 && x1 < width - 1 && y1 < height - 1 && x2 > x1 && y2 > y1;
