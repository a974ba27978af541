export * from './infer.js';
export * from './infer-message/request.js';
export * from './infer-message/response.js';
export { joined } from './joined.js';
export * from './messages.js';
export { byteSize, bytesOfTensor, isDatatype, tensorFromBytes, type RequestLabel, type TensorHead } from './tensor-bytes.js';
