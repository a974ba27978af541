export { type EngineOptions, createEngine } from './engine.js';
export { INFERENCE_METRICS } from './metric-table.js';
export type { RateResource } from './rate-limiter.js';
export * from './port.js';
export * from './scheduling.js';
export { RESTART_RULES, type RestartRules } from './restart-policy.js';
export type { Binding, Dismissal, FreeInstance, Schedulable, Scheduler } from './scheduler.js';
export { type FakeAnswer, type FakeEngine, type FakeEngineOptions, fakeEngine } from './fake.js';
