export * from './answers.js';
export * from './average-precision.js';
export * from './boxes.js';
export * from './detections.js';
export * from './draw/shape.js';
export * from './fit.js';
export * from './warp.js';
