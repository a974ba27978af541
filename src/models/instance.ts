export * from './host.js';
export { toHostResult } from './backend-host.js';
export * from './backend.js';
export { RUNTIMES } from './runtimes.js';
export { type PicturePlan, planPicture } from './picture-tensor.js';
export type { ModelSpec, PictureInput } from './port.js';
