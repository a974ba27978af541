import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, type ConnectionOptions } from 'node:tls';
import { Fault, fail, toFault } from '../../core/index.js';
import type { ServerAddress } from '../server-address.js';
import { ResponseReader, type ReadHead, type ResponseParts } from './response-reader.js';
import type { HttpRequest } from './transport.js';

/** What became of one exchange; told in order, and nothing after `failed`. */
export interface ExchangeEvents extends ResponseParts {
  failed(fault: Fault): void;
}

const JOIN_BELOW_BYTES = 16_384;
const FORBIDDEN = /[\r\n\0]/;

/** The request's head as it travels. @throws Fault INVALID_ARGUMENT for a header that would break out of its line */
function requestHead({ method, path, headers, chunks }: HttpRequest, { host, port, prefix }: ServerAddress): string {
  let head = `${method} ${prefix}${path} HTTP/1.1\r\nhost: ${host.includes(':') ? `[${host}]` : host}:${port}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (FORBIDDEN.test(name) || FORBIDDEN.test(value) || name.includes(':'))
      fail('INVALID_ARGUMENT', `header "${name}" has a line break or a colon in it`);
    head += `${name}: ${value}\r\n`;
  }
  if (method === 'POST') head += `content-length: ${chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)}\r\n`;
  return `${head}\r\n`;
}

/** A request as it travels, in pieces that follow one another: a small one as one piece, a large one without copying it. @throws Fault INVALID_ARGUMENT */
export function encodeRequest(request: HttpRequest, address: ServerAddress): readonly Uint8Array[] {
  const head = Buffer.from(requestHead(request, address), 'latin1');
  const size = request.chunks.reduce((sum, { byteLength }) => sum + byteLength, head.byteLength);
  return size < JOIN_BELOW_BYTES ? [Buffer.concat([head, ...request.chunks], size)] : [head, ...request.chunks];
}

/** A connection to a server, for one exchange at a time. */
export class SocketConnection {
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  #events: ExchangeEvents | undefined;
  #reusable = false;
  /** When it fell idle. */
  idleSinceMs = 0;
  /** How long the server keeps it idle. */
  keptForMs = Infinity;

  constructor(
    readonly address: ServerAddress,
    tls: ConnectionOptions | undefined,
  ) {
    const { host, port, secure } = address;
    this.#socket = secure ? connectSecure({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, ...tls }) : connectPlain({ host, port });
    this.#socket.setNoDelay(true);
    this.#reader = new ResponseReader({
      head: (head) => this.#head(head),
      data: (piece) => this.#events?.data(piece),
      end: () => this.#end(),
    });
    this.#socket.on('data', (chunk: Uint8Array) => this.#take(chunk));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.fail(toFault(error, 'UNAVAILABLE', `no connection to ${host}:${port}: `)));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => this.fail(new Fault('UNAVAILABLE', `${host}:${port} closed the connection without an answer`)));
  }

  /** Whether it can carry another exchange. */
  get usable(): boolean {
    return this.#reusable && !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  /** Sends a request in its pieces; its answer goes to `events`. */
  start(pieces: readonly Uint8Array[], events: ExchangeEvents): void {
    this.#events = events;
    this.#reusable = false;
    this.#socket.ref();
    if (pieces.length > 1) this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    if (pieces.length > 1) this.#socket.uncork();
  }

  /** Holds the server back. */
  pause(): void {
    this.#socket.pause();
  }
  /** Lets the server go on. */
  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection; an exchange under way fails with `fault`. */
  fail(fault: Fault): void {
    const events = this.#events;
    this.#events = undefined;
    this.#reusable = false;
    this.#socket.destroy();
    events?.failed(fault);
  }

  /** Closes an idle connection. */
  close(): void {
    this.#reusable = false;
    this.#socket.destroy();
  }

  /** While nothing is asked, the connection does not keep the process running. */
  rest(nowMs: number): void {
    this.idleSinceMs = nowMs;
    this.#socket.unref();
  }

  #take(chunk: Uint8Array): void {
    if (!this.#events) return this.close();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.fail(toFault(error));
    }
  }

  #head(head: ReadHead): void {
    this.#reusable = head.keepAlive;
    const seconds = /timeout=(\d+)/.exec(head.header('keep-alive') ?? '')?.[1];
    // A margin, so that a request does not cross the server's close.
    this.keptForMs = seconds === undefined ? Infinity : Number(seconds) * 1000 - 1000;
    this.#events?.head(head);
  }

  #end(): void {
    const events = this.#events;
    this.#events = undefined;
    events?.end();
    if (!this.#reusable) this.#socket.destroy();
  }

  #ended(): void {
    try {
      this.#reader.finish();
    } catch (error) {
      this.fail(toFault(error));
    }
    this.#reusable = false;
  }
}
