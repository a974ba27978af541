import type { SharedRange, TensorHead } from '../../wire/index.js';
import type { Awaitable } from '../port.js';

/** A registered region, as its status tells it. */
export interface SharedRegion {
  readonly name: string;
  readonly key: string;
  /** Where the region starts in the object. */
  readonly offset: bigint;
  readonly byteSize: bigint;
}

/** System (POSIX) shared memory as clients register it. */
export interface SharedMemoryControl {
  /** One region, or all (name ''). @throws Fault NOT_FOUND */
  status(name: string): Awaitable<SharedRegion[]>;
  /** @throws Fault ALREADY_EXISTS, INVALID_ARGUMENT, INTERNAL (cannot be opened), UNSUPPORTED (switched off) */
  register(region: SharedRegion): Awaitable<void>;
  /** One region, or all (name ''); one that is not there is no error. @throws Fault UNSUPPORTED */
  unregister(name: string): Awaitable<void>;
}

/** System (POSIX) shared memory that clients registered by name. */
export interface SharedMemory extends SharedMemoryControl {
  status(name: string): SharedRegion[];
  register(region: SharedRegion): void;
  unregister(name: string): void;
  /**
   * The bytes of a range, copied.
   * @param take gives the memory to copy them to; new memory when absent
   * @throws Fault NOT_FOUND, INVALID_ARGUMENT
   */
  read(range: SharedRange, take?: (bytes: number) => Uint8Array): Uint8Array;
  /** Writes an output where the client wants it. @throws Fault NOT_FOUND, INVALID_ARGUMENT, INTERNAL (it does not fit) */
  write(range: SharedRange, bytes: Uint8Array, of: TensorHead): void;
  /** Forgets every region. */
  close(): void;
}
