export * from './config-file.js';
export * from './config-problems.js';
export * from './config.js';
export * from './detector-node.js';
export * from './frame-result.js';
export * from './in-order.js';
export * from './pipeline.js';
