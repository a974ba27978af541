import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';
import { Fault, toFault } from '../../core/index.js';
import { ACCEPTED, isEncoding, type Encoding } from './encoding.js';
import { framed, type Message } from './frames.js';
import { Inbox, writePieces } from './inbox.js';
import { toHeaders, toMetadata, type Metadata } from './metadata.js';
import { MAX_MESSAGE_BYTES, SESSION, tend, type Keepalive } from './session.js';
import { decodeMessage, faultOfStatus, statusOfHttp, type GrpcStatus } from './status.js';
import { formatTimeout } from './timeout.js';

/** How a client connects. */
export interface GrpcClientOptions {
  /** `http://host:port`, or `https://host:port` for TLS. */
  readonly url: string;
  readonly tls?: SecureClientSessionOptions;
  /** Bytes of the largest message taken, after decompression. Default 2^31 - 1. */
  readonly maxMessageBytes?: number;
  readonly keepalive?: Keepalive;
}

/** What a call may say beside its messages. */
export interface CallOptions {
  readonly metadata?: Metadata;
  readonly signal?: AbortSignal;
  /** The call fails with DEADLINE_EXCEEDED after so long. */
  readonly timeoutMs?: number;
  /** How requests are packed. Default identity. */
  readonly encoding?: Encoding;
  /** Called with the headers of the answer, and with its trailers. */
  readonly onMetadata?: (metadata: Metadata, when: 'headers' | 'trailers') => void;
}

/** A client of one server; it connects with the first call, and again when the connection was lost. */
export interface GrpcClient {
  /** One message each way. @throws Fault of the call's status; UNAVAILABLE when there is no connection */
  unary(path: string, request: Message, options?: CallOptions): Promise<Uint8Array>;
  /** Any number of messages each way. Leaving the loop early cancels the call. @throws Fault as `unary` */
  stream(path: string, requests: AsyncIterable<Message> | Iterable<Message>, options?: CallOptions): AsyncGenerator<Uint8Array>;
  /** Lets calls under way end, then closes the connection. */
  close(): Promise<void>;
}

const RESET: Readonly<Record<number, number>> = {
  [constants.NGHTTP2_NO_ERROR]: 13,
  [constants.NGHTTP2_REFUSED_STREAM]: 14,
  [constants.NGHTTP2_CANCEL]: 1,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: 8,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: 7,
};

const statusIn = (headers: IncomingHttpHeaders): GrpcStatus | undefined =>
  headers['grpc-status'] === undefined
    ? undefined
    : { code: Number(headers['grpc-status']), message: decodeMessage(String(headers['grpc-message'] ?? '')) };

/** One call: sends on its stream, collects what comes back, and knows how it ended. */
class ClientCall {
  readonly inbox: Inbox;
  #encoding: Encoding = 'identity';
  #status: GrpcStatus | undefined;
  #local: Fault | undefined;
  readonly #ended: Promise<void>;

  constructor(
    readonly stream: ClientHttp2Stream,
    private readonly session: ClientHttp2Session,
    readonly options: CallOptions,
    maxBytes: number,
  ) {
    this.inbox = new Inbox(stream, () => this.#encoding, maxBytes);
    stream.on('response', (headers) => this.#onHeaders(headers));
    stream.on('trailers', (headers) => {
      this.#status ??= statusIn(headers);
      options.onMetadata?.(toMetadata(Object.entries(headers)), 'trailers');
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_HTTP2_STREAM_CANCEL' && error.cause instanceof Error)
        this.#local ??= toFault(error.cause, 'UNAVAILABLE', 'no connection: ');
      else if (error.code !== 'ERR_HTTP2_STREAM_ERROR') this.#local ??= toFault(error, 'UNAVAILABLE', 'the connection broke: ');
    });
    stream.on('end', () => setImmediate(() => this.#leave()));
    const cancel = (): void =>
      this.cancel(options.signal?.reason instanceof Fault ? options.signal.reason : new Fault('CANCELLED', 'stopped by the caller'));
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.cancel(new Fault('DEADLINE_EXCEEDED', 'Deadline Exceeded')), Math.min(options.timeoutMs, 2 ** 31 - 1));
    options.signal?.addEventListener('abort', cancel);
    this.#ended = new Promise((resolve) => {
      stream.once('close', () => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', cancel);
        const fault = this.#fault();
        if (fault) this.inbox.fail(fault);
        resolve();
      });
    });
  }

  #onHeaders(headers: IncomingHttpHeaders): void {
    const status = Number(headers[':status']);
    this.#status ??= statusIn(headers) ?? (status === 200 ? undefined : statusOfHttp(status));
    const packed = String(headers['grpc-encoding'] ?? 'identity');
    if (isEncoding(packed)) this.#encoding = packed;
    else this.cancel(new Fault('INTERNAL', `the server answers in the unknown encoding "${packed}"`));
    this.options.onMetadata?.(toMetadata(Object.entries(headers)), 'headers');
  }

  /** The answer is whole: what was still to be sent no longer matters. */
  #leave(): void {
    if (!this.stream.writableEnded && !this.stream.closed) this.stream.close(constants.NGHTTP2_CANCEL);
  }

  cancel(reason: Fault): void {
    this.#local ??= reason;
    this.inbox.fail(this.#local);
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  #fault(): Fault | undefined {
    if (this.#local) return this.#local;
    if (this.#status) return this.#status.code === 0 ? undefined : faultOfStatus(this.#status);
    if (this.session.closed) return new Fault('UNAVAILABLE', 'the connection was closed before the call ended');
    const code = RESET[this.stream.rstCode] ?? 13;
    return faultOfStatus({ code, message: `the call ended without a status (HTTP/2 code ${this.stream.rstCode})` });
  }

  async send(message: Message): Promise<void> {
    await writePieces(this.stream, await framed(message, this.options.encoding ?? 'identity'));
  }

  /** Waits for the end. @throws Fault of the status */
  async ended(): Promise<void> {
    await this.#ended;
    const fault = this.#fault();
    if (fault) throw fault;
  }
}

class Client implements GrpcClient {
  #session: ClientHttp2Session | undefined;

  constructor(readonly options: GrpcClientOptions) {}

  #connected(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(this.options.url, { ...SESSION, ...this.options.tls });
    session.on('error', () => session.destroy());
    session.on('goaway', () => session.close());
    session.once('connect', () => tend(session, this.options.keepalive));
    this.#session = session;
    return session;
  }

  #call(path: string, options: CallOptions): ClientCall {
    if (options.signal?.aborted)
      throw options.signal.reason instanceof Fault ? options.signal.reason : new Fault('CANCELLED', 'stopped by the caller');
    const { metadata, timeoutMs, encoding = 'identity' } = options;
    const session = this.#connected();
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      te: 'trailers',
      'content-type': 'application/grpc+proto',
      'grpc-accept-encoding': ACCEPTED,
      ...(encoding !== 'identity' && { 'grpc-encoding': encoding }),
      ...(timeoutMs !== undefined && { 'grpc-timeout': formatTimeout(timeoutMs) }),
      ...toHeaders(metadata),
    });
    return new ClientCall(stream, session, options, this.options.maxMessageBytes ?? MAX_MESSAGE_BYTES);
  }

  async unary(path: string, request: Message, options: CallOptions = {}): Promise<Uint8Array> {
    const call = this.#call(path, options);
    const answer = call.inbox.only('response');
    answer.catch(() => undefined);
    try {
      await call.send(request);
      call.stream.end();
      const message = await answer;
      await call.ended();
      return message;
    } catch (error) {
      return settle(call, error);
    }
  }

  async *stream(path: string, requests: AsyncIterable<Message> | Iterable<Message>, options: CallOptions = {}): AsyncGenerator<Uint8Array> {
    const call = this.#call(path, options);
    const send = async (): Promise<void> => {
      for await (const request of requests) await call.send(request);
      call.stream.end();
    };
    // Not awaited: requests may have no end of their own, and a call that is over needs none.
    void send().catch((error: unknown) => {
      if (!call.stream.closed) call.cancel(toFault(error));
    });
    let over = false;
    try {
      yield* call.inbox;
      over = true;
      await call.ended();
    } catch (error) {
      over = true;
      await settle(call, error);
    } finally {
      if (!over) call.cancel(new Fault('CANCELLED', 'the answers were left'));
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    if (!session || session.destroyed) return;
    // Not as the argument of close(): a session that its server has already asked to end would never call it.
    await new Promise<void>((resolve) => {
      session.once('close', resolve);
      session.close();
    });
  }
}

/** The status says more than what sending or receiving met; a call that has none is ended with `error`. */
async function settle(call: ClientCall, error: unknown): Promise<never> {
  const fault = toFault(error);
  if (!call.stream.closed && !call.stream.destroyed && !call.stream.readableEnded) call.cancel(fault);
  await call.ended();
  throw fault;
}

/** Makes a client; nothing is connected yet. */
export const createGrpcClient = (options: GrpcClientOptions): GrpcClient => new Client(options);
