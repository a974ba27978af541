import type { Rect } from '../../core/index.js';
import type { EyeView } from '../eyes.js';
import { angleBetween } from '../globe.js';
import { gazeAtOffset, irisOffset, psnr, quantile, ssim, steepestAlongLid } from '../metrics/index.js';
import type { RgbPicture } from '../port.js';
import type { SyntheticFace } from '../synthetic/index.js';

/** How well a method did on some eyes. */
export interface EyeScores {
  /** Eyes measured. */
  readonly eyes: number;
  /** Decibels against the truth, in the eye's region; the mean over eyes. */
  readonly psnr: number;
  /** The same for structural similarity. */
  readonly ssim: number;
  /** Degrees between where the eyes look afterwards and the camera. */
  readonly gazeMedian: number;
  readonly gazeP95: number;
  /** The steepest step of brightness along a lid's edge over that of the picture before or the truth, whichever is steeper: above 1 where an edge is torn; the 95th percentile of eyes. */
  readonly lidEdge: number;
}

/** What is measured of one eye: as in {@link EyeScores}. */
export interface MeasuredEye {
  readonly psnr: number;
  readonly ssim: number;
  readonly gaze: number;
  readonly lidEdge: number;
}

/** The part of a picture that holds an eye and its lids. */
export function eyeRect({ upperLid, lowerLid }: EyeView, { size }: RgbPicture): Rect {
  const [left, right] = [upperLid[0]!, upperLid.at(-1)!];
  const width = Math.hypot(right.x - left.x, right.y - left.y);
  const ys = [...upperLid, ...lowerLid].map((point) => point.y);
  const [x, y] = [Math.max(0, Math.floor(left.x - 0.1 * width)), Math.max(0, Math.floor(Math.min(...ys) - 0.25 * width))];
  return {
    x,
    y,
    width: Math.min(size.width, Math.ceil(right.x + 0.1 * width)) - x,
    height: Math.min(size.height, Math.ceil(Math.max(...ys) + 0.15 * width)) - y,
  };
}

/** Measures both eyes of a picture that came of `before` against the truth, whose eyes look into the camera. */
export function measureEyes(picture: RgbPicture, truth: SyntheticFace, before: RgbPicture): MeasuredEye[] {
  return truth.face.eyes.map((view) => {
    const rect = eyeRect(view, picture);
    const offset = irisOffset(picture, truth.picture, view, 0.75 * view.iris.radius);
    const steepest = (of: RgbPicture): number => Math.max(steepestAlongLid(of, view.upperLid), steepestAlongLid(of, view.lowerLid));
    return {
      psnr: psnr(picture, truth.picture, rect),
      ssim: ssim(picture, truth.picture, rect),
      gaze: angleBetween(gazeAtOffset(view, offset), { yaw: 0, pitch: 0 }),
      lidEdge: steepest(picture) / Math.max(steepest(truth.picture), steepest(before)),
    };
  });
}

/** The scores of some eyes, one or more. */
export function scoresOf(eyes: readonly MeasuredEye[]): EyeScores {
  const mean = (pick: (eye: MeasuredEye) => number): number => eyes.reduce((sum, eye) => sum + pick(eye), 0) / eyes.length;
  const gazes = eyes.map((eye) => eye.gaze);
  return {
    eyes: eyes.length,
    psnr: mean((eye) => eye.psnr),
    ssim: mean((eye) => eye.ssim),
    gazeMedian: quantile(gazes, 0.5),
    gazeP95: quantile(gazes, 0.95),
    lidEdge: quantile(eyes.map((eye) => eye.lidEdge), 0.95), // prettier-ignore
  };
}
