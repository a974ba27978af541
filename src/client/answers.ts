import { fail, type TensorSpec } from '../core/index.js';
import {
  isDatatype,
  type ModelMetadataResponse,
  type ModelMetadataResponse_TensorMetadata,
  type RepositoryIndexResponse_ModelIndex,
  type ServerMetadataResponse,
  type SystemSharedMemoryStatusResponse_RegionStatus,
} from '../wire/index.js';
import type { ModelMetadata, RegisteredRegion, RepositoryEntry, ServerMetadata } from './port.js';

const specOf = ({ name, datatype, shape }: ModelMetadataResponse_TensorMetadata): TensorSpec => ({
  name,
  datatype: isDatatype(datatype) ? datatype : fail('INPUT_CORRUPT', `the server says that "${name}" is ${datatype}, which is no datatype`),
  shape: shape.map(Number),
});

/** What a message says of a model. @throws Fault INPUT_CORRUPT for an unknown datatype */
export function modelMetadataOf({ name, versions, platform, inputs, outputs }: ModelMetadataResponse): ModelMetadata {
  return { name, versions, platform, inputs: inputs.map(specOf), outputs: outputs.map(specOf) };
}

/** What a message says of a server. */
export const serverMetadataOf = ({ name, version, extensions }: ServerMetadataResponse): ServerMetadata => ({ name, version, extensions });

/** What a message says of a row of the repository. */
export const repositoryEntryOf = ({ name, version, state, reason }: RepositoryIndexResponse_ModelIndex): RepositoryEntry => ({
  name,
  version,
  state,
  reason,
});

/** What a message says of a region. */
export const regionOf = ({ name, key, offset, byteSize }: SystemSharedMemoryStatusResponse_RegionStatus): RegisteredRegion => ({
  name,
  key,
  offsetBytes: Number(offset),
  sizeBytes: Number(byteSize),
});
