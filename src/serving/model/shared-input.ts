import type { Tensor } from '../../core/index.js';
import { type InferRequest, type SharedTensor, tensorFromBytes } from '../../wire/index.js';
import type { SharedMemory } from '../shared-memory/port.js';

/** An input with its data, copied out of shared memory. @throws Fault in Triton's words */
export function readShared({ name, datatype, shape, shared }: SharedTensor, memory: SharedMemory, { modelName, id }: InferRequest): Tensor {
  return tensorFromBytes({ name, datatype, shape }, memory.read(shared), { modelName, id, direction: 'input' });
}
