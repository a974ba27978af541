export * from './aligned.js';
export * from './clear.js';
export * from './hota.js';
export * from './identity.js';
export * from './mot-text.js';
export * from './quality.js';
