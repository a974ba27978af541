import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { toFault } from '../core/index.js';

/** What a server keeps of a connection. */
export interface SocketConnection {
  readonly socket: Socket;
  /** Takes nothing new, and ends once what is under way is answered. */
  close(): void;
}

/** How a server of sockets listens. */
export interface SocketServerOptions<C extends SocketConnection> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** A key and certificate; undefined is plain text. */
  readonly tls: TlsOptions | undefined;
  /** What TLS clients are offered. */
  readonly protocol: 'h2' | 'http/1.1';
  /** Takes over a socket that has connected. */
  readonly connected: (socket: Socket) => C;
}

/** A server of sockets that listens. */
export interface SocketServer<C extends SocketConnection> {
  readonly port: number;
  /** Those that are open now. */
  readonly connections: ReadonlySet<C>;
  /** Takes no further connection, lets what is under way end, and cuts off what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Listens, and gives the port. @throws Fault UNAVAILABLE when the address is not to be had */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toFault(error, 'UNAVAILABLE', `cannot listen on ${host}:${port}: `)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts a server whose protocol `connected` speaks. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openSocketServer<C extends SocketConnection>(options: SocketServerOptions<C>): Promise<SocketServer<C>> {
  const { host, port, tls, protocol, connected } = options;
  const connections = new Set<C>();
  const accept = (socket: Socket): void => {
    const connection = connected(socket);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  };
  const server = tls ? createTlsServer({ ALPNProtocols: [protocol], ...tls, noDelay: true }, accept) : createServer({ noDelay: true }, accept);
  // Without a handshake there is no connection to speak of.
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy());
  const bound = await listen(server, host, port);
  return {
    port: bound,
    connections,
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
    },
  };
}
