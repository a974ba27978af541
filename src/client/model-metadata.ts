import { fail } from '../core/index.js';
import { isDatatype, type ModelMetadataResponse, type ModelMetadataResponse_TensorMetadata } from '../wire/index.js';
import type { ModelMetadata } from './port.js';

const specOf = ({ name, datatype, shape }: ModelMetadataResponse_TensorMetadata) => ({
  name,
  datatype: isDatatype(datatype) ? datatype : fail('INPUT_CORRUPT', `the server says that "${name}" is ${datatype}, which is no datatype`),
  shape: shape.map(Number),
});

/** What a message says of a model. @throws Fault INPUT_CORRUPT for an unknown datatype */
export function modelMetadataOf({ name, versions, platform, inputs, outputs }: ModelMetadataResponse): ModelMetadata {
  return { name, versions, platform, inputs: inputs.map(specOf), outputs: outputs.map(specOf) };
}
