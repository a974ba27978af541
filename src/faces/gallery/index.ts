export * from './audit-chain.js';
export * from './port.js';
export { type Neighbour, VectorIndex, type VectorIndexOptions } from './search/vector-index.js';
export * from './settings.js';
export { type EmbeddedGallery, type EmbeddedGalleryOptions, openEmbeddedGallery } from './store/embedded-gallery.js';
export type { GalleryKey } from './store/seal.js';
