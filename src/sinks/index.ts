export * from './jsonl.js';
export * from './output-folder.js';
export * from './port.js';
