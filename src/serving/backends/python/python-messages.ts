import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datatype, Tensor } from '../../../core/index.js';
import { bytesOfTensor, joined, tensorFromBytes } from '../../../wire/index.js';

/** Where a tensor lies among the bytes of its message. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** A message with its tensors; `stub.py` says how it travels. */
export interface PythonMessage {
  readonly kind?: string;
  readonly [field: string]: unknown;
}

const LENGTHS = 12;
const INLINE_BYTES = 65_536;
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Heads of tensors, and their bytes one after the other; goes on at `at`. */
export function packTensors(tensors: readonly Tensor[], parts: Uint8Array[]): TensorHead[] {
  let at = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return tensors.map((tensor) => {
    const bytes = bytesOfTensor(tensor);
    parts.push(bytes);
    const { name, datatype, shape } = tensor;
    const head = { name, datatype, shape, offset: at, size: bytes.byteLength };
    at += bytes.byteLength;
    return head;
  });
}

/** Tensors of a message. */
export const unpackTensors = (heads: readonly TensorHead[], bytes: Uint8Array, modelName: string): Tensor[] =>
  heads.map(({ offset, size, ...head }) => tensorFromBytes(head, bytes.subarray(offset, offset + size), { modelName, id: '', direction: 'output' }));

/** A message as it is written: bytes, and the file that holds its tensors when they are many. */
export interface WrittenMessage {
  readonly chunks: readonly Uint8Array[];
  readonly file?: string;
}

/** Makes bytes of a message. */
export function writeMessage(message: PythonMessage, parts: readonly Uint8Array[]): WrittenMessage {
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const file = size > INLINE_BYTES ? join(FOLDER, `ocellus-python-${randomUUID()}`) : undefined;
  if (file !== undefined) writeFileSync(file, joined(parts), { flag: 'wx', mode: 0o600 });
  const head = new TextEncoder().encode(JSON.stringify(file === undefined ? message : { ...message, tensors_file: file }));
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32LE(head.byteLength, 0);
  lengths.writeBigUInt64LE(BigInt(file === undefined ? size : 0), 4);
  return { chunks: [lengths, head, ...(file === undefined ? parts : [])], ...(file !== undefined && { file }) };
}

/** Takes chunks as they come and gives whole messages. */
export class MessageReader {
  #bytes: Uint8Array = new Uint8Array(0);

  /** Adds a chunk; gives the messages that are whole with it. */
  push(chunk: Uint8Array): { readonly message: PythonMessage; readonly bytes: Uint8Array }[] {
    this.#bytes = this.#bytes.byteLength === 0 ? chunk : joined([this.#bytes, chunk]);
    const found = [];
    for (;;) {
      const view = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
      if (view.byteLength < LENGTHS) return found;
      const head = view.readUInt32LE(0);
      const size = Number(view.readBigUInt64LE(4));
      const end = LENGTHS + head + size;
      if (view.byteLength < end) return found;
      const message = JSON.parse(view.toString('utf8', LENGTHS, LENGTHS + head)) as PythonMessage;
      found.push({ message, bytes: bytesOf(message, view.subarray(LENGTHS + head, end)) });
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}

function bytesOf({ tensors_file: file }: PythonMessage, inline: Uint8Array): Uint8Array {
  if (typeof file !== 'string') return inline;
  try {
    return readFileSync(file);
  } finally {
    rmSync(file, { force: true });
  }
}
