import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Fault, fail } from '../../core/index.js';
import { encodeHttpError, HEADER_LENGTH, type HttpBody, joined, type JsonObject, parseJson } from '../../wire/index.js';
import type { BodyEncoding } from './compression.js';
import { packBody } from './compression.js';

const JOIN_BELOW_BYTES = 65_536;
const EMPTY: JsonObject = new Map();

/** Each connection carries one request at a time, so one signal serves all of them. */
const gone = new WeakMap<Socket, AbortController>();

function signalOf(socket: Socket): AbortSignal {
  const known = gone.get(socket);
  if (known) return known.signal;
  const made = new AbortController();
  gone.set(socket, made);
  socket.once('close', () => made.abort(new Fault('CANCELLED', 'the client closed the connection')));
  return made.signal;
}

/** A request and its answer, in the terms of this protocol. */
export class Exchange {
  readonly path: string;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly maxBodyBytes: number,
  ) {
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    this.path = query < 0 ? url : url.slice(0, query);
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    return signalOf(this.request.socket);
  }

  /** A header by its name in lower case; several of one name are joined. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The whole body: a view of what came where it came in one piece. @throws Fault PAYLOAD_TOO_LARGE, CANCELLED */
  body(): Promise<Uint8Array> {
    const { request, maxBodyBytes } = this;
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      request.on('data', (chunk: Uint8Array) => {
        size += chunk.byteLength;
        if (size > maxBodyBytes) {
          chunks.length = 0;
          reject(new Fault('PAYLOAD_TOO_LARGE', `the request body is larger than ${maxBodyBytes} bytes`));
        } else chunks.push(chunk);
      });
      request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : joined(chunks)));
      request.on('error', () => reject(new Fault('CANCELLED', 'the request broke off')));
      request.on('aborted', () => reject(new Fault('CANCELLED', 'the client closed the connection')));
    });
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

  /** Answers without a body. */
  reply(status: number): void {
    this.response.writeHead(status, { 'Content-Length': '0' });
    this.response.end();
  }

  /** Answers with JSON text. */
  replyJson(text: string, status = 200): void {
    const bytes = Buffer.from(text);
    this.response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': String(bytes.byteLength) });
    this.response.end(bytes);
  }

  /** Answers with what the codec made; packed where the client likes that. */
  async replyBody({ chunks, sizeBytes, contentType, headerLengthBytes }: HttpBody, encoding?: BodyEncoding): Promise<void> {
    const { response } = this;
    const headers: Record<string, string> = { 'Content-Type': contentType };
    if (headerLengthBytes !== undefined) headers[HEADER_LENGTH] = String(headerLengthBytes);
    if (encoding) {
      const packed = await packBody(chunks.length === 1 ? chunks[0]! : joined(chunks), encoding);
      response.writeHead(200, { ...headers, 'Content-Encoding': encoding, 'Content-Length': String(packed.byteLength) });
      response.end(packed);
      return;
    }
    headers['Content-Length'] = String(sizeBytes);
    response.writeHead(200, headers);
    if (chunks.length === 1 || sizeBytes < JOIN_BELOW_BYTES) {
      response.end(chunks.length === 1 ? chunks[0] : joined(chunks));
      return;
    }
    response.cork();
    for (const chunk of chunks) response.write(chunk);
    response.end();
    response.uncork();
  }

  /** Answers with an error, unless an answer has begun: then the connection is cut, which a client cannot take for an end. */
  fail(error: unknown): void {
    const { response } = this;
    if (response.destroyed || response.writableEnded) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, body } = encodeHttpError(error);
    // What is left of the body is of no interest; it must not hold up the connection.
    this.request.resume();
    this.replyJson(body, status);
  }
}
