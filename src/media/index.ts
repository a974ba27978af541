export * from './fake.js';
export * from './libav/about.js';
export * from './libav/media.js';
export * from './open-media.js';
export * from './packed-pixels.js';
export * from './port.js';
export * from './request.js';
export * from './synthetic.js';
