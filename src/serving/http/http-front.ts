import type { TlsOptions } from 'node:tls';
import { type Log, NULL_LOG } from '../../core/index.js';
import { HEADER_LENGTH, MAX_INPUT_BYTES } from '../../wire/index.js';
import type { AccessRules } from '../front/restrictions.js';
import type { ModelServer } from '../port.js';
import type { Exchange } from './exchange.js';
import { openHttpServer } from './http-server.js';
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

function allowOrigin(exchange: Exchange, origins: readonly string[]): boolean {
  const origin = exchange.header('origin');
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return false;
  exchange.addHeader('Access-Control-Allow-Origin', origins.includes('*') ? '*' : origin);
  if (!origins.includes('*')) exchange.addHeader('Vary', 'Origin');
  exchange.addHeader('Access-Control-Expose-Headers', `${HEADER_LENGTH}, Content-Encoding`);
  if (exchange.method !== 'OPTIONS') return true;
  exchange.addHeader('Access-Control-Allow-Methods', 'GET, POST');
  exchange.addHeader('Access-Control-Allow-Headers', exchange.header('access-control-request-headers') ?? '*');
  exchange.addHeader('Access-Control-Max-Age', '86400');
  return true;
}

function logAnswer(log: Log, exchange: Exchange): void {
  const startMs = performance.now();
  const client = exchange.connection.socket.remoteAddress;
  exchange.onEnd = ({ status, bytes, complete }) => {
    const ms = Number((performance.now() - startMs).toFixed(3));
    log.info(`${exchange.method} ${exchange.path} ${complete ? status : 'broken off'}`, { ms, bytes, client });
  };
}

/** Serves the KServe v2 protocol over HTTP/1.1. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openHttpFront(options: HttpFrontOptions): Promise<Front> {
  const { server, host = '127.0.0.1', port = 8000, access = { restrictions: [] }, maxInputBytes = MAX_INPUT_BYTES, corsOrigins = [] } = options;
  const context = { server, access, maxInputBytes, forwardHeaders: options.forwardHeaders };
  const accessLog = options.accessLog ?? NULL_LOG;
  const answer = (exchange: Exchange): void => {
    if (accessLog !== NULL_LOG) logAnswer(accessLog, exchange);
    const allowed = corsOrigins.length > 0 && allowOrigin(exchange, corsOrigins);
    if (allowed && exchange.method === 'OPTIONS') exchange.reply(204);
    else route(exchange, context);
  };
  const listening = await openHttpServer({ host, port, answer, maxBodyBytes: MAX_BODY_BYTES, tls: options.tls });
  return { host, port: listening.port, close: (graceMs) => listening.close(graceMs) };
}
