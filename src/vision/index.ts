export * from './average-precision.js';
export * from './boxes.js';
export * from './detections.js';
export * from './fit.js';
