export * from './convert/converters.js';
export * from './convert/onnx-description.js';
export * from './convert/onnx-graph.js';
export * from './convert/tfjs/convert-tfjs.js';
export * from './convert/free-batch/free-batch.js';
export * from './convert/openvino/convert-openvino.js';
