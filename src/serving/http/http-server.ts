import type { TlsOptions } from 'node:tls';
import { openSocketServer } from '../../wire/sockets.js';
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

/** Serves HTTP/1.1 over sockets. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openHttpServer({ host, port, answer, maxBodyBytes, tls }: HttpServerOptions): Promise<HttpServer> {
  let ticks = 0;
  const order = { maxBodyBytes, answer, tick: () => ticks };
  const server = await openSocketServer({ host, port, tls, protocol: 'http/1.1', connected: (socket) => new Connection(socket, order) });
  const sweep = setInterval(() => {
    ticks++;
    for (const { idleTicks, midway, socket } of server.connections) if (idleTicks > (midway ? STALLED_TICKS : IDLE_TICKS)) socket.destroy();
  }, TICK_MS).unref();
  return {
    port: server.port,
    async close(graceMs) {
      await server.close(graceMs);
      clearInterval(sweep);
    },
  };
}
