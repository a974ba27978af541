export * from './evaluate/index.js';
export * from './metrics/index.js';
export * from './synthetic/index.js';
