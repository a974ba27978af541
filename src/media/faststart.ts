import { type FileHandle, open, realpath, rename, unlink } from 'node:fs/promises';
import { fail } from '../core/index.js';

/** A box of an ISO base media file (ISO/IEC 14496-12), as it lies in the file. */
interface BoxPlace {
  readonly type: string;
  readonly start: number;
  readonly size: number;
}

/** The boxes on the way to the tables of chunk offsets. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** The largest offset that a table of 32-bit offsets can hold. */
const NARROW_LIMIT = 2 ** 32 - 1;
const BLOCK_BYTES = 1 << 20;
/** An index larger than this is no index; an hour of video has about a megabyte. */
const MAX_INDEX_BYTES = 1 << 30;

const damaged = (path: string, what: string): never => fail('INTERNAL', `${path}: the video's ${what} is not as written`);

async function readAt(handle: FileHandle, position: number, bytes: number, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, position);
  return bytesRead === bytes ? buffer : damaged(path, 'end');
}

/** The boxes at the top of the file, in their order. */
async function topBoxes(handle: FileHandle, end: number, path: string): Promise<BoxPlace[]> {
  const boxes: BoxPlace[] = [];
  for (let start = 0; start < end;) {
    const head = await readAt(handle, start, Math.min(16, end - start), path);
    if (head.length < 8) damaged(path, 'last box');
    const short = head.readUInt32BE(0);
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - start : short;
    if (size < 8 || start + size > end) damaged(path, `box at ${start}`);
    boxes.push({ type: head.toString('latin1', 4, 8), start, size });
    start += size;
  }
  return boxes;
}

function box(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

/** Offsets of a table `stco` or `co64`, in their order. */
function offsetsOf(type: string, content: Buffer): number[] {
  const wide = type === 'co64';
  return Array.from({ length: content.readUInt32BE(4) }, (_, i) =>
    wide ? Number(content.readBigUInt64BE(8 + i * 8)) : content.readUInt32BE(8 + i * 4),
  );
}

function offsetTable(offsets: readonly number[], wide: boolean): Buffer {
  const content = Buffer.alloc(8 + offsets.length * (wide ? 8 : 4));
  content.writeUInt32BE(offsets.length, 4);
  offsets.forEach((offset, i) => (wide ? content.writeBigUInt64BE(BigInt(offset), 8 + i * 8) : content.writeUInt32BE(offset, 8 + i * 4)));
  return box(wide ? 'co64' : 'stco', content);
}

/** The box with every chunk offset moved on by `by`; offsets become 64-bit where asked. The length depends on `wide` only. */
function movedOn(bytes: Buffer, by: number, wide: boolean, path: string): Buffer {
  const type = bytes.toString('latin1', 4, 8);
  const content = bytes.subarray(8);
  if (type === 'stco' || type === 'co64') {
    const offsets = offsetsOf(type, content);
    return offsetTable(offsets.map((offset) => offset + by), wide || type === 'co64'); // prettier-ignore
  }
  if (!CONTAINERS.has(type)) return bytes;
  const children: Buffer[] = [];
  for (let at = 0; at < content.length;) {
    const size = at + 8 <= content.length ? content.readUInt32BE(at) : 0;
    if (size < 8 || at + size > content.length) damaged(path, `index (${type})`);
    children.push(movedOn(content.subarray(at, at + size), by, wide, path));
    at += size;
  }
  return box(type, Buffer.concat(children));
}

async function copyRange(from: FileHandle, to: FileHandle, start: number, end: number, path: string): Promise<void> {
  const block = Buffer.alloc(Math.min(BLOCK_BYTES, end - start));
  for (let at = start; at < end;) {
    const { bytesRead } = await from.read(block, 0, Math.min(block.length, end - at), at);
    if (bytesRead === 0) damaged(path, 'length');
    await to.appendFile(block.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** What {@link moveIndexForward} writes instead: everything up to `start`, the index, everything else. */
interface Plan {
  readonly insertAt: number;
  readonly index: Buffer;
  readonly rest: readonly (readonly [start: number, end: number])[];
}

async function planOf(handle: FileHandle, path: string): Promise<Plan | undefined> {
  const { size } = await handle.stat();
  const boxes = await topBoxes(handle, size, path);
  const data = boxes.find(({ type }) => type === 'mdat');
  const [index, ...others] = boxes.filter(({ type }) => type === 'moov');
  const isFragmented = others.length > 0 || boxes.some(({ type }) => type === 'moof');
  if (!data || !index || isFragmented || index.start < data.start || index.size > MAX_INDEX_BYTES) return undefined;
  const bytes = await readAt(handle, index.start, index.size, path);
  // Twice its size bounds the index with 64-bit offsets.
  const wide = size + 2 * index.size > NARROW_LIMIT;
  const by = movedOn(bytes, 0, wide, path).length;
  const rest = [[data.start, index.start], [index.start + index.size, size]] as const; // prettier-ignore
  return { insertAt: data.start, index: movedOn(bytes, by, wide, path), rest };
}

/**
 * Puts the index (`moov`) of a finished MP4 before its pictures, so that it plays while it loads. The new file grows beside the old one and
 * takes its name at once; when anything goes wrong the old one stays as it was. Answers false where there was nothing to do.
 * @throws Error of the file system; Fault INTERNAL for a file that is not as it should be
 */
export async function moveIndexForward(path: string): Promise<boolean> {
  const target = await realpath(path);
  const from = await open(target, 'r');
  const part = `${target}.${process.pid}.part`;
  try {
    const plan = (await from.stat()).isFile() ? await planOf(from, path) : undefined;
    if (!plan) return false;
    const to = await open(part, 'w', (await from.stat()).mode);
    try {
      await copyRange(from, to, 0, plan.insertAt, path);
      await to.appendFile(plan.index);
      for (const [start, end] of plan.rest) await copyRange(from, to, start, end, path);
    } finally {
      await to.close();
    }
    await rename(part, target);
    return true;
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  } finally {
    await from.close();
  }
}
