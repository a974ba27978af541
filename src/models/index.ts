export * from './convert/onnx-graph.js';
export * from './fake.js';
export * from './heads/port.js';
export * from './onnx/onnx-runtime.js';
export * from './port.js';
export * from './runtimes.js';
