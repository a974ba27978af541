/** A point of the mesh that stays in its place on the skull, and where that is. */
export interface RigidPoint {
  /** Number in the mesh of 468 points. */
  readonly index: number;
  /** Centimetres: x towards the picture's right, y up, z towards the camera, for a head that faces it. */
  readonly at: readonly [number, number, number];
  readonly weight: number;
}

/**
 * Places from the canonical face of MediaPipe (Apache-2.0, mediapipe/modules/face_geometry), weights from its Procrustes basis, without the points of the
 * jaw: they go down with speech, and the head would seem to nod. One row a pair: number at the picture's left, at its right, place of the left one.
 */
const PAIRS: readonly (readonly [number, number, number, number, number, number])[] = [
  [33, 263, -4.446, 2.664, 3.173, 0.0587],
  [54, 284, -6.279, 6.615, 1.426, 0.0077],
  [67, 297, -3.524, 8.006, 3.729, 0.0091],
  [117, 346, -5.259, 0.946, 2.974, 0.0098],
  [119, 348, -3.301, 0.862, 3.873, 0.0146],
  [121, 350, -1.821, 1.468, 4.224, 0.0186],
  [127, 356, -7.743, 2.365, -2.005, 0.0052],
  [129, 358, -1.786, -0.978, 4.85, 0.1206],
  [132, 361, -7.271, -2.891, -2.252, 0.0056],
  [133, 362, -1.856, 2.585, 3.758, 0.0533],
  [143, 372, -6.408, 2.236, 1.561, 0.0148],
  [147, 376, -6.235, -1.944, 1.664, 0.0143],
  [198, 420, -1.247, 0.23, 5.681, 0.0255],
  [205, 425, -3.833, -1.537, 4.138, 0.0473],
];

const MIDDLE: readonly RigidPoint[] = [
  { index: 4, at: [0, -0.463, 7.587], weight: 0.0709 },
  { index: 6, at: [0, 2.473, 5.789], weight: 0.0321 },
  { index: 10, at: [0, 8.262, 4.482], weight: 0.0084 },
];

/** The points by which the pose of a head is told. */
export const RIGID_POINTS: readonly RigidPoint[] = [
  ...MIDDLE,
  ...PAIRS.flatMap(([left, right, x, y, z, weight]): RigidPoint[] => [
    { index: left, at: [x, y, z], weight },
    { index: right, at: [-x, y, z], weight },
  ]),
];

/** Middle between the corners of the eye at the picture's left, then of the other. */
export const EYE_MIDDLES: readonly [RigidPoint['at'], RigidPoint['at']] = [
  [-3.151, 2.625, 3.466],
  [3.151, 2.625, 3.466],
];

/** Numbers of the eyes' corners in the mesh, from the picture's left to its right. */
export const EYE_CORNERS: readonly [readonly [number, number], readonly [number, number]] = [
  [33, 133],
  [362, 263],
];
