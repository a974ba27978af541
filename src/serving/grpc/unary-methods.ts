import { fail } from '../../core/index.js';
import {
  CudaSharedMemoryRegisterRequestSchema,
  CudaSharedMemoryRegisterResponseSchema,
  CudaSharedMemoryStatusRequestSchema,
  CudaSharedMemoryStatusResponseSchema,
  CudaSharedMemoryUnregisterRequestSchema,
  CudaSharedMemoryUnregisterResponseSchema,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  ModelConfigRequestSchema,
  ModelConfigResponseSchema,
  ModelMetadataRequestSchema,
  ModelMetadataResponseSchema,
  ModelReadyRequestSchema,
  ModelReadyResponseSchema,
  ModelStatisticsRequestSchema,
  ModelStatisticsResponseSchema,
  RepositoryIndexRequestSchema,
  RepositoryIndexResponseSchema,
  ServerLiveRequestSchema,
  ServerLiveResponseSchema,
  ServerMetadataRequestSchema,
  ServerMetadataResponseSchema,
  ServerReadyRequestSchema,
  ServerReadyResponseSchema,
  SystemSharedMemoryRegisterRequestSchema,
  SystemSharedMemoryRegisterResponseSchema,
  SystemSharedMemoryStatusRequestSchema,
  SystemSharedMemoryStatusResponseSchema,
  SystemSharedMemoryUnregisterRequestSchema,
  SystemSharedMemoryUnregisterResponseSchema,
} from '../../wire/index.js';
import { unary, type UnaryMethod } from './calls.js';
import { CONTROL_METHODS } from './control-methods.js';

/** Every unary method but the inference itself. */
export const UNARY_METHODS: readonly UnaryMethod[] = [
  unary('ServerLive', 'health', [ServerLiveRequestSchema, ServerLiveResponseSchema], (server) => ({ live: server.live() })),
  unary('ServerReady', 'health', [ServerReadyRequestSchema, ServerReadyResponseSchema], (server) => ({ ready: server.ready() })),
  unary('ModelReady', 'health', [ModelReadyRequestSchema, ModelReadyResponseSchema], async (server, { name, version }) => ({
    ready: await server.modelReady(name, version),
  })),
  unary('/grpc.health.v1.Health/Check', 'health', [HealthCheckRequestSchema, HealthCheckResponseSchema], (server) => ({
    status: server.ready() ? HealthCheckResponse_ServingStatus.SERVING : HealthCheckResponse_ServingStatus.NOT_SERVING,
  })),
  unary('ServerMetadata', 'metadata', [ServerMetadataRequestSchema, ServerMetadataResponseSchema], ({ metadata }) => ({
    name: metadata.name,
    version: metadata.version,
    extensions: [...metadata.extensions],
  })),
  unary('ModelMetadata', 'metadata', [ModelMetadataRequestSchema, ModelMetadataResponseSchema], (server, { name, version }) =>
    server.modelMetadata(name, version),
  ),
  unary('ModelConfig', 'model-config', [ModelConfigRequestSchema, ModelConfigResponseSchema], async (server, { name, version }) => ({
    config: await server.modelConfig(name, version),
  })),
  unary('ModelStatistics', 'statistics', [ModelStatisticsRequestSchema, ModelStatisticsResponseSchema], async (server, { name, version }) => ({
    modelStats: await server.modelStatistics(name, version),
  })),
  unary('RepositoryIndex', 'model-repository', [RepositoryIndexRequestSchema, RepositoryIndexResponseSchema], async (server, request) => {
    if (request.repositoryName !== '') fail('UNSUPPORTED', "'repository_name' specification is not supported");
    return { models: await server.index(request.ready) };
  }),
  unary(
    'SystemSharedMemoryStatus',
    'shared-memory',
    [SystemSharedMemoryStatusRequestSchema, SystemSharedMemoryStatusResponseSchema],
    async ({ sharedMemory }, { name }) => ({ regions: Object.fromEntries((await sharedMemory.status(name)).map((region) => [region.name, region])) }),
  ),
  unary(
    'SystemSharedMemoryRegister',
    'shared-memory',
    [SystemSharedMemoryRegisterRequestSchema, SystemSharedMemoryRegisterResponseSchema],
    async ({ sharedMemory }, { name, key, offset, byteSize }) => {
      await sharedMemory.register({ name, key, offset, byteSize });
      return {};
    },
  ),
  unary(
    'SystemSharedMemoryUnregister',
    'shared-memory',
    [SystemSharedMemoryUnregisterRequestSchema, SystemSharedMemoryUnregisterResponseSchema],
    async ({ sharedMemory }, { name }) => {
      await sharedMemory.unregister(name);
      return {};
    },
  ),
  unary('CudaSharedMemoryStatus', 'shared-memory', [CudaSharedMemoryStatusRequestSchema, CudaSharedMemoryStatusResponseSchema], (_, { name }) =>
    name === '' ? {} : fail('NOT_FOUND', `Unable to find cuda shared memory region: '${name}'`),
  ),
  unary('CudaSharedMemoryRegister', 'shared-memory', [CudaSharedMemoryRegisterRequestSchema, CudaSharedMemoryRegisterResponseSchema], (_, { name }) =>
    fail('INVALID_ARGUMENT', `failed to register CUDA shared memory region: '${name}', GPUs not supported`),
  ),
  unary(
    'CudaSharedMemoryUnregister',
    'shared-memory',
    [CudaSharedMemoryUnregisterRequestSchema, CudaSharedMemoryUnregisterResponseSchema],
    () => ({}),
  ),
  ...CONTROL_METHODS,
];
