import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { mutations, random } from '../../../testing/fuzz.js';
import { openGrpcServer, type GrpcServer } from '../server.js';
import { FLAG, FRAME, frameHead, headersFrames, numbersFrame, PREFACE, REASON, SETTING, settingsFrame } from './frames.js';
import { encodeHeaders } from './hpack.js';

let server: GrpcServer;
before(async () => {
  server = await openGrpcServer({ methods: new Map([['/t.T/Echo', { kind: 'unary', handle: (request) => request }]]) });
});
after(() => server.close(100));

const REQUEST = encodeHeaders([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/t.T/Echo'],
  [':authority', 'a'],
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
]);

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly content: Buffer;
}

/** A client that speaks frames. */
class Peer {
  readonly frames: Frame[] = [];
  #rest = Buffer.alloc(0);
  closed = false;

  constructor(readonly socket: Socket) {
    socket.on('error', () => {}).on('close', () => (this.closed = true));
    socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      while (this.#rest.byteLength >= 9 && this.#rest.byteLength >= 9 + this.#rest.readUIntBE(0, 3)) {
        const end = 9 + this.#rest.readUIntBE(0, 3);
        this.frames.push({ type: this.#rest[3]!, flags: this.#rest[4]!, id: this.#rest.readUInt32BE(5), content: this.#rest.subarray(9, end) });
        this.#rest = this.#rest.subarray(end);
      }
    });
  }

  send(...pieces: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(pieces));
  }

  /** The first frame that suits. */
  async frame(wanted: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(wanted);
      if (found) return found;
      assert.ok(!this.closed, 'the server has closed the connection');
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }

  /** Why the server has given up the connection. */
  async reason(): Promise<number> {
    return (await this.frame(({ type }) => type === FRAME.GOAWAY)).content.readUInt32BE(4);
  }
}

async function open(...settings: readonly (readonly [number, number])[]): Promise<Peer> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const peer = new Peer(socket);
  peer.send(PREFACE, settingsFrame(settings));
  return peer;
}

const message = (size: number): Buffer => {
  const bytes = Buffer.alloc(5 + size, 7);
  bytes[0] = 0;
  bytes.writeUInt32BE(size, 1);
  return bytes;
};

const data = (id: number, content: Uint8Array, flags: number = FLAG.END_STREAM): Buffer =>
  Buffer.concat([frameHead(content.byteLength, FRAME.DATA, flags, id), content]);

const request = (id: number, size: number): Buffer => Buffer.concat([...headersFrames(REQUEST, id, false), data(id, message(size))]);

const isEnd = (id: number) => (frame: Frame) => frame.id === id && frame.type === FRAME.HEADERS && (frame.flags & FLAG.END_STREAM) !== 0;

const contentOf = (peer: Peer, id: number): Buffer =>
  Buffer.concat(peer.frames.filter((frame) => frame.id === id && frame.type === FRAME.DATA).map(({ content }) => content));

test('an answer waits for the window of its stream and of the connection', async () => {
  const peer = await open([SETTING.INITIAL_WINDOW_SIZE, 10]);
  peer.send(request(1, 100_000));
  await peer.frame(({ type }) => type === FRAME.DATA);
  assert.equal(contentOf(peer, 1).byteLength, 10);
  peer.send(numbersFrame(FRAME.WINDOW_UPDATE, 0, 1, 1_000_000));
  while (contentOf(peer, 1).byteLength < 65_535) await once(peer.socket, 'data');
  assert.equal(contentOf(peer, 1).byteLength, 65_535);
  // A larger initial window counts for streams that are open; the connection's own holds back still.
  peer.send(settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 100]]), numbersFrame(FRAME.WINDOW_UPDATE, 0, 0, 1_000_000));
  await peer.frame(isEnd(1));
  assert.deepEqual(contentOf(peer, 1), message(100_000));
  peer.socket.destroy();
});

test('padding, priorities, continuations and unknown frames are read', async () => {
  const peer = await open();
  const padded = Buffer.concat([Uint8Array.of(3, 0, 0, 0, 0, 16), REQUEST.subarray(0, 20), Buffer.alloc(3)]);
  const body = Buffer.concat([Uint8Array.of(4), message(6), Buffer.alloc(4)]);
  peer.send(
    Buffer.concat([frameHead(5, FRAME.PRIORITY, 0, 1), Buffer.alloc(5)]),
    Buffer.concat([frameHead(4, 99, 0, 0), Buffer.alloc(4)]),
    Buffer.concat([frameHead(padded.byteLength, FRAME.HEADERS, FLAG.PADDED | FLAG.PRIORITY, 1), padded]),
    Buffer.concat([frameHead(REQUEST.byteLength - 20, FRAME.CONTINUATION, FLAG.END_HEADERS, 1), REQUEST.subarray(20)]),
  );
  for (const byte of data(1, body, FLAG.PADDED | FLAG.END_STREAM)) peer.send(Uint8Array.of(byte));
  await peer.frame(isEnd(1));
  assert.deepEqual(contentOf(peer, 1), message(6));
  peer.send(numbersFrame(FRAME.PING, 0, 0, 1, 2));
  assert.equal((await peer.frame(({ type, flags }) => type === FRAME.PING && flags === FLAG.ACK)).content.readUInt32BE(4), 2);
  peer.socket.destroy();
});

test('what HTTP/2 forbids ends the connection with its reason', async () => {
  const cases: readonly (readonly [frames: readonly Uint8Array[], reason: number])[] = [
    [[data(1, message(1))], REASON.PROTOCOL_ERROR],
    [headersFrames(REQUEST, 2, true), REASON.PROTOCOL_ERROR],
    [[frameHead(2 ** 21, FRAME.DATA, 0, 1)], REASON.FRAME_SIZE_ERROR],
    [[numbersFrame(FRAME.PING, 0, 0, 1)], REASON.FRAME_SIZE_ERROR],
    [[numbersFrame(FRAME.WINDOW_UPDATE, 0, 0, 0)], REASON.PROTOCOL_ERROR],
    [[numbersFrame(FRAME.WINDOW_UPDATE, 0, 0, 2 ** 31 - 1)], REASON.FLOW_CONTROL_ERROR],
    [[settingsFrame([[SETTING.MAX_FRAME_SIZE, 1]])], REASON.PROTOCOL_ERROR],
    [[frameHead(1, FRAME.HEADERS, FLAG.END_HEADERS, 1), Uint8Array.of(0xff)], REASON.COMPRESSION_ERROR],
    [[frameHead(1, FRAME.HEADERS, 0, 1), Uint8Array.of(0x82), frameHead(0, FRAME.DATA, 0, 1)], REASON.PROTOCOL_ERROR],
    [[frameHead(REQUEST.byteLength, FRAME.PUSH_PROMISE, 0, 1), REQUEST], REASON.PROTOCOL_ERROR],
  ];
  for (const [frames, reason] of cases) {
    const peer = await open();
    peer.send(...frames);
    assert.equal(await peer.reason(), reason);
    peer.socket.destroy();
  }
  const stranger = new Peer(connect(server.port, '127.0.0.1'));
  stranger.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  assert.equal(await stranger.reason(), REASON.PROTOCOL_ERROR);
  stranger.socket.destroy();
});

test('headers without an end, and requests begun and given up without one, are stopped', async () => {
  const endless = await open();
  endless.send(frameHead(1, FRAME.HEADERS, 0, 1), Uint8Array.of(0x82));
  for (let i = 0; i < 10; i++) endless.send(frameHead(16_000, FRAME.CONTINUATION, 0, 1), Buffer.alloc(16_000, 0x82));
  assert.equal(await endless.reason(), REASON.ENHANCE_YOUR_CALM);
  const restless = await open();
  for (let i = 0; i < 1200; i++)
    restless.send(...headersFrames(REQUEST, 2 * i + 1, false), numbersFrame(FRAME.RST_STREAM, 0, 2 * i + 1, REASON.CANCEL));
  assert.equal(await restless.reason(), REASON.ENHANCE_YOUR_CALM);
  for (const peer of [endless, restless]) peer.socket.destroy();
});

test('a malformed request is refused by itself', async () => {
  const peer = await open();
  const bad = encodeHeaders([
    [':method', 'POST'],
    ['connection', 'close'],
  ]);
  peer.send(...headersFrames(bad, 1, true), request(3, 2));
  assert.equal((await peer.frame(({ type, id }) => type === FRAME.RST_STREAM && id === 1)).content.readUInt32BE(0), REASON.PROTOCOL_ERROR);
  await peer.frame(isEnd(3));
  peer.socket.destroy();
});

test('a call that repeats the headers of the last is read as that was, until the table changes', async () => {
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  const call = async (path: string): Promise<string> => {
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    let status = '';
    stream
      .on('response', (headers) => (status = String(headers['grpc-status'] ?? '')))
      .on('trailers', (headers) => (status = String(headers['grpc-status'])));
    stream.resume().end(message(3));
    await once(stream, 'close');
    return status;
  };
  const statuses: string[] = [];
  for (const path of ['/t.T/Echo', '/t.T/Echo', '/t.T/Echo', '/t.T/None', '/t.T/Echo', '/t.T/None', '/t.T/None']) statuses.push(await call(path));
  assert.deepEqual(statuses, ['0', '0', '0', '12', '0', '12', '12']);
  session.close();
});

test('no bytes bring the server down', async () => {
  const seed = Buffer.concat([PREFACE, settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 100]]), request(1, 20), request(3, 300)]);
  for (const bytes of mutations(seed, 300, random(8))) {
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    socket.resume().end(bytes);
    await once(socket, 'close');
  }
  const peer = await open();
  peer.send(request(1, 5));
  await peer.frame(isEnd(1));
  peer.socket.destroy();
});
