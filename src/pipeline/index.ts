export * from './config-file.js';
export * from './config-problems.js';
export * from './config.js';
