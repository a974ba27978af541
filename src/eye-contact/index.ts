export type { EyePatch, GazeRedirector, Redirection, RgbPicture } from './port.js';
