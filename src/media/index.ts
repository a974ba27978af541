export * from './fake.js';
export * from './packed-pixels.js';
export * from './port.js';
export * from './request.js';
export * from './synthetic.js';
