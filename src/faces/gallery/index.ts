export * from './audit-chain.js';
export * from './port.js';
export { type Neighbour, VectorIndex, type VectorIndexOptions } from './search/vector-index.js';
