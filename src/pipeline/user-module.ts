/** What a worker of another room needs to load code of users, without the rest of this one. */
export { loadAlgorithm as loadUserExport } from './algorithms/load-algorithm.js';
