import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a {@link FileServer} answers for one path. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly etag?: string;
  /** Answers `Range`; true when absent. */
  readonly ranges?: boolean;
  /** Says the size; true when absent. */
  readonly length?: boolean;
  /** Status of the answer to request number `count` (from 1) for this path, where it is no plain success. */
  status?(count: number): number | undefined;
  /** Bytes after which the connection of request number `count` is cut. */
  cutAfter?(count: number): number | undefined;
  /** Bytes after which request number `count` falls silent with its connection open. */
  stallAfter?(count: number): number | undefined;
}

/** One request as it came. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes of the body that were handed to the socket. */
  sentBytes: number;
  /** Resolves when the answer is over, or the client has gone. */
  readonly closed: Promise<void>;
}

/** A real HTTP server on loopback that serves files as badly as it is told. */
export interface FileServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string;
  readonly requests: SeenRequest[];
  serve(path: string, file: ServedFile): void;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

function answerOf(file: ServedFile, request: IncomingMessage): Answer {
  const { bytes, etag, ranges = true, length = true } = file;
  const headers: Record<string, string> = { ...(etag ? { etag } : {}), ...(ranges ? { 'accept-ranges': 'bytes' } : {}) };
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const unchanged = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  if (!ranges || !range || !unchanged)
    return { status: 200, headers: { ...headers, ...(length ? { 'content-length': `${bytes.length}` } : {}) }, body: bytes };
  const start = Number(range[1]);
  if (start >= bytes.length) return { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes.length}` }, body: new Uint8Array(0) };
  const body = bytes.subarray(start);
  const contentRange = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, headers: { ...headers, 'content-length': `${body.length}`, 'content-range': contentRange }, body };
}

const write = (response: ServerResponse, bytes: Uint8Array): Promise<void> => new Promise((resolve) => response.write(bytes, () => resolve()));

async function send(
  response: ServerResponse,
  answer: Answer,
  seen: SeenRequest,
  cutAfter: number | undefined,
  stallAfter: number | undefined,
): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  const until = Math.min(cutAfter ?? Infinity, stallAfter ?? Infinity, answer.body.length);
  for (let at = 0; at < until && !response.destroyed; at += 16_384) {
    const piece = answer.body.subarray(at, Math.min(until, at + 16_384));
    await write(response, piece);
    seen.sentBytes += piece.length;
  }
  if (cutAfter !== undefined && cutAfter < answer.body.length) response.destroy();
  else if (stallAfter === undefined) response.end();
}

/** Starts one; it ends with `await using` or `[Symbol.asyncDispose]()`. */
export async function openFileServer(): Promise<FileServer> {
  const files = new Map<string, ServedFile>();
  const counts = new Map<string, number>();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const seen: SeenRequest = { path, headers: request.headers, sentBytes: 0, closed };
    requests.push(seen);
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const file = files.get(path);
    const status = file ? file.status?.(count) : 404;
    if (!file || status !== undefined) return void response.writeHead(status ?? 404).end();
    void send(response, answerOf(file, request), seen, file.cutAfter?.(count), file.stallAfter?.(count));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    serve: (path, file) => void files.set(path, file),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address on loopback where nobody listens: a port that was free a moment ago. */
export async function closedOrigin(): Promise<string> {
  const server = await openFileServer();
  await server[Symbol.asyncDispose]();
  return server.origin;
}
