import type { Size } from '../core/index.js';
import type { Detections } from './detections.js';

/** Scores of one question that a classifier answers, such as colour. */
export interface ClassScores {
  /** Name of the question: the attribute's name in the results. */
  readonly name: string;
  /** Best first. */
  readonly top: readonly { readonly classId: number; readonly label: string; readonly score: number }[];
}

/** What kinds of things the network says of the picture. */
export interface Classification {
  readonly kind: 'classes';
  readonly groups: readonly ClassScores[];
}

/** Appearance as a vector, L2-normalised: the cosine of two is their likeness. */
export interface Embedding {
  readonly kind: 'embedding';
  readonly vector: Float32Array;
}

/** Points of one object that fills the picture: landmarks, a face mesh, a pose. */
export interface Landmarks {
  readonly kind: 'landmarks';
  /** [K, 3] FP32: x and y in pixels of the picture that the model saw, score 0 to 1. */
  readonly points: Float32Array;
  /** [K] FP32: depth in the same pixels, towards the viewer negative; where the network tells it. */
  readonly depths?: Float32Array;
  /** How certain it is that the object is there, 0 to 1. */
  readonly score: number;
}

/** Which pixels belong to what. */
export interface Mask {
  readonly kind: 'mask';
  readonly size: Size;
  /** [H, W] UINT8: 0 to 255 for `cover`, the class id for `classes`. */
  readonly values: Uint8Array;
  readonly meaning: 'cover' | 'classes';
}

/** Text that was read. */
export interface Reading {
  readonly kind: 'text';
  readonly text: string;
  /** Mean over the letters, 0 to 1; 0 where nothing was read. */
  readonly score: number;
  /** [letters] FP32: score of each letter of `text`, 0 to 1. */
  readonly letterScores: Float32Array;
}

/** Named numbers, such as age or the angles of a head in degrees. */
export interface Values {
  readonly kind: 'values';
  readonly values: Readonly<Record<string, number>>;
}

/** What a head makes of one picture; plain data. */
export type Answer = Detections | Classification | Embedding | Landmarks | Mask | Reading | Values;
