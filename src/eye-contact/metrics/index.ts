export { gazeAtOffset, irisOffset } from './iris-offset.js';
export { irisCover, lidAt, lumaAt, steepestAlongLid } from './lid-measures.js';
export { changedOutside, flickerRatio, lumaOf, psnr, ssim } from './likeness.js';
export { correlation, gainSlope, gazeErrors, jitter, lostBlinks, quantile } from './series.js';
