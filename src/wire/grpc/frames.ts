import { Fault } from '../../core/index.js';
import { joined } from '../joined.js';
import { pack, tooLarge, type Encoding } from './encoding.js';

/** A message in pieces that follow one another; it is not copied, so leave it alone until the call is over. */
export type Message = Uint8Array | readonly Uint8Array[];

/** A message as it travels: one byte that says whether it is compressed, its length, and the bytes. */
export interface Frame {
  readonly compressed: boolean;
  readonly bytes: Uint8Array;
}

const PREFIX_BYTES = 5;
const JOIN_BELOW_BYTES = 16_384;

/** What stands before a message. */
export function prefix(compressed: boolean, length: number): Uint8Array {
  return Uint8Array.of(compressed ? 1 : 0, length >>> 24, length >>> 16, length >>> 8, length);
}

/** A message as pieces to write: a small one as one piece, a large one without copying it. */
export async function framed(message: Message, encoding: Encoding): Promise<readonly Uint8Array[]> {
  if (encoding === 'identity') return plainFrame(message);
  const packed = await pack(message instanceof Uint8Array ? message : joined(message), encoding);
  return [prefix(true, packed.byteLength), packed];
}

/** Bytes of pieces that follow one another. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  let size = 0;
  for (const { byteLength } of pieces) size += byteLength;
  return size;
}

/** {@link framed} without compression. */
export function plainFrame(message: Message): readonly Uint8Array[] {
  const pieces = message instanceof Uint8Array ? [message] : message;
  const length = sizeOf(pieces);
  const all = [prefix(false, length), ...pieces];
  return length < JOIN_BELOW_BYTES ? [joined(all)] : all;
}

/** Memory for a message is taken at once up to here; beyond, it grows with what has really come. */
const AT_ONCE_BYTES = 64 << 20;

/** Cuts what comes in into frames. A message that comes in several chunks is put together in memory of its own. */
export class FrameCutter {
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixBytes = 0;
  #compressed = false;
  /** Bytes of the message that is coming; undefined between messages. */
  #length: number | undefined;
  #bytes: Uint8Array | undefined;
  #pieces: Uint8Array[] = [];
  #have = 0;

  constructor(readonly maxBytes: number) {}

  /** Bytes of a frame that has begun and not ended. */
  get pendingBytes(): number {
    return this.#prefixBytes + this.#have;
  }

  /** Takes a chunk and gives the frames that are whole with it. @throws Fault PAYLOAD_TOO_LARGE, INTERNAL */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at < chunk.byteLength;) {
      if (this.#length === undefined) {
        at += this.#readPrefix(chunk, at);
        if (this.#length !== 0) continue;
      }
      const end = Math.min(chunk.byteLength, at + this.#length! - this.#have);
      const whole = this.#take(chunk.subarray(at, end));
      at = end;
      if (whole) frames.push(whole);
    }
    return frames;
  }

  #readPrefix(chunk: Uint8Array, at: number): number {
    const size = Math.min(PREFIX_BYTES - this.#prefixBytes, chunk.byteLength - at);
    for (let i = 0; i < size; i++) this.#prefix[this.#prefixBytes++] = chunk[at + i]!;
    const [flag = 0, a = 0, b = 0, c = 0, d = 0] = this.#prefix;
    if (flag > 1) throw new Fault('INTERNAL', `a message starts with the byte ${flag}, where 0 or 1 is wanted`);
    if (this.#prefixBytes < PREFIX_BYTES) return size;
    const length = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (length > this.maxBytes) throw tooLarge(length, this.maxBytes);
    this.#compressed = flag === 1;
    this.#length = length;
    return size;
  }

  /** A piece of the message; answers with the frame when it is the last. */
  #take(piece: Uint8Array): Frame | undefined {
    const length = this.#length!;
    if (this.#have === 0 && piece.byteLength === length) return this.#end(piece);
    if (length > AT_ONCE_BYTES) this.#pieces.push(piece);
    else (this.#bytes ??= Buffer.allocUnsafeSlow(length)).set(piece, this.#have);
    this.#have += piece.byteLength;
    return this.#have === length ? this.#end(this.#bytes ?? joined(this.#pieces)) : undefined;
  }

  #end(bytes: Uint8Array): Frame {
    this.#length = undefined;
    this.#bytes = undefined;
    this.#pieces = [];
    this.#have = 0;
    this.#prefixBytes = 0;
    return { compressed: this.#compressed, bytes };
  }
}
