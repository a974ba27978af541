export * from './built-in.js';
export * from './fake.js';
export * from './libav/about.js';
export { libavMedia } from './libav/media.js';
export * from './packed-pixels.js';
export * from './port.js';
export * from './request.js';
export * from './synthetic.js';
export { threadedMedia } from './thread/threaded-media.js';
