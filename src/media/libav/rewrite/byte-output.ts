import { IOContext } from 'node-av/lib';
import { toFault, type Fault } from '../../../core/index.js';
import type { ByteSink } from '../../rewrite.js';

const BUFFER_BYTES = 64 * 1024;

/** What libav answers where nothing can be written: EIO. */
const FAILED = -5;

/** Bytes that libav writes, as someone takes them; until they are taken it goes no further. */
export class ByteOutput {
  readonly io = new IOContext();
  #failure: Fault | undefined;

  constructor(sink: ByteSink) {
    this.io.allocContextWithCallbacks(BUFFER_BYTES, 1, null, async (bytes) => {
      if (this.#failure) return FAILED;
      try {
        // libav uses its buffer again.
        await sink(Uint8Array.from(bytes));
        return bytes.byteLength;
      } catch (error) {
        this.#failure = toFault(error);
        return FAILED;
      }
    });
  }

  /** What the taker met. */
  get failure(): Fault | undefined {
    return this.#failure;
  }
}
