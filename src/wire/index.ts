export * from './infer.js';
export * from './infer-message/request.js';
export * from './infer-message/response.js';
export { joined } from './joined.js';
export * from './messages.js';
export { byteSize, bytesOfTensor, isDatatype, tensorFromBytes, type RequestLabel, type TensorHead } from './tensor-bytes.js';
export { HEADER_LENGTH, type HttpBody } from './kserve/body.js';
export * from './kserve/error.js';
export { jsonFromTensor, jsonOfTensor, tensorFromJson } from './kserve/json-data.js';
export { type JsonInput, type JsonObject, type JsonValue, parseJson, writeJson } from './kserve/json.js';
export {
  decodeHttpInferRequest,
  encodeHttpInferRequest,
  type HttpInferRequest,
  MAX_INPUT_BYTES,
  readRequestJson,
  type RequestJson,
} from './kserve/request.js';
export * from './kserve/response.js';
export * from './message-json.js';
export { parseTextProto } from './pbtxt/parse.js';
export { printTextProto } from './pbtxt/print.js';
