export * from './proto/grpc_service_pb.js';
export * from './proto/health_pb.js';
export * from './proto/model_config_pb.js';
export { clone, create, equals, fromBinary, type Message, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
