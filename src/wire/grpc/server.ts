import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { toFault } from '../../core/index.js';
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

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toFault(error, 'UNAVAILABLE', `cannot listen on ${host}:${port}: `)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
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
  const connections = new Set<Connection>();
  const order = { windowBytes: WINDOW_BYTES, frameBytes: FRAME_BYTES, onStream: (stream: Stream) => void new Call(stream, options) };
  const accept = (socket: Socket): void => {
    const connection = new Connection(socket, order);
    connections.add(connection);
    if (options.keepalive) keepAlive(connection, options.keepalive);
    socket.once('close', () => connections.delete(connection));
  };
  const server = options.tls
    ? createTlsServer({ ALPNProtocols: ['h2'], ...options.tls, noDelay: true }, accept)
    : createServer({ noDelay: true }, accept);
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy());
  const port = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    port,
    async close(graceMs = 30_000) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const connection of connections) connection.close();
      const cut = setTimeout(() => {
        for (const { socket } of connections) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
