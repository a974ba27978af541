export { type CallOptions, createGrpcClient, type GrpcClient, type GrpcClientOptions } from './grpc/client.js';
export type { Encoding } from './grpc/encoding.js';
export type { Message } from './grpc/frames.js';
export type { Metadata } from './grpc/metadata.js';
export { type GrpcServer, type GrpcServerOptions, type Method, openGrpcServer, type ServerCall } from './grpc/server.js';
export type { Keepalive } from './grpc/session.js';
export { faultOfStatus, type GrpcStatus, statusOfError } from './grpc/status.js';
