export * from './heads/port.js';
export * from './port.js';
