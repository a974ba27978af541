import type { Box } from '../../core/index.js';
import type { LoadedModel } from '../../inference/index.js';
import { fitWarp, transformPoint, turnedCrop, warp } from '../../vision/index.js';
import { askPictures, pictureOf } from '../picture-batch.js';
import type { FacePicture, FacePoints } from '../port.js';
import { inTurns } from '../turns.js';
import { fiveOf68 } from './five-of-68.js';

/** Faces in one run. */
export const LANDMARK_ROWS = 16;

/** Places five points in faces whose boxes are known, by a network that tells 68 points of a crop. */
export class FaceLandmarker {
  constructor(private readonly model: LoadedModel) {}

  /** The points of each face, in the order of the boxes. @throws Fault as `LoadedModel.infer` and the picture's `render` */
  async points(picture: FacePicture, boxes: readonly Box[], signal?: AbortSignal): Promise<FacePoints[]> {
    const groups = Array.from({ length: Math.ceil(boxes.length / LANDMARK_ROWS) }, (_, at) =>
      boxes.slice(at * LANDMARK_ROWS, (at + 1) * LANDMARK_ROWS),
    );
    return (await inTurns(groups, this.model.concurrency, (group) => this.#group(picture, group, signal))).flat();
  }

  async #group(picture: FacePicture, boxes: readonly Box[], signal: AbortSignal | undefined): Promise<FacePoints[]> {
    const target = pictureOf(this.model).fit;
    const crops = boxes.map((box) => fitWarp(picture.size, target, squareOf(box, target.size)));
    const each = target.size.width * target.size.height;
    const data = new Uint8Array(each * crops.length);
    for (const [at, { request, toTarget }] of crops.entries()) {
      const source = { size: request.size, data: await picture.render(request) };
      data.set(warp(source, toTarget, target), at * each);
    }
    const answers = await askPictures(this.model, data, crops.length, 'landmarks', { signal });
    return answers.map(({ points }, at) => {
      const [rightEye, leftEye, nose, rightMouth, leftMouth] = fiveOf68(points);
      const back = (point: FacePoints[number]) => transformPoint(crops[at]!.toFrame, point);
      return [back(rightEye), back(leftEye), back(nose), back(rightMouth), back(leftMouth)];
    });
  }
}

/** The network was made for squares as high as the box, around its middle. */
const squareOf = ({ x1, y1, x2, y2 }: Box, size: { readonly width: number; readonly height: number }) =>
  turnedCrop({ x: (x1 + x2) / 2, y: (y1 + y2) / 2 }, y2 - y1, 0, size);
