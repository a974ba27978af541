import { Fault } from '../../core/index.js';
import { ACCEPTED, isEncoding, unpack, type Encoding } from './encoding.js';
import { FrameCutter, framed, prefix, sizeOf, type Frame, type Message } from './frames.js';
import { encodeHeaders, type Header } from './http2/hpack.js';
import type { Stream, StreamEvents } from './http2/stream.js';
import { REASON } from './http2/frames.js';
import { toHeaders, type Metadata } from './metadata.js';
import type { GrpcServerOptions, Method, ServerCall } from './server.js';
import { MAX_MESSAGE_BYTES } from './session.js';
import { encodeMessage, statusOfError, type GrpcStatus } from './status.js';
import { parseTimeout } from './timeout.js';

const CUT_OFF_MS = 1000;
/** Messages that may wait to be taken; then the peer is held back. */
const PAUSE_AT_FRAMES = 4;
const MOST_IDLE_SIGNALS = 64;
const TYPE = 'application/grpc';
const HEAD: readonly Header[] = [
  [':status', '200'],
  ['content-type', `${TYPE}+proto`],
];
const PLAIN_HEAD = encodeHeaders([...HEAD, ['grpc-accept-encoding', ACCEPTED]]);
const OK: GrpcStatus = Object.freeze({ code: 0, message: '' });
const OK_TRAILERS = encodeHeaders([['grpc-status', '0']]);

/** One call: what comes over its stream goes to its method, what the method says goes back. */
export class Call implements ServerCall, StreamEvents, AsyncIterable<Uint8Array> {
  timeoutMs?: number;
  #method: Method | undefined;
  #packed: Encoding = 'identity';
  readonly #cutter: FrameCutter;
  readonly #frames: Frame[] = [];
  /** Bytes of messages that wait; the peer's window grows by them once they are taken. */
  #owed = 0;
  #failure: Fault | undefined;
  #wake: (() => void) | undefined;
  #gone: AbortController | undefined;
  #abortedBy: Fault | undefined;
  #trailers: Map<string, string | Uint8Array> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    readonly stream: Stream,
    readonly options: GrpcServerOptions,
  ) {
    this.#cutter = new FrameCutter(options.maxMessageBytes ?? MAX_MESSAGE_BYTES);
    stream.events = this;
    this.#start();
  }

  get path(): string {
    return this.stream.head.path;
  }
  get metadata(): Metadata {
    return this.stream.head.metadata;
  }
  get peer(): object {
    return this.stream.connection;
  }
  get trailers(): Map<string, string | Uint8Array> {
    return (this.#trailers ??= new Map());
  }
  get signal(): AbortSignal {
    if (!this.#gone) {
      this.#gone = this.stream.connection.idleSignals.pop() ?? new AbortController();
      if (this.#abortedBy) this.#gone.abort(this.#abortedBy);
    }
    return this.#gone.signal;
  }

  #header(name: string): string {
    return this.stream.head.headers.get(name) ?? '';
  }

  #start(): void {
    const { method } = this.stream.head;
    if (method !== 'POST' || !this.#header('content-type').startsWith(TYPE)) {
      this.#ended = true;
      this.stream.respond(encodeHeaders([[':status', method === 'POST' ? '415' : '405']]), true);
      this.#stopReading();
      return;
    }
    const found = this.options.methods.get(this.path);
    const packed = this.#header('grpc-encoding') || 'identity';
    if (!found) return this.#end({ code: 12, message: `The server does not implement the method ${this.path}` });
    if (!isEncoding(packed)) return this.#end({ code: 12, message: `Unsupported compression encoding "${packed}"; known are ${ACCEPTED}` });
    this.#packed = packed;
    this.#method = found;
    this.#watchDeadline();
    if (found.kind === 'stream') void this.#answerStream(found);
  }

  /** The deadline answers by itself, whatever the method does. */
  #watchDeadline(): void {
    const timeoutMs = parseTimeout(this.#header('grpc-timeout'));
    if (timeoutMs === undefined) return;
    const late = new Fault('DEADLINE_EXCEEDED', 'Deadline Exceeded');
    this.timeoutMs = timeoutMs;
    this.#timer = setTimeout(
      () => {
        this.#abort(late);
        this.#end(statusOfError(late));
      },
      Math.min(timeoutMs, 2 ** 31 - 1),
    );
  }

  #abort(fault: Fault): void {
    this.#abortedBy ??= fault;
    this.#failure ??= fault;
    this.#gone?.abort(fault);
    this.#wake?.();
  }

  aborted(fault: Fault): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#abort(fault);
  }

  data(bytes: Uint8Array): void {
    if (this.#ended || this.#failure) return;
    try {
      this.#frames.push(...this.#cutter.push(bytes));
    } catch (error) {
      this.#fail(error as Fault);
      return;
    }
    this.#owed += bytes.byteLength;
    if (this.#frames.length < PAUSE_AT_FRAMES) this.#payBack();
    if (this.#method!.kind === 'stream') this.#wake?.();
    else if (this.#frames.length > 1) this.#fail(new Fault('INTERNAL', 'more than one request message came'));
  }

  #payBack(): void {
    const owed = this.#owed;
    this.#owed = 0;
    this.stream.consumed(owed);
  }

  end(): void {
    if (this.#ended) return;
    const pending = this.#cutter.pendingBytes;
    if (pending > 0) this.#fail(new Fault('INTERNAL', `the stream ended in the middle of a message, after ${pending} bytes of it`));
    else if (this.#method!.kind === 'unary') this.#answerOne(this.#method as Method & { kind: 'unary' });
    else this.#wake?.();
  }

  /** What came is no request. */
  #fail(fault: Fault): void {
    this.#failure ??= fault;
    if (this.#method!.kind === 'unary') this.#end(statusOfError(fault));
    else this.#wake?.();
  }

  #answerOne(method: Method & { kind: 'unary' }): void {
    const frame = this.#frames.shift();
    if (!frame) return this.#fail(new Fault('INTERNAL', 'no request message came'));
    const failed = (error: unknown): void => this.#end(statusOfError(this.#abortedBy ?? error));
    const answered = (message: Message): void | Promise<void> => this.#reply(message);
    try {
      const request = frame.compressed ? unpack(frame.bytes, this.#packed, this.#cutter.maxBytes) : frame.bytes;
      const answer = request instanceof Promise ? request.then((bytes) => method.handle(bytes, this)) : method.handle(request, this);
      if (answer instanceof Promise) answer.then(answered).catch(failed);
      else Promise.resolve(answered(answer)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** The one answer, and the end of the call. */
  #reply(message: Message): void | Promise<void> {
    if (this.#answerEncoding !== 'identity') return this.#send(message).then(() => this.#end(OK));
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#leaveSignal();
    const pieces = message instanceof Uint8Array ? [message] : message;
    const size = sizeOf(pieces);
    this.stream.answer(PLAIN_HEAD, [prefix(false, size), ...pieces], size + 5, this.#trailersOf(OK));
  }

  /** The method is through; nobody aborts this call any more. */
  #leaveSignal(): void {
    const { idleSignals } = this.stream.connection;
    if (!this.#gone || this.#abortedBy || idleSignals.length >= MOST_IDLE_SIGNALS) return;
    idleSignals.push(this.#gone);
    this.#gone = undefined;
  }

  async #answerStream(method: Method & { kind: 'stream' }): Promise<void> {
    try {
      for await (const message of method.handle(this, this)) await this.#send(message);
      this.#end(OK);
    } catch (error) {
      this.#end(statusOfError(this.#abortedBy ?? error));
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#frames.length === 0 && !this.stream.remoteEnded && !this.#failure)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = undefined;
    const frame = this.#frames.shift();
    if (this.#frames.length < PAUSE_AT_FRAMES) this.#payBack();
    if (frame) return frame.compressed ? unpack(frame.bytes, this.#packed, this.#cutter.maxBytes) : frame.bytes;
    if (this.#failure) throw this.#failure;
    return undefined;
  }

  /** The messages that come, in order. @throws Fault that the stream met */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let message = await this.#next(); message !== undefined; message = await this.#next()) yield message;
  }

  get #answerEncoding(): Encoding {
    const { encoding = 'identity' } = this.options;
    if (encoding === 'identity') return encoding;
    return this.#header('grpc-accept-encoding')
      .split(',')
      .some((name) => name.trim() === encoding)
      ? encoding
      : 'identity';
  }

  async #send(message: Message): Promise<void> {
    const encoding = this.#answerEncoding;
    const pieces = await framed(message, encoding);
    if (this.#abortedBy) throw this.#abortedBy;
    if (!this.stream.begun)
      this.stream.respond(
        encoding === 'identity' ? PLAIN_HEAD : encodeHeaders([...HEAD, ['grpc-accept-encoding', ACCEPTED], ['grpc-encoding', encoding]]),
        false,
      );
    for (const piece of pieces) this.stream.send(piece);
    await this.stream.drained();
  }

  #trailersOf({ code, message }: GrpcStatus): Buffer {
    if (code === 0 && !this.#trailers) return OK_TRAILERS;
    const own = Object.entries(toHeaders(this.#trailers)).map(([name, value]): Header => [name, String(value)]);
    return encodeHeaders([...own, ['grpc-status', String(code)], ...(message === '' ? [] : ([['grpc-message', encodeMessage(message)]] as const))]);
  }

  /** Ends the call once, with trailers alone when nothing was sent. */
  #end(status: GrpcStatus): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#ended = true;
    const { stream } = this;
    if (stream.begun) stream.trailers(this.#trailersOf(status));
    else stream.respond(Buffer.concat([encodeHeaders(HEAD), this.#trailersOf(status)]), true);
    this.#stopReading();
  }

  /** What still comes in is dropped; a client that does not stop by itself is cut off. At once would overtake what it has not read. */
  #stopReading(): void {
    const { stream } = this;
    if (stream.remoteEnded || stream.closed) return;
    setTimeout(() => stream.reset(REASON.NO_ERROR), CUT_OFF_MS).unref();
  }
}
