export { applyPatches } from './apply-patches.js';
export { type EyeRenderer, type EyeRendererOptions, type GazeChange, createEyeRenderer } from './eye-renderer.js';
