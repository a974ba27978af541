import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Fault, fail, toFault } from '../../../core/index.js';
import { FileWindow } from './file-window.js';
import type { KeyRing, Seal } from './seal.js';

// A file: "OCELLREC", version, 1 when sealed, 16 bytes of salt. A record: state, length, CRC-32 of length and body; the body.
const MAGIC = Buffer.from('OCELLREC');
const VERSION = 1;
const FILE_HEAD = 32;
const RECORD_HEAD = 12;
const LIVE = 0x4556494c;
const GONE = 0x454e4f47;
const MOST_BYTES = 64 << 20;
/** Read at once for a single record: most are smaller. */
const ONE_RECORD = 8192;

const NO_SEAL: Seal = { seal: (plain) => Buffer.from(plain), open: (sealed) => Buffer.from(sealed) };

/** A record that was read. */
export interface FileRecord {
  readonly position: number;
  /** Bytes that it takes in the file. */
  readonly bytes: number;
  /** Null for a record that was erased. */
  readonly body: Buffer | null;
  /** True when its erasure was cut short, and bytes of it remain. */
  readonly isHalfErased: boolean;
}

function checksum(length: number, body: Uint8Array): number {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length);
  return crc32(body, crc32(head));
}

function headOf(state: number, length: number, crc: number): Buffer {
  const head = Buffer.alloc(RECORD_HEAD);
  head.writeUInt32LE(state, 0);
  head.writeUInt32LE(length, 4);
  head.writeUInt32LE(crc, 8);
  return head;
}

/**
 * A file of records that only grows, and whose records can be erased in place. What `append` resolved for survives a crash of the process and
 * of the machine; what a crash cut short is cut off at the next opening. One process writes; others may read meanwhile.
 */
export class RecordFile {
  #end: number;
  #failure: Fault | null = null;

  private constructor(
    readonly path: string,
    readonly file: FileHandle,
    readonly seal: Seal,
    end: number,
  ) {
    this.#end = end;
  }

  /** Makes a file. @throws Fault OUTPUT_FAILED */
  static async create(path: string, keys?: KeyRing): Promise<RecordFile> {
    const salt = randomBytes(16);
    const head = Buffer.concat([MAGIC, Buffer.from(Uint32Array.of(VERSION, keys ? 1 : 0).buffer), salt]);
    try {
      const file = await open(path, 'wx+', 0o600);
      await file.write(head, 0, head.length, 0);
      await file.datasync();
      return new RecordFile(path, file, keys?.sealOf(salt) ?? NO_SEAL, FILE_HEAD);
    } catch (error) {
      throw toFault(error, 'OUTPUT_FAILED', `cannot create ${path}: `);
    }
  }

  /** Opens a file to read it, or also to append to it. Nothing is read yet: see {@link RecordFile.follow}. @throws Fault INPUT_CORRUPT, NOT_FOUND */
  static async open(path: string, mode: 'read' | 'append', keys?: KeyRing): Promise<RecordFile> {
    const file = await open(path, mode === 'read' ? 'r' : 'r+').catch((error: unknown) => {
      throw toFault(error, 'NOT_FOUND', `cannot open ${path}: `);
    });
    try {
      const head = await new FileWindow(file, (await file.stat()).size).read(0, FILE_HEAD);
      if (head === null || !head.subarray(0, 8).equals(MAGIC)) fail('INPUT_CORRUPT', `${path} is not a file of the face gallery`);
      if (head.readUInt32LE(8) !== VERSION) fail('UNSUPPORTED', `${path} has format ${head.readUInt32LE(8)}; this Ocellus reads format ${VERSION}`);
      if ((head.readUInt32LE(12) === 1) !== (keys !== undefined))
        fail('INPUT_CORRUPT', `${path} does not belong to this gallery: one of them is encrypted`);
      return new RecordFile(path, file, keys?.sealOf(head.subarray(16, 32)) ?? NO_SEAL, FILE_HEAD);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Where the next record goes: behind everything appended or followed. */
  get end(): number {
    return this.#end;
  }

  /** Yields the records that were appended since the last call, up to one that is not whole. @throws Fault INTEGRITY */
  async *follow(): AsyncGenerator<FileRecord> {
    const window = new FileWindow(this.file, (await this.file.stat()).size);
    for (;;) {
      const record = await this.#recordAt(window, this.#end);
      if (record === null) return;
      this.#end += record.bytes;
      yield record;
    }
  }

  /** All records once more, from the first to the last known. */
  async *records(): AsyncGenerator<FileRecord> {
    const window = new FileWindow(this.file, this.#end);
    for (let position = FILE_HEAD; ;) {
      const record = await this.#recordAt(window, position);
      if (record === null) return;
      position += record.bytes;
      yield record;
    }
  }

  async #recordAt(window: FileWindow, position: number): Promise<FileRecord | null> {
    const raw = await rawRecordAt(window, position);
    if (raw === null) return null;
    return { position, bytes: RECORD_HEAD + raw.length, body: raw.body && this.seal.open(raw.body, position), isHalfErased: raw.isHalfErased };
  }

  /** Cuts off what a crash left behind the last whole record; answers how many bytes. @throws Fault INTEGRITY when whole records come after it */
  async cutTornTail(): Promise<number> {
    const { size } = await this.file.stat();
    if (size <= this.#end) return 0;
    const window = new FileWindow(this.file, size);
    for (let position = this.#end + 1; position + RECORD_HEAD <= size; position++)
      if ((await rawRecordAt(window, position)) !== null)
        fail('INTEGRITY', `${this.path} is damaged at byte ${this.#end}: whole records follow. Restore the gallery from a backup or an export`);
    await this.file.truncate(this.#end);
    await this.file.datasync();
    return size - this.#end;
  }

  /** Appends records with one write; resolves with their positions once they are on the disk. @throws Fault OUTPUT_FAILED */
  async append(bodies: readonly Uint8Array[]): Promise<number[]> {
    if (this.#failure) throw this.#failure;
    let position = this.#end;
    const positions: number[] = [];
    const parts: Buffer[] = [];
    for (const plain of bodies) {
      const body = this.seal.seal(plain, position);
      if (body.length > MOST_BYTES)
        fail('PAYLOAD_TOO_LARGE', `a record of ${body.length} bytes is too large for the gallery (${MOST_BYTES}); keep smaller chips`);
      parts.push(headOf(LIVE, body.length, checksum(body.length, body)), body);
      positions.push(position);
      position += RECORD_HEAD + body.length;
    }
    await this.#write(Buffer.concat(parts));
    this.#end = position;
    return positions;
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += (await this.file.write(bytes, at, bytes.length - at, this.#end + at)).bytesWritten;
    } catch (error) {
      await this.file.truncate(this.#end).catch(() => {});
      throw toFault(error, 'OUTPUT_FAILED', `writing ${this.path} failed: `);
    }
    await this.#sync();
  }

  /** After a failed flush nobody knows what is on the disk: the file takes nothing more until it is opened again. */
  async #sync(): Promise<void> {
    try {
      await this.file.datasync();
    } catch (error) {
      this.#failure = toFault(error, 'OUTPUT_FAILED', `writing ${this.path} failed; open the gallery again: `);
      throw this.#failure;
    }
  }

  /** The body of the record at `position`; null when it was erased. @throws Fault INTEGRITY */
  async read(position: number): Promise<Buffer | null> {
    const record = await this.#recordAt(new FileWindow(this.file, this.#end, ONE_RECORD), position);
    return record === null
      ? fail('INTEGRITY', `${this.path} is damaged at byte ${position}; restore the gallery from a backup or an export`)
      : record.body;
  }

  /** Overwrites the bodies of records with zeros; answers how many bytes they take. Each is marked first, so that a crash leaves no broken record. */
  async erase(positions: readonly number[]): Promise<number> {
    if (this.#failure) throw this.#failure;
    const mark = Buffer.alloc(4);
    mark.writeUInt32LE(GONE);
    for (const position of positions) await this.file.write(mark, 0, 4, position);
    await this.#sync();
    const window = new FileWindow(this.file, this.#end, RECORD_HEAD);
    let erased = 0;
    for (const position of positions) {
      const length = (await window.read(position, RECORD_HEAD))!.readUInt32LE(4);
      await this.file.write(Buffer.alloc(length), 0, length, position + RECORD_HEAD);
      erased += RECORD_HEAD + length;
    }
    await this.#sync();
    return erased;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

interface RawRecord {
  readonly length: number;
  readonly body: Buffer | null;
  readonly isHalfErased: boolean;
}

async function rawRecordAt(window: FileWindow, position: number): Promise<RawRecord | null> {
  const head = await window.read(position, RECORD_HEAD);
  if (head === null) return null;
  const state = head.readUInt32LE(0);
  const length = head.readUInt32LE(4);
  const crc = head.readUInt32LE(8);
  if ((state !== LIVE && state !== GONE) || length > MOST_BYTES) return null;
  const body = await window.read(position + RECORD_HEAD, length);
  if (body === null) return null;
  if (state === GONE) return { length, body: null, isHalfErased: body.some((byte) => byte !== 0) };
  return checksum(length, body) === crc ? { length, body, isHalfErased: false } : null;
}
