import { fail } from '../../core/index.js';
import type { Direction, TrackedFace } from '../eyes.js';
import { changedOutside, quantile, ssim } from '../metrics/index.js';
import type { RgbPicture } from '../port.js';
import { type GazeChange, applyPatches, createEyeRenderer } from '../render/index.js';
import { type SyntheticFace, type SyntheticScene, renderFace, syntheticScene, truthOf } from '../synthetic/index.js';
import { type EyeScores, type MeasuredEye, eyeRect, measureEyes, scoresOf } from './eye-scores.js';
import { radialWarp } from './radial-warp.js';
import { SYNTHETIC_GAZES, SYNTHETIC_VARIATIONS, type SyntheticVariation } from './synthetic-cases.js';

/** Ways to turn eyes that are compared: the renderer of this room, leaving the picture as it is, and the usual warp. */
export const METHODS = ['render', 'copy', 'radial-warp'] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

const AHEAD: Direction = { yaw: 0, pitch: 0 };

/** One picture of the set: what went in, what came out, what is true. */
export interface SyntheticSample {
  readonly variation: SyntheticVariation;
  readonly from: Direction;
  readonly before: RgbPicture;
  readonly after: RgbPicture;
  readonly truth: RgbPicture;
  /** The eyes of the truth. */
  readonly face: TrackedFace;
}

/** What the synthetic set says. */
export interface SyntheticEvaluation {
  readonly all: Readonly<Record<Method, EyeScores>>;
  readonly variations: readonly { readonly variation: SyntheticVariation; readonly scores: Readonly<Record<Method, EyeScores>> }[];
  /** Pixels that changed outside of the patches, of all pictures: must be 0. */
  readonly changedOutside: number;
  /** Patches drawn for eyes that look into the camera already: must be 0. */
  readonly patchesAhead: number;
  /** Structural similarity after turning by ten degrees and back: the worst eye's, and the mean over variations of their worse eye's. */
  readonly roundTrip: { readonly worst: number; readonly mean: number };
  /** Milliseconds that drawing both eyes of a picture took: the median. */
  readonly drawMs: number;
}

/** What is evaluated, and who is told. */
export interface SyntheticSettings {
  readonly variations?: readonly SyntheticVariation[];
  readonly gazes?: readonly Direction[];
  /** Called with each picture as it is done, such as for a sheet. */
  readonly onSample?: (sample: SyntheticSample) => void;
}

const changesTo = (face: TrackedFace, to: Direction): readonly [GazeChange, GazeChange] => [
  { from: face.eyes[0].gaze, to },
  { from: face.eyes[1].gaze, to },
];

/** Turns eyes that look ahead by ten degrees, and what came out back again. */
function roundTripOf(scene: SyntheticScene, ahead: SyntheticFace): number {
  const aside = { yaw: 10, pitch: 0 };
  const turned = applyPatches(ahead.picture, createEyeRenderer().render(ahead.picture, ahead.face, changesTo(ahead.face, aside)));
  const moved = truthOf({ ...scene, gaze: [aside, aside] });
  const back = applyPatches(turned, createEyeRenderer().render(turned, moved, changesTo(moved, AHEAD)));
  return Math.min(...ahead.face.eyes.map((view) => ssim(back, ahead.picture, eyeRect(view, back))));
}

/** Everything that is measured of one face. */
interface FaceResults {
  readonly eyes: Readonly<Record<Method, MeasuredEye[]>>;
  readonly drawMs: number[];
  changedOutside: number;
  patchesAhead: number;
  roundTrip: number;
}

function evaluateFace(variation: SyntheticVariation, gazes: readonly Direction[], onSample: (sample: SyntheticSample) => void): FaceResults {
  const scene = syntheticScene(variation.scene);
  const truth = renderFace(scene);
  const ahead = createEyeRenderer().render(truth.picture, truth.face, changesTo(truth.face, AHEAD));
  const results: FaceResults = {
    eyes: { render: [], copy: [], 'radial-warp': [] },
    drawMs: [],
    changedOutside: 0,
    patchesAhead: ahead.length,
    roundTrip: roundTripOf(scene, truth),
  };
  gazes.forEach((from, i) => {
    const { picture: before, face } = renderFace({ ...scene, gaze: [from, from], frame: i + 1 });
    const gaze = changesTo(face, AHEAD);
    const renderer = createEyeRenderer();
    const startMs = performance.now();
    const patches = renderer.render(before, face, gaze);
    results.drawMs.push(performance.now() - startMs);
    const after = applyPatches(before, patches);
    results.changedOutside += changedOutside(before, after, patches.map(({ x, y, size }) => ({ x, y, ...size }))); // prettier-ignore
    results.eyes.render.push(...measureEyes(after, truth, before));
    results.eyes.copy.push(...measureEyes(before, truth, before));
    results.eyes['radial-warp'].push(...measureEyes(radialWarp(before, face, gaze), truth, before));
    onSample({ variation, from, before, after, truth: truth.picture, face: truth.face });
  });
  return results;
}

const scoresOfAll = (results: readonly FaceResults[]): Record<Method, EyeScores> => ({
  render: scoresOf(results.flatMap(({ eyes }) => eyes.render)),
  copy: scoresOf(results.flatMap(({ eyes }) => eyes.copy)),
  'radial-warp': scoresOf(results.flatMap(({ eyes }) => eyes['radial-warp'])),
});

/**
 * Evaluates the renderer on drawn eyes whose every look is known: eyes that look aside are turned to the camera and compared with the same eyes drawn looking
 * into it. Each picture is taken alone, so nothing is learnt over a clip. Takes about a second a picture.
 */
export function evaluateSynthetic({
  variations = SYNTHETIC_VARIATIONS,
  gazes = SYNTHETIC_GAZES,
  onSample = () => {},
}: SyntheticSettings = {}): SyntheticEvaluation {
  if (variations.length === 0 || gazes.length === 0) fail('INVALID_ARGUMENT', 'an evaluation needs one variation and one gaze or more');
  const faces = variations.map((variation) => evaluateFace(variation, gazes, onSample));
  return {
    all: scoresOfAll(faces),
    variations: variations.map((variation, i) => ({ variation, scores: scoresOfAll([faces[i]!]) })),
    changedOutside: faces.reduce((sum, face) => sum + face.changedOutside, 0),
    patchesAhead: faces.reduce((sum, face) => sum + face.patchesAhead, 0),
    roundTrip: {
      worst: Math.min(...faces.map((face) => face.roundTrip)),
      mean: faces.reduce((sum, face) => sum + face.roundTrip, 0) / faces.length,
    },
    drawMs: quantile(faces.flatMap((face) => face.drawMs), 0.5), // prettier-ignore
  };
}
