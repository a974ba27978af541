export * from './host.js';
export { toHostResult } from './backend-host.js';
export * from './backend.js';
export { RUNTIMES } from './runtimes.js';
export type { ModelSpec } from './port.js';
