import { type Tensor, viewOf } from '../core/index.js';

/** What a tensor holds, whatever its datatype. */
export type TensorData = Tensor['data'];

function exactCopy(tensor: Tensor): TensorData {
  if (tensor.datatype === 'BYTES') return tensor.data.map((bytes) => new Uint8Array(bytes));
  const { buffer, byteOffset, byteLength } = tensor.data;
  const copy = new ArrayBuffer(byteLength);
  if (byteLength > 0) new Uint8Array(copy).set(new Uint8Array(buffer, byteOffset, byteLength));
  return viewOf(tensor.datatype, copy);
}

/** The tensor in memory of its own. */
export function copied(tensor: Tensor): Tensor {
  return { ...tensor, data: exactCopy(tensor) } as Tensor;
}

const listBuffers = (data: TensorData, transfer: ArrayBuffer[]): void => {
  if (Array.isArray(data)) for (const bytes of data as readonly Uint8Array[]) transfer.push(bytes.buffer as ArrayBuffer);
  else transfer.push((data as Uint8Array).buffer as ArrayBuffer);
};

/** Whether `data` is the only view of the whole of a buffer that may change hands. */
function mayTravel(data: TensorData, transfer: readonly ArrayBuffer[]): data is Exclude<TensorData, readonly Uint8Array[]> {
  if (!('buffer' in data)) return false;
  const { buffer } = data;
  return buffer instanceof ArrayBuffer && data.byteLength > 0 && buffer.byteLength === data.byteLength && !transfer.includes(buffer);
}

/** Below this, structured clone copies a buffer faster than it changes hands. */
const SMALL_BYTES = 4096;

/** Whether `data` is the whole of a small buffer, so that the message itself carries a copy. */
const isSmall = (data: TensorData): boolean =>
  'buffer' in data && data.buffer instanceof ArrayBuffer && data.buffer.byteLength <= SMALL_BYTES && data.byteLength === data.buffer.byteLength;

const isShared = (data: TensorData): boolean => 'buffer' in data && data.buffer instanceof SharedArrayBuffer;

/**
 * What to send of a tensor so that its buffer can be transferred: the data itself where it is the whole of a buffer that travels only once,
 * else a copy (a view into a larger buffer, a buffer of two tensors). Adds the buffer to `transfer`; small buffers are copied
 * on the way, and shared memory is seen by both sides as it is.
 */
export function sendable(tensor: Tensor, transfer: ArrayBuffer[]): TensorData {
  if (isShared(tensor.data) || isSmall(tensor.data)) return tensor.data;
  const data = mayTravel(tensor.data, transfer) ? tensor.data : exactCopy(tensor);
  listBuffers(data, transfer);
  return data;
}

/** The tensors with shared memory replaced by copies: runtimes refuse it. */
export function unshared(tensors: readonly Tensor[]): readonly Tensor[] {
  const isShared = ({ data }: Tensor): boolean => 'buffer' in data && !(data.buffer instanceof ArrayBuffer);
  if (!tensors.some(isShared)) return tensors;
  return tensors.map((tensor) => (isShared(tensor) ? ({ ...tensor, data: exactCopy(tensor) } as Tensor) : tensor));
}

/** As {@link sendable}, but nothing of the tensor itself travels: for memory that turned out not to be transferable. */
export function sendableCopy(tensor: Tensor, transfer: ArrayBuffer[]): TensorData {
  const data = exactCopy(tensor);
  listBuffers(data, transfer);
  return data;
}
