export {
  METHODS,
  type Method,
  type SyntheticEvaluation,
  type SyntheticSample,
  type SyntheticSettings,
  evaluateSynthetic,
} from './evaluate-synthetic.js';
export { type ClipEvaluation, evaluateClip } from './evaluate-clip.js';
export { type EyeScores, type MeasuredEye, eyeRect, measureEyes, scoresOf } from './eye-scores.js';
export { radialWarp } from './radial-warp.js';
export { sampleSheet } from './sample-sheet.js';
export { SYNTHETIC_GAZES, SYNTHETIC_VARIATIONS, type SyntheticVariation } from './synthetic-cases.js';
