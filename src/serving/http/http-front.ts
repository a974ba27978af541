import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Log, NULL_LOG, toFault } from '../../core/index.js';
import { HEADER_LENGTH, MAX_INPUT_BYTES } from '../../wire/index.js';
import type { AccessRules } from '../front/restrictions.js';
import type { ModelServer } from '../port.js';
import { Exchange } from './exchange.js';
import { route } from './routes.js';

/** How the HTTP front end listens. */
export interface HttpFrontOptions {
  readonly server: ModelServer;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8000; 0 takes any free port. */
  readonly port?: number;
  readonly access?: AccessRules;
  /** Bytes of the largest JSON, raw or unpacked body; default 64 MiB. */
  readonly maxInputBytes?: number;
  readonly forwardHeaders?: RegExp;
  /** Origins whose pages may call from a browser; `*` is any. Default none. */
  readonly corsOrigins?: readonly string[];
  readonly tls?: TlsOptions;
  /** Hears of every answered call. */
  readonly accessLog?: Log;
}

/** A front end that listens. */
export interface Front {
  readonly host: string;
  readonly port: number;
  /** Takes no further call, lets those under way end, and cuts off what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Bytes of the largest body with its tensors: what the protocol's own length fields hold. */
const MAX_BODY_BYTES = 2 ** 31 - 1;

function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const { origin } = request.headers;
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return;
  response.setHeader('Access-Control-Allow-Origin', origins.includes('*') ? '*' : origin);
  if (!origins.includes('*')) response.setHeader('Vary', 'Origin');
  response.setHeader('Access-Control-Expose-Headers', `${HEADER_LENGTH}, Content-Encoding`);
  if (request.method !== 'OPTIONS') return;
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
  response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '*');
  response.setHeader('Access-Control-Max-Age', '86400');
}

function logAnswer(log: Log, exchange: Exchange): void {
  const startMs = performance.now();
  const { response, request, method, path } = exchange;
  response.once('close', () => {
    const ms = Number((performance.now() - startMs).toFixed(3));
    const bytes = Number(response.getHeader('content-length') ?? 0);
    log.info(`${method} ${path} ${response.writableFinished ? response.statusCode : 'broken off'}`, {
      ms,
      bytes,
      client: request.socket.remoteAddress,
    });
  });
}

/** Listens, and gives the port. @throws Fault UNAVAILABLE when the address is not to be had */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toFault(error, 'UNAVAILABLE', `cannot listen on ${host}:${port}: `)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

const SWEEP_MS = 20;

/** Closes a server as {@link Front.close} says. */
export function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection that was busy is idle after its answer, and its client would go on using it.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Serves the KServe v2 protocol over HTTP/1.1. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openHttpFront(options: HttpFrontOptions): Promise<Front> {
  const { server, host = '127.0.0.1', port = 8000, access = { restrictions: [] }, maxInputBytes = MAX_INPUT_BYTES, corsOrigins = [] } = options;
  const context = { server, access, maxInputBytes, forwardHeaders: options.forwardHeaders };
  const accessLog = options.accessLog ?? NULL_LOG;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = new Exchange(request, response, MAX_BODY_BYTES);
    if (accessLog !== NULL_LOG) logAnswer(accessLog, exchange);
    if (corsOrigins.length > 0) allowOrigin(request, response, corsOrigins);
    if (request.method === 'OPTIONS' && response.hasHeader('Access-Control-Allow-Origin')) return exchange.reply(204);
    void route(exchange, context);
  };
  // Clients keep connections for minutes; a server that closes them first breaks the request that is just being sent.
  const settings = { keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true };
  const listening = options.tls ? createTlsServer({ ...settings, ...options.tls }, answer) : createServer(settings, answer);
  const bound = await listen(listening, host, port);
  return { host, port: bound, close: (graceMs) => closeServer(listening, graceMs) };
}
