export { scalarOfAny } from './any-scalar.js';
export * from './proto/eyecontact_pb.js';
export * from './proto/service_info_pb.js';
