export * from './gallery/index.js';
export * from './port.js';
