import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { openSocketServer } from '../sockets.js';
import type { Encoding } from './encoding.js';
import type { Message } from './frames.js';
import { Connection } from './http2/connection.js';
import type { Stream } from './http2/stream.js';
import type { Metadata } from './metadata.js';
import { Call } from './server-call.js';
import { FRAME_BYTES, WINDOW_BYTES, type Keepalive } from './session.js';

/** What a method knows of the call that it answers. */
export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** The client's connection: the same object for all of its calls, and for nothing else. */
  readonly peer: object;
  /**
   * Aborted when the client cancels or goes, when the deadline passes, and when the server stops without patience. Of a unary call it is good
   * until the answer: a later call of the same connection may have it then.
   */
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
  readonly tls?: TlsOptions;
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

/** Pings while the connection is quiet; one that does not answer in time is destroyed. */
function keepAlive(connection: Connection, { intervalMs, timeoutMs }: Keepalive): void {
  const { socket } = connection;
  const timer = setInterval(() => {
    const late = setTimeout(() => socket.destroy(), timeoutMs).unref();
    connection.ping(() => clearTimeout(late));
  }, intervalMs).unref();
  socket.once('close', () => clearInterval(timer));
}

/** Starts a gRPC server over HTTP/2. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const order = { windowBytes: WINDOW_BYTES, frameBytes: FRAME_BYTES, onStream: (stream: Stream) => void new Call(stream, options) };
  const { host = '127.0.0.1', port = 0, tls, keepalive } = options;
  const connected = (socket: Socket): Connection => {
    const connection = new Connection(socket, order);
    if (keepalive) keepAlive(connection, keepalive);
    return connection;
  };
  const server = await openSocketServer({ host, port, tls, protocol: 'h2', connected });
  return { port: server.port, close: (graceMs = 30_000) => server.close(graceMs) };
}
