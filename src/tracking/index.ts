export { assign } from './assignment.js';
export { ByteTrackSettings, byteTrack, createByteTrack } from './byte-track.js';
export * from './port.js';
export { SortSettings, createSort, sort } from './sort.js';
export * from './trackers.js';
export * from './metrics/index.js';
