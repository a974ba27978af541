export * from './core/index.js';
export { type FrameResult, type Pipeline, type PipelineConfigInput, type PipelineOptions, loadConfig, openPipeline } from './pipeline/index.js';
