import { type Box, fail, type Point, type Tensor } from '../../core/index.js';
import type { Engine, LoadedModel } from '../../inference/index.js';
import type { ModelSource } from '../../models/index.js';
import type { Answer } from '../../vision/index.js';
import type { Direction } from '../eyes.js';
import { openModels } from '../open-models.js';
import type { RgbPicture } from '../port.js';
import { type Square, squareToPicture } from '../track/affine.js';
import { directionOf } from '../track/globe.js';
import { sampleCrop } from '../track/sample-crop.js';
import { planarBgr } from './planar-bgr.js';

/** Networks that the judge loads, by their names in the catalogue: Intel's, none of which the tracker or the renderer uses. */
export const JUDGE_NETWORKS = ['landmarks-regression-retail-0009', 'head-pose-estimation-adas-0001', 'gaze-estimation-adas-0002'] as const;

const [POINTS_SIDE, HEAD_SIDE, EYE_SIDE] = [48, 60, 60];
/** Side of the eye's square by the distance of the eyes: 1.8 times an eye's width, as Intel's own demonstration crops it. */
const EYE_SIDES = 0.76;
/** Side of the head's square by the height of the box: the detector that the networks were made with leaves no margin. */
const HEAD_SIDES = 1;

/** Tells where somebody looks, independently of the tracker: for evaluation, not for use in the product. */
export interface GazeJudge extends AsyncDisposable {
  /**
   * Where the face in `box` looks, in degrees, relative to the camera. A judge's zero differs from person to person by several degrees: compare with the
   * same person looking into the camera, as {@link relativeTo} does.
   */
  judge(picture: RgbPicture, box: Box): Promise<Direction>;
}

async function decoded(model: LoadedModel, inputs: readonly Tensor[]): Promise<Answer> {
  return (await model.infer({ inputs, answer: 'decoded' })).answers[0]!;
}

const bytes = (name: string, side: number, data: Uint8Array<ArrayBuffer>): Tensor => ({ name, datatype: 'UINT8', shape: [1, 3, side, side], data });
const floats = (name: string, shape: readonly number[], data: Float32Array): Tensor => ({ name, datatype: 'FP32', shape, data });

function crop(picture: RgbPicture, square: Square, side: number): Uint8Array<ArrayBuffer> {
  return planarBgr(sampleCrop(picture, squareToPicture(square, side), side));
}

function squareOf({ x1, y1, x2, y2 }: Box): Square {
  return { centre: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 }, side: Math.max(x2 - x1, y2 - y1) * HEAD_SIDES, angle: 0 };
}

async function eyesOf(model: LoadedModel, picture: RgbPicture, face: Square): Promise<readonly [Point, Point]> {
  const answer = await decoded(model, [bytes('face', POINTS_SIDE, crop(picture, face, POINTS_SIDE))]);
  if (answer.kind !== 'landmarks') return fail('MODEL_MISMATCH', `${model.definition.name} answers ${answer.kind}, wanted landmarks`);
  const map = squareToPicture(face, POINTS_SIDE);
  const at = (k: number): Point => ({ x: map.a * answer.points[k * 3]! + map.tx, y: map.d * answer.points[k * 3 + 1]! + map.ty });
  return [at(0), at(1)];
}

async function valuesOf(model: LoadedModel, inputs: readonly Tensor[]): Promise<Readonly<Record<string, number>>> {
  const answer = await decoded(model, inputs);
  return answer.kind === 'values' ? answer.values : fail('MODEL_MISMATCH', `${model.definition.name} answers ${answer.kind}, wanted values`);
}

/** Loads the judge's networks, each in one copy on the calling thread. @throws Fault as `models.named` and `engine.load` */
export async function openGazeJudge(engine: Engine, models: ModelSource): Promise<GazeJudge> {
  const opened = await openModels(engine, models, JUDGE_NETWORKS, () => ({ placement: 'inline' }));
  const [points, head, gaze] = opened as [LoadedModel, LoadedModel, LoadedModel];
  return {
    async judge(picture, box) {
      const face = squareOf(box);
      const [left, right] = await eyesOf(points, picture, face);
      const pose = await valuesOf(head, [bytes('face', HEAD_SIDE, crop(picture, face, HEAD_SIDE))]);
      const angle = Math.atan2(right.y - left.y, right.x - left.x);
      const side = Math.hypot(right.x - left.x, right.y - left.y) * EYE_SIDES;
      const eye = (name: string, centre: Point): Tensor =>
        floats(name, [1, 3, EYE_SIDE, EYE_SIDE], Float32Array.from(crop(picture, { centre, side, angle }, EYE_SIDE)));
      // The eyes are level in their crops: the head has no roll for the network, and the answer is turned back.
      const { x, y, z } = await valuesOf(gaze, [
        eye('left_eye_image', left),
        eye('right_eye_image', right),
        floats('head_pose_angles', [1, 3], Float32Array.of(pose['yaw']!, pose['pitch']!, 0)),
      ]);
      const size = Math.hypot(x!, y!, z!);
      const [u, v] = [x! / size, y! / size];
      return directionOf(u * Math.cos(angle) + v * Math.sin(angle), v * Math.cos(angle) - u * Math.sin(angle));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((model) => model[Symbol.asyncDispose]()));
    },
  };
}

/** What a judge says, relative to what it says where the same person looks into the camera. */
export function relativeTo(reference: Direction, { yaw, pitch }: Direction): Direction {
  return { yaw: yaw - reference.yaw, pitch: pitch - reference.pitch };
}
