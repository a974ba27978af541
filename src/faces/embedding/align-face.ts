import { ARCFACE_POINTS, type PackedRgb, fitWarp, similarityOf, warp } from '../../vision/index.js';
import type { FacePicture, FacePoints } from '../port.js';

/** Size of an aligned face in pixels: that of the ArcFace template. */
export const FACE_CHIP = Object.freeze({ width: 112, height: 112 });

/**
 * Cuts a face out and turns it so that its points lie where the ArcFace template has them: the similarity transform of least squares. A face
 * larger than that is made smaller by averaging first, so that nothing is left out. What lies outside of the picture is black.
 * @throws Fault as the picture's `render`; INVALID_ARGUMENT when the points all lie in one place
 */
export async function alignFace(picture: FacePicture, landmarks: FacePoints): Promise<PackedRgb> {
  const { request, toTarget } = fitWarp(picture.size, { size: FACE_CHIP }, similarityOf(landmarks, ARCFACE_POINTS));
  const region = { size: request.size, data: await picture.render(request) };
  return { size: FACE_CHIP, data: warp(region, toTarget, { size: FACE_CHIP, order: 'rgb', layout: 'packed', pad: 0 }) };
}
