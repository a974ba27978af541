import type { ConnectionOptions } from 'node:tls';
import { Fault, throwIfAborted } from '../../core/index.js';
import type { ServerAddress } from '../server-address.js';
import { BodyQueue } from './body-queue.js';
import { decompress } from './compression.js';
import type { ReadHead } from './response-reader.js';
import { encodeRequest, SocketConnection, type ExchangeEvents } from './socket-connection.js';
import type { HttpAnswer, HttpRequest, HttpStreamAnswer, HttpTransport } from './transport.js';

/** How the transport connects. */
export interface SocketTransportOptions {
  /** Connections at most; further exchanges wait for one. 128 when absent. */
  readonly connections?: number;
  /** Certificates of the server's authority (`ca`), and, for mutual TLS, the client's own (`cert`, `key`). */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'>;
}

/** A whole body: a view of what came when it came in one piece, else one array made for it. */
class WholeBody {
  #pieces: Uint8Array[] = [];
  #bytes: Uint8Array | undefined;
  #at = 0;

  constructor(readonly length: number | undefined) {}

  push(piece: Uint8Array): void {
    if (this.length === undefined || piece.byteLength === this.length) this.#pieces.push(piece);
    else {
      this.#bytes ??= new Uint8Array(this.length);
      this.#bytes.set(piece, this.#at);
      this.#at += piece.byteLength;
    }
  }

  finish(): Uint8Array {
    if (this.#bytes) return this.#bytes;
    return this.#pieces.length === 1 ? this.#pieces[0]! : new Uint8Array(Buffer.concat(this.#pieces));
  }
}

class SocketTransport implements HttpTransport {
  readonly #idle: SocketConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #busy = new Set<SocketConnection>();
  #emptied: (() => void) | undefined;
  #closed = false;

  constructor(
    readonly address: ServerAddress,
    readonly options: SocketTransportOptions,
  ) {}

  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    return this.prepare(request)();
  }

  prepare({ signal, ...request }: HttpRequest): () => Promise<HttpAnswer> {
    const pieces = encodeRequest(request, this.address);
    return async () => {
      const { head, body } = await this.#wholeAnswer(this.#idleNow(signal) ?? (await this.#take(signal)), pieces, signal);
      const { status, header } = head;
      const encoding = header('content-encoding');
      return { status, header, body: encoding === undefined ? body : await decompress(body, encoding) };
    };
  }

  #wholeAnswer(
    connection: SocketConnection,
    pieces: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly head: ReadHead; readonly body: Uint8Array }> {
    return new Promise((resolve, reject) => {
      let head: ReadHead;
      let body: WholeBody;
      this.#start(connection, pieces, signal, {
        head(read) {
          head = read;
          body = new WholeBody(read.length);
        },
        data: (piece) => body.push(piece),
        end: () => resolve({ head, body: body.finish() }),
        failed: reject,
      });
    });
  }

  async stream({ signal, ...request }: HttpRequest): Promise<HttpStreamAnswer> {
    const pieces = encodeRequest(request, this.address);
    const connection = await this.#take(signal);
    const queue = new BodyQueue(connection);
    return new Promise((resolve, reject) => {
      this.#start(connection, pieces, signal, {
        head: ({ status, header }) => resolve({ status, header, body: queue }),
        data: (piece) => queue.push(piece),
        end: () => queue.end(),
        failed(fault) {
          queue.fail(fault);
          reject(fault);
        },
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
    if (this.#busy.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  /** A connection that can be had without waiting for others. */
  #idleNow(signal: AbortSignal | undefined): SocketConnection | undefined {
    throwIfAborted(signal);
    const connection = this.#closed ? undefined : this.#freshIdle();
    if (connection) this.#busy.add(connection);
    return connection;
  }

  /** An idle connection, a new one, or the next to fall idle. */
  async #take(signal: AbortSignal | undefined): Promise<SocketConnection> {
    throwIfAborted(signal);
    while (!this.#closed && this.#busy.size >= (this.options.connections ?? 128)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (signal?.aborted) this.#waiting.shift()?.();
      throwIfAborted(signal);
    }
    if (this.#closed) throw new Fault('UNAVAILABLE', 'the client is closed; create another');
    const connection = this.#freshIdle() ?? new SocketConnection(this.address, this.options.tls);
    this.#busy.add(connection);
    return connection;
  }

  #freshIdle(): SocketConnection | undefined {
    const nowMs = performance.now();
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.usable && nowMs - connection.idleSinceMs < connection.keptForMs) return connection;
      connection.close();
    }
    return undefined;
  }

  #start(connection: SocketConnection, pieces: readonly Uint8Array[], signal: AbortSignal | undefined, events: ExchangeEvents): void {
    const abort = signal && (() => connection.fail(signal.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'stopped by the caller')));
    const over = (): void => {
      if (abort) signal.removeEventListener('abort', abort);
      this.#giveBack(connection);
    };
    if (abort) signal.addEventListener('abort', abort, { once: true });
    connection.start(pieces, {
      head: events.head,
      data: events.data,
      end() {
        over();
        events.end();
      },
      failed(fault) {
        over();
        events.failed(fault);
      },
    });
  }

  #giveBack(connection: SocketConnection): void {
    this.#busy.delete(connection);
    if (connection.usable && !this.#closed) {
      connection.rest(performance.now());
      this.#idle.push(connection);
    } else connection.close();
    this.#waiting.shift()?.();
    if (this.#busy.size === 0) this.#emptied?.();
  }
}

/** Carries requests over sockets of its own, kept alive: the transport of Node. Nothing is connected yet. */
export const createSocketTransport = (address: ServerAddress, options: SocketTransportOptions = {}): HttpTransport =>
  new SocketTransport(address, options);
