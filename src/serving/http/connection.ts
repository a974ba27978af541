import type { Socket } from 'node:net';
import { Fault } from '../../core/index.js';
import { encodeHttpError, HEADER_LENGTH } from '../../wire/index.js';
import { type Body, bodyReader, type BodyReader, NO_BODY } from './body-reader.js';
import { Exchange } from './exchange.js';
import { HttpInferCodec } from './infer-codec.js';
import { parseRequestHead, type RequestHead } from './request-head.js';
import { headerLine, responseHead } from './response-head.js';

/** What a connection is given. */
export interface ConnectionOptions {
  /** Bytes of the largest body. */
  readonly maxBodyBytes: number;
  /** Answers a request whose head has come; its body may still be on its way. */
  readonly answer: (exchange: Exchange) => void;
  /** Counts on while time passes; see {@link Connection.idleTicks}. */
  readonly tick: () => number;
}

const MAX_HEAD_BYTES = 65_536;
/** A head up to this size is remembered. */
const REMEMBERED_BYTES = 4096;
/** What comes of the next request while one is being answered waits here, and then in the socket. */
const MOST_WAITING_BYTES = 131_072;
/** A client that does not read its answers is given no more of them. */
const MOST_UNREAD_BYTES = 1 << 20;
const END_OF_HEAD = '\r\n\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const CR = 13;
const LF = 10;

const NOTHING = Buffer.alloc(0);
const HEADER = HEADER_LENGTH.toLowerCase();

/** Where the tensors of an inference begin, if the request says so in plain digits; what else it may say is looked at later. */
function headBytesOf({ headers }: RequestHead): number | undefined {
  const text = headers.get(HEADER);
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** A client's connection: its requests one after the other. */
export class Connection {
  #rest: Buffer = NOTHING;
  /** The bytes of the last head and what they say: most clients send the same again and again. */
  #known: { readonly bytes: Buffer; readonly head: RequestHead } | undefined;
  #exchange: Exchange | undefined;
  #reader: BodyReader | undefined;
  #consuming = false;
  #closing = false;
  #paused = false;
  #gone: AbortController | undefined;
  #lastTick: number;
  /** Reads and writes this connection's inferences. */
  readonly codec = new HttpInferCodec();

  constructor(
    readonly socket: Socket,
    readonly options: ConnectionOptions,
  ) {
    this.#lastTick = options.tick();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#consume());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#ended());
  }

  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    if (!this.#gone) {
      this.#gone = new AbortController();
      if (this.socket.destroyed) this.#abort();
    }
    return this.#gone.signal;
  }

  /** Since when nothing came while something should have: 0 while a request is being answered. */
  get idleTicks(): number {
    return this.#exchange && !this.#reader ? 0 : this.options.tick() - this.#lastTick;
  }

  /** Whether a request has begun to come and is not whole. */
  get midway(): boolean {
    return this.#reader !== undefined || this.#rest.byteLength > 0;
  }

  /** Carries no further request; the one under way is answered. */
  close(): void {
    this.#closing = true;
    if (!this.#exchange) this.socket.end();
  }

  /** The answer under way ends with the connection. */
  endsWithAnswer(): void {
    this.#closing = true;
  }

  /** Whether the answer under way may be followed by another. */
  get keepsOn(): boolean {
    return !this.#closing && (this.#exchange?.head.keepAlive ?? false);
  }

  /** The answer is written: goes on to the next request once the body has come. */
  answered(): void {
    this.#reader?.drop();
    if (!this.#reader) this.#over();
    if (!this.#consuming) this.#consume();
  }

  #over(): void {
    if (!this.keepsOn) this.#closing = true;
    this.#exchange = undefined;
    this.#lastTick = this.options.tick();
    if (this.#closing) this.socket.end();
  }

  #take(chunk: Buffer): void {
    if (this.#closing && !this.#exchange) return;
    this.#lastTick = this.options.tick();
    this.#rest = this.#rest.byteLength === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#consume();
  }

  /** Takes what has come, as far as it can be taken now. */
  #consume(): void {
    this.#consuming = true;
    try {
      while (this.#rest.byteLength > 0 && (!this.#closing || this.#reader) && this.#step());
    } catch (error) {
      this.#refuse(error);
    }
    this.#consuming = false;
    const full = this.#rest.byteLength >= MOST_WAITING_BYTES;
    if (full === this.#paused) return;
    this.#paused = full;
    if (full) this.socket.pause();
    else this.socket.resume();
  }

  /** False when there is nothing to do but to wait. */
  #step(): boolean {
    if (this.#reader) {
      this.#rest = this.#rest.subarray(this.#reader.push(this.#rest));
      if (!this.#reader.done) return true;
      const body = this.#reader.body();
      this.#reader = undefined;
      if (this.#exchange!.ended) this.#over();
      else this.#exchange!.take(body);
      return true;
    }
    if (this.#exchange || this.socket.writableLength > MOST_UNREAD_BYTES) return false;
    const head = this.#readHead();
    if (!head) return false;
    this.#begin(head);
    return true;
  }

  #readHead(): RequestHead | undefined {
    const known = this.#known;
    const size = known?.bytes.byteLength ?? 0;
    if (known && this.#rest.byteLength >= size && this.#rest.compare(known.bytes, 0, size, 0, size) === 0) {
      this.#rest = this.#rest.subarray(size);
      return known.head;
    }
    // An empty line before a request is no part of it.
    while (this.#rest[0] === CR && this.#rest[1] === LF) this.#rest = this.#rest.subarray(2);
    const end = this.#rest.indexOf(END_OF_HEAD, 0, 'latin1');
    if (end < 0 ? this.#rest.byteLength > MAX_HEAD_BYTES : end > MAX_HEAD_BYTES)
      throw new Fault('INVALID_ARGUMENT', 'the head of the request is longer than 64 KiB');
    if (end < 0) return undefined;
    const head = parseRequestHead(this.#rest.toString('latin1', 0, end));
    const whole = this.#rest.subarray(0, end + END_OF_HEAD.length);
    if (whole.byteLength <= REMEMBERED_BYTES) this.#known = { bytes: Buffer.from(whole), head };
    this.#rest = this.#rest.subarray(whole.byteLength);
    return head;
  }

  #begin(head: RequestHead): void {
    const exchange = new Exchange(this, head);
    this.#exchange = exchange;
    const { length } = head;
    if (length !== undefined && length <= this.#rest.byteLength) {
      exchange.take(length === 0 ? NO_BODY : wholeOf(this.#rest.subarray(0, length)));
      this.#rest = this.#rest.subarray(length);
    } else {
      this.#reader = bodyReader(length, this.options.maxBodyBytes, headBytesOf(head));
      if (head.waits && this.#rest.byteLength === 0) this.socket.write(CONTINUE);
    }
    this.options.answer(exchange);
  }

  /** What is no HTTP has no place to go on from. */
  #refuse(error: unknown): void {
    const { status, body } = encodeHttpError(error);
    this.#closing = true;
    this.#reader = undefined;
    const exchange = this.#exchange;
    if (exchange) {
      exchange.fail(error);
      this.#exchange = undefined;
    } else {
      const lines = headerLine('Content-Type', 'application/json') + headerLine('Content-Length', Buffer.byteLength(body));
      this.socket.write(responseHead(status, lines, false) + body);
    }
    // Whoever still sends is not cut off at once, which could overtake the answer.
    this.socket.end();
  }

  #abort(): void {
    this.#gone!.abort(new Fault('CANCELLED', 'the client closed the connection'));
  }

  #ended(): void {
    this.#rest = NOTHING;
    this.#closing = true;
    const exchange = this.#exchange;
    exchange?.broke(new Fault('CANCELLED', 'the client closed the connection'));
    if (this.#gone) this.#abort();
  }
}

const wholeOf = (bytes: Uint8Array): Body => ({ head: bytes, tail: NOTHING });
