import type { Socket } from 'node:net';
import { Fault } from '../../../core/index.js';
import { FrameWriter } from './frame-writer.js';
import {
  DEFAULT_FRAME_BYTES,
  DEFAULT_WINDOW_BYTES,
  FLAG,
  FRAME,
  HEAD_BYTES,
  MAX_WINDOW_BYTES,
  numbersFrame,
  PREFACE,
  REASON,
  SETTING,
  settingsFrame,
  writeFrameHead,
} from './frames.js';
import { HpackDecoder } from './hpack.js';
import { readRequestHead, type RequestHead } from './request-head.js';
import { ResetBudget } from './reset-budget.js';
import { Stream } from './stream.js';

/** What a connection is given. */
export interface ConnectionOptions {
  /** Bytes that a peer may send ahead on one stream. */
  readonly windowBytes: number;
  /** Bytes of the largest frame that is taken. */
  readonly frameBytes: number;
  /** Takes a request whose headers have come; sets the stream's `events`. */
  readonly onStream: (stream: Stream) => void;
}

const MAX_STREAMS = 1024;
const MAX_HEADER_BYTES = 65_536;
/** Over so much that a peer does not read, its streams wait. */
const CONGESTED_BYTES = 4 << 20;
/** A peer that sends pings and settings and reads no answers is cut off. */
const MOST_UNREAD_BYTES = 64 << 20;
/** The window of the whole connection is filled up again after so much. */
const CONNECTION_REFILL_BYTES = 1 << 30;

/** Ends a connection with a reason of HTTP/2. */
class ConnectionError extends Error {
  constructor(
    readonly reason: number,
    message: string,
  ) {
    super(message);
  }
}

const stop = (reason: number, why: string): never => {
  throw new ConnectionError(reason, why);
};

/** One client's connection over HTTP/2: frames in, frames out, and the streams between. */
export class Connection {
  readonly writer: FrameWriter;
  /** Bytes that may still be sent on all streams. */
  sendWindow = DEFAULT_WINDOW_BYTES;
  /** Content of the largest frame that the peer takes. */
  maxFrameBytes = DEFAULT_FRAME_BYTES;
  /** Streams that wait for a window. */
  readonly blocked = new Set<Stream>();
  /** After so many bytes dealt with, a stream's window is filled up again. */
  readonly refillBytes: number;
  /** For whoever works with the streams: what never aborted may serve the next, since making one costs more than the rest of a small call. */
  readonly idleSignals: AbortController[] = [];
  readonly #streams = new Map<number, Stream>();
  readonly #hpack = new HpackDecoder();
  /** The last header block and what it says: a client's calls mostly have the same. */
  #known: { readonly bytes: Buffer; readonly version: number; readonly head: RequestHead } | undefined;
  readonly #resets = new ResetBudget();
  #rest: Buffer | undefined;
  #greeted = false;
  /** A DATA frame whose content is coming. */
  #data: { readonly stream: Stream | undefined; readonly endStream: boolean; left: number; padding: number } | undefined;
  /** A header block that is coming in several frames. */
  #block: { readonly id: number; readonly endStream: boolean; readonly pieces: Buffer[]; size: number } | undefined;
  #peerWindow = DEFAULT_WINDOW_BYTES;
  #received = 0;
  #lastId = 0;
  #closing = false;
  #pong: (() => void) | undefined;

  constructor(
    readonly socket: Socket,
    readonly options: ConnectionOptions,
  ) {
    this.writer = new FrameWriter(socket);
    this.refillBytes = options.windowBytes / 2;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#ended());
    this.writer.write(
      settingsFrame([
        [SETTING.INITIAL_WINDOW_SIZE, options.windowBytes],
        [SETTING.MAX_FRAME_SIZE, options.frameBytes],
        [SETTING.MAX_CONCURRENT_STREAMS, MAX_STREAMS],
        [SETTING.MAX_HEADER_LIST_SIZE, MAX_HEADER_BYTES],
      ]),
    );
    this.writer.write(numbersFrame(FRAME.WINDOW_UPDATE, 0, 0, MAX_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
  }

  /** Whether the peer reads so slowly that writers should wait. */
  get congested(): boolean {
    return this.writer.waitingBytes > CONGESTED_BYTES;
  }

  /** Takes no new streams; ends with the last of those under way. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.writer.write(numbersFrame(FRAME.GOAWAY, 0, 0, this.#lastId, REASON.NO_ERROR));
    this.#endIfDone();
  }

  /** Asks whether the peer still lives. */
  ping(answered: () => void): void {
    this.#pong = answered;
    this.writer.write(numbersFrame(FRAME.PING, 0, 0, 0, 0));
  }

  /** The answer of a stream is whole. */
  finished(stream: Stream): void {
    if (stream.remoteEnded) this.forget(stream);
  }

  /** A stream is over. */
  forget(stream: Stream, fault?: Fault): void {
    if (!this.#streams.delete(stream.id)) return;
    stream.over(fault);
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#closing || this.#streams.size > 0) return;
    this.writer.flush();
    this.socket.end();
  }

  #drained(): void {
    if (this.congested) return;
    for (const stream of this.#streams.values()) stream.wake();
  }

  #ended(): void {
    this.#rest = undefined;
    this.#closing = true;
    const fault = new Fault('CANCELLED', 'the client closed the call');
    for (const stream of this.#streams.values()) this.forget(stream, fault);
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = undefined;
    try {
      const used = this.#consume(bytes);
      if (used < bytes.byteLength) this.#rest = used === 0 ? bytes : bytes.subarray(used);
      if (this.writer.waitingBytes > MOST_UNREAD_BYTES && this.#streams.size === 0) stop(REASON.ENHANCE_YOUR_CALM, 'answers are not read');
    } catch (error) {
      this.#fail(error instanceof ConnectionError ? error.reason : error instanceof Fault ? REASON.COMPRESSION_ERROR : REASON.INTERNAL_ERROR);
    }
  }

  #fail(reason: number): void {
    this.writer.write(numbersFrame(FRAME.GOAWAY, 0, 0, this.#lastId, reason));
    this.writer.flush();
    this.#closing = true;
    this.socket.removeAllListeners('data');
    this.socket.end();
    this.socket.resume();
    this.#ended();
  }

  /** Takes what is whole of `bytes` and answers how many that are. */
  #consume(bytes: Buffer): number {
    let at = this.#greeted ? 0 : this.#greet(bytes);
    if (!this.#greeted) return 0;
    while (at < bytes.byteLength) {
      if (this.#data) {
        at += this.#content(bytes, at);
        continue;
      }
      if (bytes.byteLength - at < HEAD_BYTES) return at;
      const length = bytes.readUIntBE(at, 3);
      const type = bytes[at + 3]!;
      const flags = bytes[at + 4]!;
      const id = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      if (length > this.options.frameBytes) stop(REASON.FRAME_SIZE_ERROR, `a frame of ${length} bytes`);
      if (this.#block && (type !== FRAME.CONTINUATION || id !== this.#block.id)) stop(REASON.PROTOCOL_ERROR, 'a header block is broken up');
      const from = at + HEAD_BYTES;
      if (type === FRAME.DATA) {
        const padded = (flags & FLAG.PADDED) !== 0;
        if (padded && bytes.byteLength === from) return at;
        this.#beginData(id, length, padded ? bytes[from]! + 1 : 0, (flags & FLAG.END_STREAM) !== 0);
        at = padded ? from + 1 : from;
        if (this.#data) this.#endData();
        continue;
      }
      // Known frames are short, but for header blocks; what is not known is passed over.
      if (length > MAX_HEADER_BYTES) stop(REASON.ENHANCE_YOUR_CALM, `a frame of type ${type} of ${length} bytes`);
      if (bytes.byteLength - from < length) return at;
      this.#frame(type, flags, id, bytes.subarray(from, from + length));
      at = from + length;
    }
    return at;
  }

  #greet(bytes: Buffer): number {
    const size = Math.min(bytes.byteLength, PREFACE.byteLength);
    if (bytes.compare(PREFACE, 0, size, 0, size) !== 0) stop(REASON.PROTOCOL_ERROR, 'this is no HTTP/2');
    this.#greeted = size === PREFACE.byteLength;
    return size;
  }

  /** @param padding with the byte that tells of it, which is taken already */
  #beginData(id: number, length: number, padding: number, endStream: boolean): void {
    if (id === 0 || id > this.#lastId) stop(REASON.PROTOCOL_ERROR, 'data of no stream');
    if (padding > length) stop(REASON.PROTOCOL_ERROR, 'more padding than content');
    this.#received += length;
    if (this.#received >= CONNECTION_REFILL_BYTES) {
      this.writer.write(numbersFrame(FRAME.WINDOW_UPDATE, 0, 0, this.#received));
      this.#received = 0;
    }
    const found = this.#streams.get(id);
    const stream = found?.remoteEnded ? undefined : found;
    if (stream) {
      stream.receiveWindow -= length;
      if (stream.receiveWindow < 0) stop(REASON.FLOW_CONTROL_ERROR, 'more data than the window has room for');
      if (padding > 0) stream.consumed(padding);
    }
    const behind = Math.max(0, padding - 1);
    this.#data = { stream, endStream, left: length - padding, padding: behind };
  }

  /** Content of the DATA frame, as much of it as has come. */
  #content(bytes: Buffer, at: number): number {
    const data = this.#data!;
    if (data.left > 0) {
      const end = Math.min(bytes.byteLength, at + data.left);
      data.left -= end - at;
      const { stream } = data;
      if (stream && !stream.closed) stream.events?.data(bytes.subarray(at, end));
      this.#endData();
      return end - at;
    }
    const size = Math.min(bytes.byteLength - at, data.padding);
    data.padding -= size;
    this.#endData();
    return size;
  }

  #endData(): void {
    const { stream, endStream, left, padding } = this.#data!;
    if (left > 0 || padding > 0) return;
    this.#data = undefined;
    if (stream && endStream) this.#remoteEnded(stream);
  }

  #remoteEnded(stream: Stream): void {
    if (stream.closed) return;
    stream.remoteEnded = true;
    stream.events?.end();
    if (stream.localEnded && !this.blocked.has(stream)) this.forget(stream);
  }

  #frame(type: number, flags: number, id: number, content: Buffer): void {
    if (type === FRAME.HEADERS) this.#headers(flags, id, content);
    else if (type === FRAME.CONTINUATION) this.#continuation(flags, content);
    else if (type === FRAME.RST_STREAM) this.#reset(id, content);
    else if (type === FRAME.SETTINGS) this.#settings(flags, id, content);
    else if (type === FRAME.PING) this.#pinged(flags, id, content);
    else if (type === FRAME.WINDOW_UPDATE) this.#window(id, content);
    else if (type === FRAME.PUSH_PROMISE) stop(REASON.PROTOCOL_ERROR, 'a client pushes nothing');
    else if (type === FRAME.GOAWAY && id !== 0) stop(REASON.PROTOCOL_ERROR, 'GOAWAY of a stream');
  }

  #headers(flags: number, id: number, content: Buffer): void {
    if (id === 0 || id % 2 === 0) stop(REASON.PROTOCOL_ERROR, `headers of stream ${id}`);
    let from = 0;
    let to = content.byteLength;
    if (flags & FLAG.PADDED) {
      from = 1;
      to -= content[0] ?? 0;
    }
    if (flags & FLAG.PRIORITY) from += 5;
    if (from > to) stop(REASON.PROTOCOL_ERROR, 'more padding than content');
    const endStream = (flags & FLAG.END_STREAM) !== 0;
    const block = content.subarray(from, to);
    if (flags & FLAG.END_HEADERS) this.#request(id, block, endStream);
    else this.#block = { id, endStream, pieces: [Buffer.from(block)], size: block.byteLength };
  }

  #continuation(flags: number, content: Buffer): void {
    const block = this.#block ?? stop(REASON.PROTOCOL_ERROR, 'a continuation of nothing');
    block.size += content.byteLength;
    if (block.size > MAX_HEADER_BYTES || content.byteLength === 0) stop(REASON.ENHANCE_YOUR_CALM, 'a header block without an end');
    block.pieces.push(Buffer.from(content));
    if (!(flags & FLAG.END_HEADERS)) return;
    this.#block = undefined;
    this.#request(block.id, Buffer.concat(block.pieces), block.endStream);
  }

  #request(id: number, block: Buffer, endStream: boolean): void {
    if (id <= this.#lastId) {
      // Trailers of a request say nothing here, but the table of headers must follow.
      this.#hpack.decode(block);
      const stream = this.#streams.get(id);
      if (!stream) return;
      if (!endStream || stream.remoteEnded) stop(REASON.PROTOCOL_ERROR, 'headers in the middle of a request');
      this.#remoteEnded(stream);
      return;
    }
    this.#lastId = id;
    const head = this.#headOf(block);
    const refusal =
      head === undefined ? REASON.PROTOCOL_ERROR : this.#closing || this.#streams.size >= MAX_STREAMS ? REASON.REFUSED_STREAM : undefined;
    if (refusal !== undefined || head === undefined) {
      this.#spend();
      this.writer.write(numbersFrame(FRAME.RST_STREAM, 0, id, refusal ?? REASON.PROTOCOL_ERROR));
      return;
    }
    const stream = new Stream(this, id, head, { send: this.#peerWindow, receive: this.options.windowBytes });
    this.#streams.set(id, stream);
    this.options.onStream(stream);
    if (endStream) this.#remoteEnded(stream);
  }

  #headOf(block: Buffer): RequestHead | undefined {
    const known = this.#known;
    const { version } = this.#hpack;
    if (known && known.version === version && known.bytes.equals(block)) return known.head;
    const headers = this.#hpack.decode(block);
    try {
      const head = readRequestHead(headers);
      // A block that changes the table means something else the next time.
      if (this.#hpack.version === version) this.#known = { bytes: Buffer.from(block), version, head };
      return head;
    } catch {
      return undefined;
    }
  }

  #spend(): void {
    if (!this.#resets.spend(performance.now())) stop(REASON.ENHANCE_YOUR_CALM, 'too many requests that are given up');
  }

  #reset(id: number, content: Buffer): void {
    if (content.byteLength !== 4) stop(REASON.FRAME_SIZE_ERROR, 'RST_STREAM');
    if (id === 0 || id > this.#lastId) stop(REASON.PROTOCOL_ERROR, 'RST_STREAM of no stream');
    const stream = this.#streams.get(id);
    if (!stream) return;
    this.#spend();
    this.forget(stream, new Fault('CANCELLED', 'the client cancelled the call'));
  }

  #settings(flags: number, id: number, content: Buffer): void {
    if (id !== 0) stop(REASON.PROTOCOL_ERROR, 'SETTINGS of a stream');
    if (content.byteLength % 6 !== 0) stop(REASON.FRAME_SIZE_ERROR, 'SETTINGS');
    if (flags & FLAG.ACK) return;
    for (let at = 0; at < content.byteLength; at += 6) this.#setting(content.readUInt16BE(at), content.readUInt32BE(at + 2));
    const ack = Buffer.allocUnsafe(HEAD_BYTES);
    writeFrameHead(ack, 0, 0, FRAME.SETTINGS, FLAG.ACK, 0);
    this.writer.write(ack);
  }

  #setting(setting: number, value: number): void {
    if (setting === SETTING.MAX_FRAME_SIZE) {
      if (value < DEFAULT_FRAME_BYTES || value > 2 ** 24 - 1) stop(REASON.PROTOCOL_ERROR, 'SETTINGS_MAX_FRAME_SIZE');
      this.maxFrameBytes = value;
    } else if (setting === SETTING.INITIAL_WINDOW_SIZE) {
      if (value > MAX_WINDOW_BYTES) stop(REASON.FLOW_CONTROL_ERROR, 'SETTINGS_INITIAL_WINDOW_SIZE');
      for (const stream of this.#streams.values()) stream.sendWindow += value - this.#peerWindow;
      this.#peerWindow = value;
      this.#unblock();
    }
  }

  #pinged(flags: number, id: number, content: Buffer): void {
    if (id !== 0) stop(REASON.PROTOCOL_ERROR, 'PING of a stream');
    if (content.byteLength !== 8) stop(REASON.FRAME_SIZE_ERROR, 'PING');
    if (flags & FLAG.ACK) {
      this.#pong?.();
      return;
    }
    const pong = Buffer.allocUnsafe(HEAD_BYTES + 8);
    pong.set(content, writeFrameHead(pong, 0, 8, FRAME.PING, FLAG.ACK, 0));
    this.writer.write(pong);
  }

  #window(id: number, content: Buffer): void {
    if (content.byteLength !== 4) stop(REASON.FRAME_SIZE_ERROR, 'WINDOW_UPDATE');
    const more = content.readUInt32BE(0) & 0x7fffffff;
    if (id === 0) {
      if (more === 0) stop(REASON.PROTOCOL_ERROR, 'a window that grows by nothing');
      this.sendWindow += more;
      if (this.sendWindow > MAX_WINDOW_BYTES) stop(REASON.FLOW_CONTROL_ERROR, 'a window larger than there is');
      this.#unblock();
      return;
    }
    if (id > this.#lastId) stop(REASON.PROTOCOL_ERROR, 'WINDOW_UPDATE of no stream');
    const stream = this.#streams.get(id);
    if (!stream) return;
    stream.sendWindow += more;
    if (more === 0 || stream.sendWindow > MAX_WINDOW_BYTES) stream.reset(more === 0 ? REASON.PROTOCOL_ERROR : REASON.FLOW_CONTROL_ERROR);
    else if (this.blocked.has(stream)) stream.pump();
  }

  #unblock(): void {
    for (const stream of this.blocked) stream.pump();
  }
}
