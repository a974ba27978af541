import { fail, toFault } from '../../core/index.js';
import { streamsFromFront } from '../../media/index.js';
import { type RedirectGazeConfig, type RedirectGazeRequest, RedirectGazeRequestSchema } from '../../wire/eye-contact.js';
import { fromBinary, joined } from '../../wire/index.js';

function decoded(bytes: Uint8Array): RedirectGazeRequest {
  try {
    return fromBinary(RedirectGazeRequestSchema, bytes);
  } catch (error) {
    const { message } = toFault(error);
    return fail('INVALID_ARGUMENT', `a message of the call is no RedirectGazeRequest: ${message}`);
  }
}

/** What a client sends in one call: perhaps a configuration, then the bytes of a file. */
export class CallInput {
  readonly #requests: AsyncIterator<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #received = 0;
  #ended = false;

  constructor(
    requests: AsyncIterable<Uint8Array>,
    readonly maxBytes: number,
  ) {
    this.#requests = requests[Symbol.asyncIterator]();
  }

  /** Bytes of the file that have come. */
  get received(): number {
    return this.#received;
  }

  /** The configuration, where it is the first message. @throws Fault INVALID_ARGUMENT for a call without any message */
  async config(): Promise<RedirectGazeConfig | undefined> {
    const first = await this.#requests.next();
    if (first.done) return fail('INVALID_ARGUMENT', 'the call holds no message; send the bytes of a video');
    const { streamInput } = decoded(first.value);
    if (streamInput.case === 'config') return streamInput.value;
    if (streamInput.case === 'videoFileData') this.#waiting.push(this.#counted(streamInput.value));
    return undefined;
  }

  /** True when the video can be worked on while it comes. Reads as much as it takes to know. @throws Fault INVALID_ARGUMENT for an empty video */
  async streams(): Promise<boolean> {
    for (;;) {
      const head = this.#waiting.length > 1 ? joined(this.#waiting) : (this.#waiting[0] ?? new Uint8Array(0));
      this.#waiting = head.byteLength > 0 ? [head] : [];
      const answer = streamsFromFront(head);
      if (answer !== undefined) return answer;
      const more = await this.#next();
      if (more) this.#waiting.push(more);
      else if (head.byteLength > 0) return false;
      else fail('INVALID_ARGUMENT', 'the video is empty; send its bytes as video_file_data');
    }
  }

  /** The bytes of the file, also those that were read before. @throws Fault RESOURCE_EXHAUSTED when there are more than the limit */
  async *bytes(): AsyncGenerator<Uint8Array> {
    yield* this.#waiting.splice(0);
    for (let next = await this.#next(); next; next = await this.#next()) yield next;
  }

  /** The next bytes of the file; a configuration that comes late is of no account. */
  async #next(): Promise<Uint8Array | undefined> {
    while (!this.#ended) {
      const next = await this.#requests.next();
      if (next.done) this.#ended = true;
      else {
        const { streamInput } = decoded(next.value);
        if (streamInput.case === 'videoFileData' && streamInput.value.byteLength > 0) return this.#counted(streamInput.value);
      }
    }
    return undefined;
  }

  #counted(bytes: Uint8Array): Uint8Array {
    this.#received += bytes.byteLength;
    if (this.#received > this.maxBytes) fail('RESOURCE_EXHAUSTED', `the video is larger than this server takes: ${this.maxBytes} bytes`);
    return bytes;
  }
}
