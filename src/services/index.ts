export * from './router/route.js';
export * from './router/router.js';
