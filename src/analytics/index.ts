export * from './line-counter-settings.js';
export * from './line-counter.js';
export * from './port.js';
