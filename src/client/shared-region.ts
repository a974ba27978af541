import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { BYTES_PER_ELEMENT, elementCount, fail, toFault, type Tensor } from '../core/index.js';
import { bytesOfTensor, tensorFromBytes, type SharedRange, type SharedTensor, type TensorHead } from '../wire/index.js';
import type { RegisteredRegion } from './port.js';

/** Where Linux keeps POSIX shared memory. */
const FOLDER = '/dev/shm';

/**
 * A POSIX shared-memory object of this process, for tensors that a server on the same machine reads and writes where they lie. Register it
 * with `client.sharedMemory.register(region.registered)`; disposing it removes the object, so unregister it before.
 */
export interface SharedRegion extends Disposable {
  /** What a server is told of it. */
  readonly registered: RegisteredRegion;
  /** Writes a tensor and gives the input that stands for it. Tensors are laid one behind the other, from `offsetBytes` where that is given. @throws Fault RESOURCE_EXHAUSTED when there is no room */
  write(tensor: Tensor, offsetBytes?: number): SharedTensor;
  /** Room for an output, behind what was laid before or at `offsetBytes`. @throws Fault RESOURCE_EXHAUSTED when there is none */
  reserve(sizeBytes: number, offsetBytes?: number): SharedRange;
  /** Reads a tensor that a server has written; a copy. @throws Fault INVALID_ARGUMENT when it does not fit its place */
  read(tensor: SharedTensor): Tensor;
  /** Lays what follows from the start again. */
  rewind(): void;
}

class Region implements SharedRegion {
  #next = 0;
  #open = true;

  constructor(
    readonly registered: RegisteredRegion,
    private readonly path: string,
    private readonly file: number,
  ) {}

  reserve(sizeBytes: number, offsetBytes = this.#next): SharedRange {
    const { name, sizeBytes: whole } = this.registered;
    if (offsetBytes < 0 || sizeBytes < 0 || offsetBytes + sizeBytes > whole)
      fail('RESOURCE_EXHAUSTED', `shared-memory region "${name}" has ${whole} bytes; ${sizeBytes} from ${offsetBytes} on do not fit`);
    // On multiples of 64 bytes, as processors like it.
    this.#next = Math.ceil((offsetBytes + sizeBytes) / 64) * 64;
    return { region: name, offsetBytes, sizeBytes };
  }

  write(tensor: Tensor, offsetBytes?: number): SharedTensor {
    const bytes = bytesOfTensor(tensor);
    const shared = this.reserve(bytes.byteLength, offsetBytes);
    for (let done = 0; done < bytes.byteLength;)
      done += writeSync(this.file, bytes, done, bytes.byteLength - done, this.registered.offsetBytes + shared.offsetBytes + done);
    const { name, datatype, shape } = tensor;
    return { name, datatype, shape, shared };
  }

  read({ name, datatype, shape, shared }: SharedTensor): Tensor {
    const head: TensorHead = { name, datatype, shape };
    const size = datatype === 'BYTES' ? shared.sizeBytes : elementCount(shape) * BYTES_PER_ELEMENT[datatype];
    const bytes = new Uint8Array(Math.min(size, shared.sizeBytes));
    for (let done = 0; done < bytes.byteLength;) {
      const count = readSync(this.file, bytes, done, bytes.byteLength - done, this.registered.offsetBytes + shared.offsetBytes + done);
      if (count === 0) fail('INPUT_CORRUPT', `shared-memory region "${shared.region}" ends before output "${name}" does`);
      done += count;
    }
    const label = { modelName: '', id: '', direction: 'output' } as const;
    return tensorFromBytes(head, datatype === 'BYTES' ? filledPart(bytes, elementCount(shape)) : bytes, label);
  }

  rewind(): void {
    this.#next = 0;
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.file);
    unlinkSync(this.path);
  }
}

/** The part of a place that BYTES elements fill: as many as the shape says, each with its length before it. */
function filledPart(bytes: Uint8Array, count: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count && at + 4 <= bytes.byteLength; i++) at += 4 + view.getUint32(at, true);
  return bytes.subarray(0, at);
}

/**
 * Makes a shared-memory object of `sizeBytes`, of this process alone. Linux only.
 * @param name by which servers know the region; its key is `/NAME`
 * @throws Fault ALREADY_EXISTS when there is one of that name, UNSUPPORTED where there is no /dev/shm, INVALID_ARGUMENT
 */
export function createSharedRegion(name: string, sizeBytes: number): SharedRegion {
  if (!/^[\w.-]{1,200}$/.test(name)) fail('INVALID_ARGUMENT', `"${name}" is no name for a region; use letters, digits, _, - and .`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) fail('INVALID_ARGUMENT', `a region of ${sizeBytes} bytes cannot be made`);
  const path = `${FOLDER}/${name}`;
  let file: number;
  try {
    file = openSync(path, 'wx+', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      return fail('ALREADY_EXISTS', `there is a shared-memory object /${name} already; choose another name, or remove ${path}`, error);
    if (code === 'ENOENT') return fail('UNSUPPORTED', `shared memory needs ${FOLDER}, which this machine does not have`, error);
    throw toFault(error, 'UNKNOWN', `${path}: `);
  }
  ftruncateSync(file, sizeBytes);
  return new Region({ name, key: `/${name}`, offsetBytes: 0, sizeBytes }, path, file);
}
