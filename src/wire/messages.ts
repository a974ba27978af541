export * from './proto/grpc_service_pb.js';
export * from './proto/health_pb.js';
export * from './proto/model_config_pb.js';
