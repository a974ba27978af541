export { FakeClock, liveFrames, memoryLog, memoryMeter, onFrameLeak } from '../core/index.js';
export { type EngineUnderTest, engineConformance } from '../inference/conformance.js';
export { type FakeAnswer, type FakeEngine, type FakeEngineOptions, type ModuleText, fakeEngine, moduleModel } from '../inference/index.js';
export { type MediaFixture, mediaConformance } from '../media/conformance.js';
export { type FakeClip, type FakeMedia, type FakeScript, fakeMedia, syntheticSource } from '../media/index.js';
export { type ConformanceGraph, type ConformanceRuntime, runtimeConformance } from '../models/conformance.js';
export { fakeRuntime } from '../models/index.js';
export { type MakeTracker, trackerConformance } from '../tracking/conformance.js';
