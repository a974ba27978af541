import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Fault, toFault } from '../../core/index.js';
import { ACCEPTED, isEncoding, type Encoding } from './encoding.js';
import { framed, type Message } from './frames.js';
import { Inbox, writePieces } from './inbox.js';
import { toHeaders, toMetadata, type Metadata } from './metadata.js';
import { MAX_MESSAGE_BYTES, SESSION, tend, type Keepalive } from './session.js';
import { encodeMessage, statusOfError, type GrpcStatus } from './status.js';
import { parseTimeout } from './timeout.js';

/** What a method knows of the call that it answers. */
export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** Aborted when the client cancels or goes, when the deadline passes, and when the server stops without patience. */
  readonly signal: AbortSignal;
  /** Milliseconds that the client allowed, from the call's start; absent without a deadline. */
  readonly timeoutMs?: number;
  /** Sent with the status when the call ends. */
  readonly trailers: Map<string, string | Uint8Array>;
}

/** A method: one message each way, or any number each way, answered as they come. */
export type Method =
  | { readonly kind: 'unary'; handle(request: Uint8Array, call: ServerCall): Promise<Message> | Message }
  | { readonly kind: 'stream'; handle(requests: AsyncIterable<Uint8Array>, call: ServerCall): AsyncIterable<Message> };

/** How a server listens. */
export interface GrpcServerOptions {
  /** By path: `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, Method>;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** A key and certificate; absent is plain text. */
  readonly tls?: SecureServerOptions;
  /** Bytes of the largest message taken, after decompression. Default 2^31 - 1. */
  readonly maxMessageBytes?: number;
  /** How answers are packed, for clients that accept it. Default identity. */
  readonly encoding?: Encoding;
  readonly keepalive?: Keepalive;
}

/** A gRPC server that listens. */
export interface GrpcServer {
  readonly port: number;
  /** Takes no further call, lets those under way end, and cuts off what is left after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

const CUT_OFF_MS = 1000;
const TYPE = 'application/grpc';
const { HTTP2_HEADER_PATH, HTTP2_HEADER_METHOD, NGHTTP2_NO_ERROR } = constants;

class Call {
  readonly #gone = new AbortController();
  readonly #trailers = new Map<string, string | Uint8Array>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    readonly options: GrpcServerOptions,
  ) {
    stream.on('error', () => this.abort(new Fault('CANCELLED', 'the stream broke')));
    stream.on('aborted', () => this.abort(new Fault('CANCELLED', 'the client cancelled the call')));
    stream.on('close', () => {
      clearTimeout(this.#timer);
      if (!this.#ended) this.abort(new Fault('CANCELLED', 'the client closed the call'));
    });
  }

  abort(reason: Fault): void {
    this.#gone.abort(reason);
  }

  get #answerEncoding(): Encoding {
    const { encoding = 'identity' } = this.options;
    const accepted = String(this.headers['grpc-accept-encoding'] ?? '');
    return accepted.split(',').some((name) => name.trim() === encoding) ? encoding : 'identity';
  }

  async run(): Promise<void> {
    const { stream, headers } = this;
    const path = String(headers[HTTP2_HEADER_PATH]);
    if (headers[HTTP2_HEADER_METHOD] !== 'POST' || !String(headers['content-type'] ?? '').startsWith(TYPE)) {
      this.#ended = true;
      stream.respond({ ':status': headers[HTTP2_HEADER_METHOD] === 'POST' ? 415 : 405 }, { endStream: true });
      return;
    }
    const method = this.options.methods.get(path);
    const packed = String(headers['grpc-encoding'] ?? 'identity');
    if (!method) return this.end({ code: 12, message: `The server does not implement the method ${path}` });
    if (!isEncoding(packed)) return this.end({ code: 12, message: `Unsupported compression encoding "${packed}"; known are ${ACCEPTED}` });
    const timeoutMs = this.#watchDeadline();
    const inbox = new Inbox(stream, () => packed, this.options.maxMessageBytes ?? MAX_MESSAGE_BYTES);
    const { signal } = this.#gone;
    signal.addEventListener('abort', () => inbox.fail(signal.reason as Fault));
    const call: ServerCall = { path, metadata: toMetadata(headers), signal, trailers: this.#trailers, ...(timeoutMs !== undefined && { timeoutMs }) };
    try {
      if (method.kind === 'unary') await this.#send(await method.handle(await inbox.only('request'), call));
      else for await (const message of method.handle(inbox, call)) await this.#send(message);
      this.end({ code: 0, message: '' });
    } catch (error) {
      this.end(statusOfError(signal.aborted ? signal.reason : error));
    }
  }

  /** The deadline answers by itself, whatever the method does. */
  #watchDeadline(): number | undefined {
    const timeoutMs = parseTimeout(String(this.headers['grpc-timeout'] ?? ''));
    if (timeoutMs === undefined) return undefined;
    const late = new Fault('DEADLINE_EXCEEDED', 'Deadline Exceeded');
    this.#timer = setTimeout(
      () => {
        this.abort(late);
        this.end(statusOfError(late));
      },
      Math.min(timeoutMs, 2 ** 31 - 1),
    );
    return timeoutMs;
  }

  #respond(): void {
    const { stream } = this;
    if (stream.headersSent) return;
    const encoding = this.#answerEncoding;
    const packed = encoding === 'identity' ? {} : { 'grpc-encoding': encoding };
    stream.respond({ ':status': 200, 'content-type': `${TYPE}+proto`, 'grpc-accept-encoding': ACCEPTED, ...packed }, { waitForTrailers: true });
  }

  async #send(message: Message): Promise<void> {
    const pieces = await framed(message, this.#answerEncoding);
    if (this.#gone.signal.aborted) throw this.#gone.signal.reason;
    this.#respond();
    await writePieces(this.stream, pieces);
  }

  /** Ends the call once, with trailers alone when nothing was sent. */
  end({ code, message }: GrpcStatus): void {
    clearTimeout(this.#timer);
    const { stream } = this;
    if (this.#ended || stream.destroyed || stream.closed) return;
    this.#ended = true;
    const trailers = { ...toHeaders(this.#trailers), 'grpc-status': String(code), ...(message !== '' && { 'grpc-message': encodeMessage(message) }) };
    if (stream.headersSent) {
      stream.once('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end();
    } else stream.respond({ ':status': 200, 'content-type': `${TYPE}+proto`, ...trailers }, { endStream: true });
    if (!stream.readableEnded) this.#stopReading();
  }

  /** What still comes in is dropped; a client that does not stop by itself is cut off. At once would overtake the trailers. */
  #stopReading(): void {
    const { stream } = this;
    stream.resume();
    const cut = setTimeout(() => stream.close(NGHTTP2_NO_ERROR), CUT_OFF_MS);
    stream.once('close', () => clearTimeout(cut));
  }
}

function listen(server: Http2Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toFault(error, 'UNAVAILABLE', `cannot listen on ${host}:${port}: `)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts a gRPC server over HTTP/2. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = options.tls ? createSecureServer({ ...SESSION, ...options.tls }) : createServer(SESSION);
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    tend(session, options.keepalive);
    session.on('error', () => session.destroy());
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => void new Call(stream, headers, options).run().catch(() => stream.destroy()));
  const port = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    port,
    async close(graceMs = 30_000) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const session of sessions) session.close();
      const cut = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
