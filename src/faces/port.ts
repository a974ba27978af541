import type { Box, PictureRequest, Point, Size } from '../core/index.js';

/** What a face looks like to an embedding network: a direction, comparable only with directions of the same network. */
export interface FaceVector {
  /** Names the network and its version; vectors of two models are never compared. */
  readonly model: string;
  /** The direction, of unit length. */
  readonly values: Float32Array;
}

/** A picture to look for faces in, in its displayed orientation. A `Frame` is one; `rgbPicture` makes one of bytes. */
export interface FacePicture {
  readonly size: Size;
  /** The part that is asked for, scaled smoothly. The bytes are the asker's. @throws Fault INVALID_ARGUMENT when a rectangle lies outside */
  render(request: PictureRequest): Promise<Uint8Array>;
}

/** The five points of a face that it is aligned by, in pixels: right eye, left eye, nose, right and left corner of the mouth. Right and left are the person's own; the right eye is usually at the viewer's left. */
export type FacePoints = readonly [rightEye: Point, leftEye: Point, nose: Point, rightMouth: Point, leftMouth: Point];

/** A face that was found in a picture. */
export interface FaceFinding {
  /** In pixels of the picture, cut to it. */
  readonly box: Box;
  /** How sure the detector is, 0 to 1; another detector's numbers mean something else. */
  readonly confidence: number;
  /** In pixels of the picture; may lie outside of it where a face is cut off. */
  readonly landmarks: FacePoints;
}
