export * from './create-redirector.js';
export { passThrough } from './pass-through.js';
export type { EyePatch, GazeRedirector, Redirection, RgbPicture } from './port.js';
export * from './settings.js';
export * from './redirect-video.js';
