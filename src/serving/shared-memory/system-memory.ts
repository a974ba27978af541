import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { fail } from '../../core/index.js';
import type { SharedRange } from '../../wire/index.js';
import type { SharedMemory, SharedRegion } from './port.js';

const FOLDER = '/dev/shm';
const RESERVED = 'triton_python_backend_shm_region_';

interface OpenRegion extends SharedRegion {
  readonly file: number;
}

function openObject(key: string): number {
  const name = key.startsWith('/') ? key.slice(1) : key;
  const bad = (): never => fail('INTERNAL', `Unable to open shared memory region: '${key}'`);
  if (name === '' || name.includes('/') || name === '.' || name === '..') return bad();
  try {
    return openSync(`${FOLDER}/${name}`, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return bad();
  }
}

const invalidArgs = (name: string): never => fail('INVALID_ARGUMENT', `failed to register shared memory region '${name}': invalid args`);

/** Not filled first: what the file does not overwrite is never given. */
const newMemory = (bytes: number): Uint8Array => Buffer.allocUnsafeSlow(bytes);

/** Objects of POSIX shared memory, read and written through their files: one copy each way, and nothing native to install. */
class SystemMemory implements SharedMemory {
  readonly #regions = new Map<string, OpenRegion>();

  status(name: string): SharedRegion[] {
    const told = ({ file: _, ...region }: OpenRegion): SharedRegion => region;
    if (name === '') return [...this.#regions.values()].map(told).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return [told(this.#regions.get(name) ?? fail('NOT_FOUND', `Unable to find system shared memory region: '${name}'`))];
  }

  register(region: SharedRegion): void {
    const { name, key, offset, byteSize } = region;
    if (key.replace(/^\//, '').startsWith(RESERVED)) invalidArgs(name);
    if (this.#regions.has(name)) fail('ALREADY_EXISTS', `shared memory region '${name}' already in manager`);
    const file = openObject(key);
    const stat = fstatSync(file);
    if (!stat.isFile() || BigInt(stat.size) < offset + byteSize) {
      closeSync(file);
      invalidArgs(name);
    }
    this.#regions.set(name, { ...region, file });
  }

  unregister(name: string): void {
    for (const region of name === '' ? [...this.#regions.values()] : [this.#regions.get(name)]) {
      if (!region) continue;
      closeSync(region.file);
      this.#regions.delete(region.name);
    }
  }

  #place({ region: name, offsetBytes, sizeBytes }: SharedRange): { readonly file: number; readonly at: number } {
    const region = this.#regions.get(name) ?? fail('NOT_FOUND', `Unable to find shared memory region: '${name}'`);
    const size = Number(region.byteSize);
    if (offsetBytes >= size) fail('INVALID_ARGUMENT', `Invalid offset for shared memory region: '${name}'`);
    if (offsetBytes + sizeBytes > size) fail('INVALID_ARGUMENT', `Invalid offset + byte size for shared memory region: '${name}'`);
    return { file: region.file, at: Number(region.offset) + offsetBytes };
  }

  read(range: SharedRange, take = newMemory): Uint8Array {
    const { file, at } = this.#place(range);
    const bytes = take(range.sizeBytes);
    let done = 0;
    while (done < bytes.byteLength) {
      const count = readSync(file, bytes, done, bytes.byteLength - done, at + done);
      if (count === 0) fail('INVALID_ARGUMENT', `Invalid offset + byte size for shared memory region: '${range.region}'`);
      done += count;
    }
    return bytes;
  }

  write(range: SharedRange, bytes: Uint8Array, { name }: { readonly name: string }): void {
    const { file, at } = this.#place(range);
    if (bytes.byteLength > range.sizeBytes)
      fail(
        'INTERNAL',
        `shared memory size specified with the request for output '${name}' (${range.sizeBytes} bytes) should be at least ${bytes.byteLength} bytes to hold the results`,
      );
    let done = 0;
    while (done < bytes.byteLength) done += writeSync(file, bytes, done, bytes.byteLength - done, at + done);
  }

  close(): void {
    this.unregister('');
  }
}

const refuse = (): never => fail('UNSUPPORTED', "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.");

const DISABLED: SharedMemory = { status: refuse, register: refuse, unregister: refuse, read: refuse, write: refuse, close: () => {} };

/** Shared memory for clients on this machine, or its refusal. */
export const createSharedMemory = (allowed: boolean): SharedMemory => (allowed ? new SystemMemory() : DISABLED);
