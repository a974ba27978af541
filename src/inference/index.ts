export { type EngineOptions, createEngine } from './engine.js';
export type { Instance, InstanceDescription, InstanceEvents, InstanceOrder, OpenInstance } from './instance.js';
export * from './port.js';
export { RESTART_RULES, type RestartRules } from './restart-policy.js';
export type { FreeInstance, Schedulable, Scheduler } from './scheduler.js';
export { type FakeAnswer, type FakeEngine, type FakeEngineOptions, fakeEngine } from './fake.js';
