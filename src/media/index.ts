export * from './built-in.js';
export * from './fake.js';
export { libavMedia } from './libav/media.js';
export * from './packed-pixels.js';
export * from './port.js';
export * from './request.js';
export * from './synthetic.js';
