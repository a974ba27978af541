import { Fault, fail } from '../../core/index.js';
import { encodeHttpError, HEADER_LENGTH, type HttpBody, joined, type JsonObject, parseJson } from '../../wire/index.js';
import { type Body, wholeBody } from './body-reader.js';
import { type BodyEncoding, packBody } from './compression.js';
import type { Connection } from './connection.js';
import type { HttpInferCodec } from './infer-codec.js';
import type { RequestHead } from './request-head.js';
import { headerLine, responseHead } from './response-head.js';

const JOIN_BELOW_BYTES = 65_536;
const EMPTY: JsonObject = new Map();
const NO_CHUNKS: readonly Uint8Array[] = [];

/** What became of an exchange. */
export interface ExchangeEnd {
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
  /** False when the connection went before the answer was whole. */
  readonly complete: boolean;
}

/** A request and its answer, in the terms of this protocol. */
export class Exchange {
  #body: Body | undefined;
  #waiting: { resolve(body: Body): void; reject(fault: Fault): void } | undefined;
  #broken: Fault | undefined;
  #lines = '';
  #status = 0;
  #bytes = 0;
  #state: 'waiting' | 'streaming' | 'ended' = 'waiting';
  /** Told once, when the answer is written or can be no more. */
  onEnd: ((end: ExchangeEnd) => void) | undefined;

  constructor(
    readonly connection: Connection,
    readonly head: RequestHead,
  ) {}

  get path(): string {
    return this.head.path;
  }
  get method(): string {
    return this.head.method;
  }
  get headers(): ReadonlyMap<string, string> {
    return this.head.headers;
  }
  /** Reads and writes inferences; it remembers the last one of the connection. */
  get codec(): HttpInferCodec {
    return this.connection.codec;
  }
  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    return this.connection.signal;
  }
  /** Whether the answer has begun. */
  get begun(): boolean {
    return this.#state !== 'waiting';
  }
  /** Whether the answer is whole, or will never be. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** A header by its name in lower case; several of one name are joined. */
  header(name: string): string | undefined {
    return this.head.headers.get(name);
  }

  /** The body has come. For the connection. */
  take(body: Body): void {
    this.#body = body;
    this.#waiting?.resolve(body);
  }

  /** The client is gone. For the connection. */
  broke(fault: Fault): void {
    this.#broken = fault;
    this.#waiting?.reject(fault);
    if (this.#state !== 'ended') this.#end(false);
  }

  /** The body in its parts: at once when it has come. @throws Fault CANCELLED */
  parts(): Body | Promise<Body> {
    if (this.#body) return this.#body;
    return new Promise((resolve, reject) => {
      if (this.#broken) reject(this.#broken);
      else this.#waiting = { resolve, reject };
    });
  }

  /** The whole body: a view of what came where it came in one piece. @throws Fault CANCELLED */
  async body(): Promise<Uint8Array> {
    return wholeBody(await this.parts());
  }

  /** The body as a JSON object; an empty one is an empty object. @throws Fault INTERNAL in Triton's words */
  async json(): Promise<JsonObject> {
    const bytes = await this.body();
    if (bytes.byteLength === 0) return EMPTY;
    const value = parseJson(bytes);
    return value instanceof Map ? (value as JsonObject) : fail('INTERNAL', 'failed to parse the request JSON buffer: attempt to access non-object');
  }

  /** Refuses other methods. @throws Fault METHOD_NOT_ALLOWED */
  only(...methods: readonly string[]): void {
    if (!methods.includes(this.method)) throw new Fault('METHOD_NOT_ALLOWED', 'Method Not Allowed');
  }

  /** Adds a header to the answer, whatever it will be. */
  addHeader(name: string, value: string): void {
    this.#lines += headerLine(name, value);
  }

  /** Answers without a body. */
  reply(status: number): void {
    this.#send(status, status === 204 ? '' : headerLine('Content-Length', 0), NO_CHUNKS, 0);
  }

  /** Answers with JSON text. */
  replyJson(text: string, status = 200): void {
    const bytes = Buffer.from(text);
    this.#send(status, headerLine('Content-Type', 'application/json') + headerLine('Content-Length', bytes.byteLength), [bytes], bytes.byteLength);
  }

  /** Answers with plain text. */
  replyText(text: string): void {
    const bytes = Buffer.from(text);
    this.#send(200, `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${bytes.byteLength}\r\n`, [bytes], bytes.byteLength);
  }

  /** Answers with what the codec made. */
  replyBody({ chunks, sizeBytes, contentType, headerLengthBytes }: HttpBody): void {
    const parts = headerLengthBytes === undefined ? '' : headerLine(HEADER_LENGTH, headerLengthBytes);
    this.#send(200, `Content-Type: ${contentType}\r\n${parts}Content-Length: ${sizeBytes}\r\n`, chunks, sizeBytes);
  }

  /** Answers with what the codec made, packed. */
  async replyPacked({ chunks, contentType, headerLengthBytes }: HttpBody, encoding: BodyEncoding): Promise<void> {
    const packed = await packBody(chunks.length === 1 ? chunks[0]! : joined(chunks), encoding);
    this.addHeader('Content-Encoding', encoding);
    this.replyBody({ chunks: [packed], sizeBytes: packed.byteLength, contentType, ...(headerLengthBytes !== undefined && { headerLengthBytes }) });
  }

  /** Answers with an error, unless an answer has begun: then the connection is cut, which a client cannot take for an end. */
  fail(error: unknown): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'streaming') {
      this.connection.socket.destroy();
      return;
    }
    const { status, body } = encodeHttpError(error);
    this.replyJson(body, status);
  }

  /** Begins an answer of unknown length. */
  begin(contentType: string): void {
    const { connection, head } = this;
    this.#state = 'streaming';
    this.#status = 200;
    if (!head.readsChunks) connection.endsWithAnswer();
    const chunked = head.readsChunks ? headerLine('Transfer-Encoding', 'chunked') : '';
    const lines = `${this.#lines}Content-Type: ${contentType}\r\nCache-Control: no-cache\r\n${chunked}`;
    connection.socket.write(responseHead(200, lines, connection.keepsOn), 'latin1');
  }

  /** Adds to an answer that has begun; resolves once the client can take more. */
  async write(text: string): Promise<void> {
    const { socket } = this.connection;
    if (this.#state !== 'streaming') return;
    const size = Buffer.byteLength(text);
    this.#bytes += size;
    const taken = socket.write(this.head.readsChunks ? `${size.toString(16)}\r\n${text}\r\n` : text);
    if (taken || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  /** Ends an answer that has begun. */
  end(): void {
    if (this.#state !== 'streaming') return;
    if (this.head.readsChunks) this.connection.socket.write('0\r\n\r\n');
    this.#end(true);
    this.connection.answered();
  }

  #send(status: number, lines: string, chunks: readonly Uint8Array[], size: number): void {
    if (this.#state !== 'waiting') return;
    const { socket } = this.connection;
    const head = responseHead(status, this.#lines + lines, this.connection.keepsOn);
    this.#status = status;
    this.#bytes = size;
    if (this.head.method === 'HEAD') socket.write(head, 'latin1');
    else if (size < JOIN_BELOW_BYTES) socket.write(joinedAnswer(head, chunks, size));
    else {
      socket.cork();
      socket.write(head, 'latin1');
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    }
    this.#end(true);
    this.connection.answered();
  }

  #end(complete: boolean): void {
    this.#state = 'ended';
    this.onEnd?.({ status: this.#status, bytes: this.#bytes, complete });
  }
}

function joinedAnswer(head: string, chunks: readonly Uint8Array[], size: number): Buffer {
  const all = Buffer.allocUnsafe(head.length + size);
  let at = all.write(head, 0, 'latin1');
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
