/** A way to find faces: which networks, and how they are used. */
export interface DetectorSpec {
  readonly name: string;
  readonly summary: string;
  /** Name in the catalogue of the network that finds faces. */
  readonly model: string;
  /** Name in the catalogue of the network that places 68 points in each face; absent where the detector places five itself. */
  readonly landmarks?: string;
  /** Least confidence of a face, 0 to 1; calibrated for this network alone. */
  readonly confidence: number;
  /** Side of the smallest face that the network finds reliably, in its own pixels. */
  readonly detectable: number;
}

/** Detectors by name; the first is the default, and comes from npm alone. */
export const FACE_DETECTORS: readonly DetectorSpec[] = [
  {
    name: 'ultraface',
    summary: 'UltraFace with 68 points of a second network; all of it from npm.',
    model: 'ultraface-rfb-320',
    landmarks: 'fr-landmark-68',
    // The surest of what was no face on 42 photographs that were looked at: a hand at 0.72, the back of a head at 0.67.
    confidence: 0.75,
    detectable: 12,
  },
  {
    name: 'yunet',
    summary:
      'YuNet, fetched from its authors’ repository. Its own points are too coarse on the small faces of a tile: those of the second network are taken.',
    model: 'yunet-320',
    landmarks: 'fr-landmark-68',
    // The same for this network: a hand at 0.67, a parapet at 0.61.
    confidence: 0.7,
    detectable: 12,
  },
];
