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

function prefix(compressed: boolean, length: number): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES);
  bytes[0] = compressed ? 1 : 0;
  new DataView(bytes.buffer).setUint32(1, length);
  return bytes;
}

/** A message as pieces to write: a small one as one piece, a large one without copying it. */
export async function framed(message: Message, encoding: Encoding): Promise<readonly Uint8Array[]> {
  if (encoding === 'identity') return plainFrame(message);
  const packed = await pack(message instanceof Uint8Array ? message : joined(message), encoding);
  return [prefix(true, packed.byteLength), packed];
}

/** {@link framed} without compression. */
export function plainFrame(message: Message): readonly Uint8Array[] {
  const pieces = message instanceof Uint8Array ? [message] : message;
  const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const all = [prefix(false, length), ...pieces];
  return length < JOIN_BELOW_BYTES ? [joined(all)] : all;
}

/** Cuts what comes in into frames. */
export class FrameCutter {
  #chunks: Uint8Array[] = [];
  #have = 0;
  #want = PREFIX_BYTES;
  #head: { readonly compressed: boolean } | undefined;

  constructor(readonly maxBytes: number) {}

  /** Bytes of a frame that has begun and not ended. */
  get pendingBytes(): number {
    return this.#have + (this.#head ? PREFIX_BYTES : 0);
  }

  /** Takes a chunk and gives the frames that are whole with it. @throws Fault PAYLOAD_TOO_LARGE, INTERNAL */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    this.#chunks.push(chunk);
    this.#have += chunk.byteLength;
    while (this.#have >= this.#want) {
      const bytes = this.#cut();
      if (this.#head) {
        frames.push({ ...this.#head, bytes });
        this.#head = undefined;
        this.#want = PREFIX_BYTES;
      } else this.#begin(bytes);
    }
    return frames;
  }

  #begin(bytes: Uint8Array): void {
    const flag = bytes[0]!;
    if (flag > 1) throw new Fault('INTERNAL', `a message starts with the byte ${flag}, where 0 or 1 is wanted`);
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    if (length > this.maxBytes) throw tooLarge(length, this.maxBytes);
    this.#head = { compressed: flag === 1 };
    this.#want = length;
  }

  /** The next `#want` bytes: a view when they came in one chunk, otherwise joined. */
  #cut(): Uint8Array {
    const want = this.#want;
    const first = this.#chunks[0];
    const whole = first && first.byteLength >= want ? first : joined(this.#chunks);
    const rest = whole.subarray(want);
    const used = whole === first ? this.#chunks.slice(1) : [];
    this.#chunks = rest.byteLength > 0 ? [rest, ...used] : used;
    this.#have -= want;
    return whole.subarray(0, want);
  }
}
