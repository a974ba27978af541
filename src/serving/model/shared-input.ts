import type { Tensor } from '../../core/index.js';
import { type InferRequest, type SharedTensor, tensorFromBytes } from '../../wire/index.js';
import type { BackendModel } from '../backends/port.js';
import type { SharedMemory } from '../shared-memory/port.js';

/** An input with its data, copied out of shared memory to where its backend wants it. @throws Fault in Triton's words */
export function readShared(
  { name, datatype, shape, shared }: SharedTensor,
  memory: SharedMemory,
  backend: BackendModel,
  { modelName, id }: InferRequest,
): Tensor {
  return tensorFromBytes({ name, datatype, shape }, memory.read(shared, backend.takeMemory), { modelName, id, direction: 'input' });
}
