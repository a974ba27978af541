import { randomUUID } from 'node:crypto';
import { createSharedRegion, type InferenceClient, type WantedOutput } from '../../client/index.js';
import { BYTES_PER_ELEMENT, elementCount, type Tensor, type TensorSpec } from '../../core/index.js';
import { byteSize, type InferTensor } from '../../wire/index.js';

/** Requests whose tensors lie in shared memory; disposing it takes the region back from the server. */
export interface SharedInputs extends AsyncDisposable {
  readonly requests: readonly { readonly inputs: readonly InferTensor[]; readonly outputs: readonly WantedOutput[] }[];
}

/** Room for an output of a request with `rows` rows; `open` where the model leaves its size open. */
function roomFor({ datatype, shape }: TensorSpec, rows: number, open: number): number {
  const sizes = shape[0] === -1 ? [rows, ...shape.slice(1)] : shape;
  return datatype === 'BYTES' || sizes.some((size) => size < 0) ? open : elementCount(sizes) * BYTES_PER_ELEMENT[datatype];
}

const PLACE_BYTES = 64;
const placed = (bytes: number): number => Math.ceil(bytes / PLACE_BYTES) * PLACE_BYTES;

/** Lays inputs into a new region and makes room for outputs there; all requests share that room. @throws Fault as `createSharedRegion` and `register` */
export async function openSharedInputs(
  client: InferenceClient,
  inputs: readonly (readonly Tensor[])[],
  outputs: readonly TensorSpec[],
  openBytes: number,
): Promise<SharedInputs> {
  const rows = inputs[0]?.[0]?.shape[0] ?? 1;
  const rooms = outputs.map((output) => ({ name: output.name, bytes: roomFor(output, rows, openBytes) }));
  const total = [...inputs.flat().map(byteSize), ...rooms.map(({ bytes }) => bytes)].reduce((sum, bytes) => sum + placed(bytes), 0);
  const region = createSharedRegion(`ocellus-perf-${randomUUID()}`, Math.max(PLACE_BYTES, total));
  try {
    const shared = rooms.map(({ name, bytes }) => ({ name, shared: region.reserve(bytes) }));
    const requests = inputs.map((tensors) => ({ inputs: tensors.map((tensor) => region.write(tensor)), outputs: shared }));
    await client.sharedMemory.register(region.registered);
    return {
      requests,
      async [Symbol.asyncDispose]() {
        try {
          await client.sharedMemory.unregister(region.registered.name);
        } finally {
          region[Symbol.dispose]();
        }
      },
    };
  } catch (error) {
    region[Symbol.dispose]();
    throw error;
  }
}
