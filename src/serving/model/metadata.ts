import { create, type ModelConfig, type ModelMetadataResponse, ModelMetadataResponseSchema } from '../../wire/index.js';
import { datatypeOf } from './datatypes.js';

/** What a client may know of a model, from its configuration and the versions that serve. */
export function metadataOf(config: ModelConfig, versions: readonly number[]): ModelMetadataResponse {
  const tensor = (kind: string) => (io: ModelConfig['input'][number] | ModelConfig['output'][number]) => ({
    name: io.name,
    datatype: datatypeOf(io.dataType, kind),
    shape: config.maxBatchSize > 0 ? [-1n, ...io.dims] : io.dims,
  });
  return create(ModelMetadataResponseSchema, {
    name: config.name,
    versions: versions.map(String),
    platform: config.platform === '' ? config.backend : config.platform,
    inputs: config.input.map(tensor('model input')),
    outputs: config.output.map(tensor('model output')),
  });
}
