import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { type Log, Fault, fail, toFault } from '../../../core/index.js';
import type { LiveFeed } from './live-feed.js';
import { LIVE_PAGE_POLICY, livePage } from './live-page.js';

/** One picture that can be looked at. */
export interface LivePicture {
  readonly name: string;
  readonly feed: LiveFeed;
  readonly state: 'waiting' | 'running' | 'ended';
  readonly width: number;
  readonly height: number;
  /** Whether it is all streams in one picture. */
  readonly wall: boolean;
}

/** What a server shows. */
export interface LiveServerMaterial {
  readonly title: string;
  readonly frameRate: number;
  /** Those of now, in the order of the page. */
  readonly pictures: () => readonly LivePicture[];
  readonly log: Log;
}

/** Between the parts of an endless answer. */
const BOUNDARY = 'ocellus-picture';

const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // Pages of other sites are not to look.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/i;

/** Host and port of `127.0.0.1:8090` or `[::1]:8090`; the host as a URL has it. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  const port = Number(address.slice(at + 1));
  if (port > 65_535) fail('CONFIG_INVALID', `live: port ${port} of ${address} must be from 0 to 65535`);
  return { host: address.slice(0, at), port };
}

/** Serves pictures by HTTP: a page, `/NAME.mjpeg`, `/NAME.jpg`, `/streams.json` and `/healthz`. */
export class LiveServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #leave = new AbortController();
  readonly #page: string;
  #url = '';

  private constructor(
    readonly host: string,
    readonly material: LiveServerMaterial,
  ) {
    this.#page = livePage(material.title);
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#complain(response, error));
    });
  }

  /** @throws Fault OUTPUT_FAILED that names the address when it cannot be served there */
  static async open(address: string, material: LiveServerMaterial): Promise<LiveServer> {
    const { host, port } = splitAddress(address);
    const server = new LiveServer(host, material);
    await server.#listen(address, port);
    return server;
  }

  /** Where the page is; with the port that was taken where 0 was asked for. */
  get url(): string {
    return this.#url;
  }

  async #listen(address: string, port: number): Promise<void> {
    const bare = this.host.replace(/^\[|\]$/g, '');
    try {
      this.#server.listen(port, bare);
      await once(this.#server, 'listening');
      this.#url = `http://${this.host}:${(this.#server.address() as AddressInfo).port}/`;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const causes: Readonly<Record<string, string>> = {
        EADDRINUSE: 'something else listens there; choose another port, or 0 for any that is free',
        EACCES: 'this user may not listen there; choose a port from 1024 on',
        EADDRNOTAVAIL: 'this machine does not have that address',
        ENOTFOUND: 'there is no such host',
      };
      fail('OUTPUT_FAILED', `live pictures cannot be served at ${address}: ${causes[code ?? ''] ?? message}`, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!this.#isOurs(request.headers.host)) return plain(response, 421, 'this address is served under other names only');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return plain(response, 405, 'only GET and HEAD are answered here');
    }
    const [path = '/'] = (request.url ?? '/').split('?');
    if (path === '/') return this.#sendPage(response);
    if (path === '/healthz' || path === '/streams.json') return json(response, path === '/healthz' ? this.#health() : this.#streams());
    const [, name, kind] = /^\/([A-Za-z][A-Za-z0-9_-]*)\.(jpg|mjpeg)$/.exec(path) ?? [];
    const picture = this.material.pictures().find((each) => each.name === name);
    if (!picture) return plain(response, 404, `nothing is here; there are ${this.material.pictures().map((each) => `/${each.name}.jpg`).join(', ')}`); // prettier-ignore
    return kind === 'jpg' ? this.#sendNewest(request, response, picture) : this.#sendAll(request, response, picture);
  }

  /** A page of another site could have its name point at loopback, and so read what is served there. */
  #isOurs(host = ''): boolean {
    const name = host.replace(/:\d*$/, '');
    if (!LOOPBACK.test(this.host)) return true;
    return LOOPBACK.test(name) || (name === '' && isIP(this.host) > 0);
  }

  #sendPage(response: ServerResponse): void {
    response.setHeader('Content-Security-Policy', LIVE_PAGE_POLICY);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(this.#page);
  }

  async #sendNewest(request: IncomingMessage, response: ServerResponse, { feed }: LivePicture): Promise<void> {
    const { version, jpeg } = await feed.newest();
    const tag = `"${version}"`;
    response.setHeader('ETag', tag);
    if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
    response.setHeader('Content-Type', 'image/jpeg');
    response.setHeader('Content-Length', jpeg.length);
    response.end(jpeg);
  }

  /** Each picture when the last one has left this process: what a slow reader cannot take is never made for it. */
  async #sendAll(request: IncomingMessage, response: ServerResponse, { feed }: LivePicture): Promise<void> {
    response.setHeader('Content-Type', `multipart/x-mixed-replace; boundary=${BOUNDARY}`);
    if (request.method === 'HEAD') return void response.end();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#leave.signal]);
    response.write(`--${BOUNDARY}\r\n`);
    for await (const { jpeg } of feed.follow(signal)) {
      response.write(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      // The end of a part shows the picture: without it, browsers wait for the next one.
      if (!response.write(`\r\n--${BOUNDARY}\r\n`)) await once(response, 'drain', { signal }).catch(() => {});
    }
    response.end();
  }

  #streams(): object {
    const streams = this.material.pictures().map(({ name, state, wall, width, height }) => ({ name, state, wall, width, height }));
    return { streams, everyMs: Math.round(1000 / this.material.frameRate) };
  }

  #health(): object {
    const streams = this.material.pictures().filter(({ wall }) => !wall);
    return { status: 'ok', streams: Object.fromEntries(streams.map(({ name, state, feed }) => [name, { state, pictures: feed.version }])) };
  }

  #complain(response: ServerResponse, error: unknown): void {
    const { code, message } = toFault(error, 'INTERNAL');
    if (code !== 'UNAVAILABLE') this.material.log.debug(`a live picture could not be sent: ${message}`);
    if (response.headersSent) return void response.destroy();
    if (code === 'UNAVAILABLE') response.setHeader('Retry-After', '1');
    plain(response, code === 'UNAVAILABLE' ? 503 : 500, error instanceof Fault ? message : 'the picture could not be made');
  }

  /** At once, whoever is connected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave.abort();
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}

function json(response: ServerResponse, value: object): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(value));
}
