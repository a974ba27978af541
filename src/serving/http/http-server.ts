import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { toFault } from '../../core/index.js';
import { Connection } from './connection.js';
import type { Exchange } from './exchange.js';
import { KEPT_FOR_S } from './response-head.js';

/** How an HTTP server listens. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Answers a request whose head has come; its body may still be on its way. */
  readonly answer: (exchange: Exchange) => void;
  /** Bytes of the largest body. */
  readonly maxBodyBytes: number;
  readonly tls: TlsOptions | undefined;
}

/** An HTTP server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Takes no further request, lets those under way end, and cuts off what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const TICK_MS = 5000;
/** A head that has begun must be whole after so long, and a body must go on coming. */
const STALLED_TICKS = 60_000 / TICK_MS;
const IDLE_TICKS = (KEPT_FOR_S * 1000) / TICK_MS;

/** Listens, and gives the port. @throws Fault UNAVAILABLE when the address is not to be had */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toFault(error, 'UNAVAILABLE', `cannot listen on ${host}:${port}: `)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Serves HTTP/1.1 over sockets. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openHttpServer({ host, port, answer, maxBodyBytes, tls }: HttpServerOptions): Promise<HttpServer> {
  const connections = new Set<Connection>();
  let ticks = 0;
  const order = { maxBodyBytes, answer, tick: () => ticks };
  const accept = (socket: Socket): void => {
    const connection = new Connection(socket, order);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  };
  const server = tls ? createTlsServer({ ALPNProtocols: ['http/1.1'], ...tls, noDelay: true }, accept) : createServer({ noDelay: true }, accept);
  // Without a handshake there is no connection to speak of.
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy());
  const bound = await listen(server, host, port);
  const sweep = setInterval(() => {
    ticks++;
    for (const connection of connections) if (connection.idleTicks > (connection.midway ? STALLED_TICKS : IDLE_TICKS)) connection.socket.destroy();
  }, TICK_MS).unref();
  return {
    port: bound,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const connection of connections) connection.close();
      const cut = setTimeout(() => {
        for (const { socket } of connections) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
      clearInterval(sweep);
    },
  };
}
