import { z } from 'zod';
import { type PackedRgb, ARCFACE_POINTS, similarityOf, transformPoint } from '../../vision/index.js';
import type { FacePoints } from '../port.js';
import { type ChipFigures, chipFigures } from './chip-figures.js';
import { type FacePose, poseOf } from './pose.js';

/** What a face must have to be judged by. */
export const QualityRules = z.strictObject({
  minEyeDistance: z.number().min(0).default(20).describe('Least distance of the eyes, in pixels of the picture.'),
  minSharpness: z.number().min(0).default(0.004).describe('Least sharpness: the part of the contrast that lies in single pixels.'),
  maxYaw: z.number().min(0).max(90).default(50).describe('Most that the head may be turned to the side, in degrees.'),
  maxPitch: z.number().min(0).max(90).default(40).describe('Most that the head may be turned up or down, in degrees.'),
  minBrightness: z.number().min(0).max(255).default(20).describe('Least mean brightness of the face, 0 to 255.'),
  maxBrightness: z.number().min(0).max(255).default(240).describe('Most mean brightness of the face, 0 to 255.'),
  minContrast: z.number().min(0).default(8).describe('Least standard deviation of the brightness, in steps of 255.'),
  maxMisfit: z.number().min(0).default(9).describe('Most that the five points may miss those of an average face, in pixels of the aligned 112x112.'),
});

/** {@link QualityRules} with nothing left open. */
export type QualityRules = z.output<typeof QualityRules>;

/** For faces that are to be recognised: refuses what cannot be told. */
export const RECOGNITION_RULES: QualityRules = QualityRules.parse({});

/** For faces that others will be compared with: a poor one does harm for as long as it is known. */
export const ENROLMENT_RULES: QualityRules = QualityRules.parse({
  minEyeDistance: 28,
  minSharpness: 0.01,
  maxYaw: 40,
  maxPitch: 35,
  minBrightness: 35,
  maxBrightness: 225,
  minContrast: 15,
});

/** Why a face is refused. */
export type QualityProblem = 'too-small' | 'blurred' | 'turned-away' | 'too-dark' | 'too-bright' | 'flat' | 'no-face-shape';

/** A reason against a face, in words. */
export interface QualityRefusal {
  readonly problem: QualityProblem;
  /** What was measured, and what is needed. */
  readonly reason: string;
}

/** What was measured of a face. */
export interface FaceFigures extends ChipFigures, FacePose {
  /** Distance of the eyes in pixels of the picture. */
  readonly eyeDistance: number;
  /** Root mean square distance of the aligned points from those of an average face, in pixels of 112x112; grows as a head turns. */
  readonly misfit: number;
}

/** How good a view of a face is. */
export interface FaceQuality extends FaceFigures {
  /** From 0 to 1: to choose the best of several views by. */
  readonly score: number;
  /** Empty for a face that passed. */
  readonly refusals: readonly QualityRefusal[];
}

/** Measures a face: where its points lie in the picture, and its aligned 112x112 pixels. */
export function measureFace(landmarks: FacePoints, chip: PackedRgb): FaceFigures {
  const [rightEye, leftEye] = landmarks;
  const align = similarityOf(landmarks, ARCFACE_POINTS);
  const squares = landmarks.map((point, at) => {
    const { x, y } = transformPoint(align, point);
    return (x - ARCFACE_POINTS[at]!.x) ** 2 + (y - ARCFACE_POINTS[at]!.y) ** 2;
  });
  const misfit = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  const eyeDistance = Math.hypot(leftEye.x - rightEye.x, leftEye.y - rightEye.y);
  return { ...chipFigures(chip), ...poseOf(landmarks), eyeDistance, misfit };
}

/** 0 at `none`, 1 from `full` on. */
const rising = (value: number, none: number, full: number): number => Math.min(1, Math.max(0, (value - none) / (full - none)));

/** One number of all: each shortcoming takes its share. The ends of the ramps are the enrolment rules and what a good portrait has. */
const scoreOf = ({ eyeDistance, sharpness, yaw, pitch, contrast, misfit }: FaceFigures): number =>
  rising(eyeDistance, 6, 40) *
  rising(sharpness, 0, 0.03) ** 0.5 *
  rising(-Math.abs(yaw), -70, -10) *
  rising(-Math.abs(pitch), -70, -15) *
  rising(contrast, 0, 30) *
  rising(-misfit, -14, -4);

/** Holds what was measured against the rules. */
export function judgeFace(figures: FaceFigures, rules: QualityRules): FaceQuality {
  const { eyeDistance, sharpness, yaw, pitch, brightness, contrast, misfit } = figures;
  const refusals: QualityRefusal[] = [];
  const refuse = (problem: QualityProblem, reason: string): void => void refusals.push({ problem, reason });
  if (eyeDistance < rules.minEyeDistance)
    refuse('too-small', `the eyes are ${eyeDistance.toFixed(1)} pixels apart; ${rules.minEyeDistance} are needed`);
  if (sharpness < rules.minSharpness) refuse('blurred', `the sharpness is ${sharpness.toFixed(4)}; ${rules.minSharpness} is needed`);
  if (Math.abs(yaw) > rules.maxYaw)
    refuse('turned-away', `the head is turned ${Math.abs(yaw).toFixed(0)} degrees to the side; up to ${rules.maxYaw} can be judged`);
  if (Math.abs(pitch) > rules.maxPitch)
    refuse(
      'turned-away',
      `the head is turned ${Math.abs(pitch).toFixed(0)} degrees ${pitch > 0 ? 'up' : 'down'}; up to ${rules.maxPitch} can be judged`,
    );
  if (brightness < rules.minBrightness)
    refuse('too-dark', `the mean brightness is ${brightness.toFixed(0)} of 255; ${rules.minBrightness} is needed`);
  if (brightness > rules.maxBrightness)
    refuse('too-bright', `the mean brightness is ${brightness.toFixed(0)} of 255; up to ${rules.maxBrightness} can be judged`);
  if (contrast < rules.minContrast) refuse('flat', `the contrast is ${contrast.toFixed(1)} steps of 255; ${rules.minContrast} are needed`);
  if (misfit > rules.maxMisfit)
    refuse(
      'no-face-shape',
      `eyes, nose and mouth lie ${misfit.toFixed(1)} pixels off those of an average face; up to ${rules.maxMisfit} can be judged`,
    );
  return { ...figures, score: scoreOf(figures), refusals };
}
