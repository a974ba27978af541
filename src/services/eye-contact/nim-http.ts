import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { packageVersion } from '../../core/index.js';
import type { Front } from '../../serving/index.js';
import { listen } from '../../wire/sockets.js';
import type { ServiceTls } from './port.js';

/** What the HTTP side tells. */
export interface NimHttpOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ServiceTls | undefined;
  readonly isReady: () => boolean;
  readonly metrics: () => string;
  readonly modelInfo: string;
}

/** Version of the NIM interface that is spoken. */
const API_VERSION = '3.1.0';

const LICENCE = { name: 'Apache License, Version 2.0', path: 'LICENSE', url: 'https://www.apache.org/licenses/LICENSE-2.0' };

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (value: object, status = 200): Answer => ({ status, type: 'application/json', body: JSON.stringify(value) });
const health = (status: string, message: string, code = 200): Answer => json({ object: 'health.response', message, status }, code);

type Route = (options: NimHttpOptions) => Answer;

const ROUTES: Readonly<Record<string, Route>> = {
  '/v1/health/live': () => health('live', 'NIM is live'),
  '/v1/health/ready': ({ isReady }) => (isReady() ? health('ready', 'NIM is ready') : health('not ready', 'NIM is not ready', 503)),
  '/v1/metrics': ({ metrics }) => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: metrics() }),
  '/v1/version': () => json({ release: packageVersion(), api: API_VERSION }),
  '/v1/metadata': ({ modelInfo }) =>
    json({
      id: 'ocellus-eye-contact',
      version: packageVersion(),
      licenseInfo: LICENCE,
      modelInfo: [{ modelUrl: '', shortName: modelInfo }],
      assetInfo: [],
      repository_override: '',
    }),
  '/v1/manifest': ({ modelInfo }) => json({ manifest_file: '', repository: 'ocellus', profiles: [{ id: 'cpu', model: modelInfo }] }),
  '/v1/license': () => json(LICENCE),
};

function reply(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) });
  response.end(body);
}

function answer(method: string | undefined, url: string | undefined, options: NimHttpOptions): Answer {
  const path = (url ?? '/').split('?')[0]!;
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!route) return json({ error: `there is no ${path}; there are ${Object.keys(ROUTES).join(', ')}` }, 404);
  return method === 'GET' || method === 'HEAD' ? route(options) : json({ error: `${path} takes GET` }, 405);
}

/** Lets answers under way end, for up to `graceMs`. Connections that wait for a next request are closed at once. */
function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Serves health, metrics and metadata as a NIM does. With certificates it speaks HTTPS, but asks no client for one: probes have none.
 * @throws Fault UNAVAILABLE when the address is not to be had
 */
export async function openNimHttp(options: NimHttpOptions): Promise<Front> {
  const { host, port, tls } = options;
  const listener: RequestListener = (request, response) => {
    request.resume();
    reply(response, answer(request.method, request.url, options));
  };
  const server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }, listener) : createServer(listener);
  const bound = await listen(server, host, port);
  return { host, port: bound, close: (graceMs) => close(server, graceMs) };
}
