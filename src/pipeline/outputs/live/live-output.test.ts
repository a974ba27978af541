import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, get, request } from 'node:http';
import { type Socket, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { NULL_LOG, liveFrames } from '../../../core/index.js';
import { type FakeMedia, type VideoSource, fakeMedia } from '../../../media/index.js';
import { LiveOutputConfig } from '../../config-outputs.js';
import { FrameResult } from '../../frame-result.js';
import type { Output } from '../port.js';
import { openLiveOutput } from './live-output.js';

const SIZE = { width: 64, height: 48 };

interface Stage {
  readonly output: Output;
  readonly media: FakeMedia;
  readonly url: string;
  /** Writes the next frame of a stream. */
  next(stream: string): Promise<void>;
  /** Pictures encoded so far. */
  encoded(): number;
}

async function withLive(config: object, work: (stage: Stage) => Promise<void>): Promise<void> {
  const media = fakeMedia({ anyClip: { size: SIZE, frames: 1000 } });
  const parsed = LiveOutputConfig.parse({ live: '127.0.0.1:0', frameRate: 100, ...config });
  const sources = new Map<string, VideoSource>();
  const frames = new Map<string, AsyncIterator<FrameResult['frame']>>();
  {
    await using output = await openLiveOutput('view', parsed, { media, log: NULL_LOG, followed: [] });
    for (const name of ['door', 'yard']) {
      const source = await media.open(name, { stream: name });
      sources.set(name, source);
      frames.set(name, source.frames()[Symbol.asyncIterator]());
      await output.addStream(name, source);
    }
    await work({
      output,
      media,
      url: output.address!,
      encoded: () => media.calls.filter(({ call }) => call === 'encodeImage').length,
      async next(stream) {
        const { value: frame } = await frames.get(stream)!.next();
        const { number, pts, size } = frame;
        const meta = { stream, frame: number, pts, size, inferred: {}, objects: [] };
        using result = new FrameResult(frame, meta, {
          objects: () => [],
          answers: () => [],
          count: () => 0,
          said: () => false,
          value: () => undefined,
        });
        await output.write(result);
      },
    });
  }
  for (const iterator of frames.values()) await iterator.return?.();
  for (const source of sources.values()) await source[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
}

const isPng = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(1, 4)).toString() === 'PNG';

/** Opens an endless answer. */
async function follow(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  return response;
}

async function bytesUntil(response: IncomingMessage, done: (text: string) => boolean): Promise<string> {
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString('latin1');
    if (done(text)) return text;
  }
  return text;
}

test('the page, the newest picture, health; nothing is made before anybody asks', async () => {
  await withLive({}, async ({ url, next, encoded }) => {
    const page = await fetch(url);
    assert.match(page.headers.get('content-type')!, /text\/html/);
    assert.match(page.headers.get('content-security-policy')!, /default-src 'none'/);
    assert.match(await page.text(), /<title>view<\/title>/);
    assert.equal((await fetch(`${url}door.jpg`)).status, 503, 'no picture yet');
    for (let i = 0; i < 5; i++) await next('door');
    assert.equal(encoded(), 0);
    const picture = await fetch(`${url}door.jpg`);
    assert.equal(picture.headers.get('content-type'), 'image/jpeg');
    assert.ok(isPng(new Uint8Array(await picture.arrayBuffer())), 'the fake encodes PNG whatever is asked');
    const again = await fetch(`${url}door.jpg`, { headers: { 'If-None-Match': picture.headers.get('etag')! } });
    assert.equal(again.status, 304);
    assert.equal(encoded(), 1);
    assert.deepEqual(await (await fetch(`${url}healthz`)).json(), {
      status: 'ok',
      streams: { door: { state: 'running', pictures: 5 }, yard: { state: 'waiting', pictures: 0 } },
    });
  });
});

test('what is not there, not asked for rightly, or asked for under a foreign name is refused', async () => {
  await withLive({ of: ['door'] }, async ({ url }) => {
    assert.equal((await fetch(`${url}yard.jpg`)).status, 404, 'a stream that is not shown');
    for (const path of ['nothing', '../etc/passwd', 'door.png', '%00.jpg', `${'x'.repeat(500)}.jpg`])
      assert.equal((await fetch(url + path)).status, 404, path);
    assert.equal((await fetch(url, { method: 'POST' })).status, 405);
    const foreign = request(url, { headers: { Host: 'evil.example' } }).end();
    const [response] = (await once(foreign, 'response')) as [IncomingMessage];
    assert.equal(response.resume().statusCode, 421);
  });
});

test('an endless answer brings picture after picture; ends when the run does', async () => {
  await withLive({}, async ({ url, next, output }) => {
    await next('door');
    const response = await follow(`${url}door.mjpeg`);
    assert.match(response.headers['content-type']!, /^multipart\/x-mixed-replace; boundary=ocellus-picture$/);
    for (let i = 0; i < 3; i++) {
      const part = await bytesUntil(response, (text) => text.endsWith('\r\n--ocellus-picture\r\n') && text.includes('PNG'));
      assert.match(part, /Content-Type: image\/jpeg\r\nContent-Length: \d+\r\n\r\n.PNG/);
      await next('door');
    }
    response.on('error', () => {});
    const closed = new Promise((resolve) => response.once('close', resolve));
    assert.deepEqual(await output.finish({ elapsedMs: 0, interrupted: false, losses: new Map(), files: [], timings: [] }), []);
    await closed;
    await assert.rejects(fetch(url));
  });
});

test('a reader that does not read holds nobody, and no pictures pile up for it', async () => {
  await withLive({ maxWidth: 64 }, async ({ url, next, encoded }) => {
    const { hostname, port } = new URL(url);
    const socket: Socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET /door.mjpeg HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    const other = await follow(`${url}door.mjpeg`);
    for (let i = 0; i < 40; i++) {
      await next('door');
      await bytesUntil(other, (text) => text.endsWith('\r\n--ocellus-picture\r\n'));
    }
    assert.ok(encoded() <= 80, `${encoded()} pictures for 40 frames`);
    other.destroy();
    socket.destroy();
  });
});

test('the wall is a picture of its own', async () => {
  await withLive({ tiles: { size: { width: 132, height: 48 } } }, async ({ url, next }) => {
    await next('door');
    await next('yard');
    const streams = (await (await fetch(`${url}streams.json`)).json()) as { streams: { name: string; wall: boolean }[] };
    assert.deepEqual(streams.streams.map(({ name, wall }) => [name, wall]), [['tiles', true], ['door', false], ['yard', false]]); // prettier-ignore
    const png = Buffer.from(await (await fetch(`${url}tiles.jpg`)).arrayBuffer());
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [132, 48]);
  });
});

test('a stream that ends keeps its last picture; one that comes back goes on under its name', async () => {
  await withLive({}, async ({ url, next, output, media }) => {
    await next('door');
    await output.endStream('door');
    assert.equal((await fetch(`${url}door.jpg`)).status, 200);
    const health = async (): Promise<unknown> => ((await (await fetch(`${url}healthz`)).json()) as { streams: { door: unknown } }).streams.door;
    assert.deepEqual(await health(), { state: 'ended', pictures: 1 });
    await using source = await media.open('door', { stream: 'door' });
    await output.addStream('door', source);
    await next('door');
    assert.deepEqual(await health(), { state: 'running', pictures: 2 });
  });
});

test('an address that is taken is named', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const config = LiveOutputConfig.parse({ live: `127.0.0.1:${port}` });
  const message = new RegExp(`cannot be served at 127\\.0\\.0\\.1:${port}: something else listens there`);
  await assert.rejects(openLiveOutput('view', config, { media: fakeMedia(), log: NULL_LOG, followed: [] }), { code: 'OUTPUT_FAILED', message });
  other.close();
});
