import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { liveFrames } from '../../core/index.js';
import type { Media, VideoSource } from '../port.js';
import { syntheticSource } from '../synthetic.js';
import { threadedMedia } from '../thread/threaded-media.js';
import { libavMedia } from './media.js';

/** Matroska can be read from a pipe; long enough that libav has seen all it wants to know before the end. */
let clip: Buffer;
before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-quiet-'));
  const path = join(folder, 'clip.mkv');
  const size = { width: 96, height: 64 };
  const timeBase = { num: 1, den: 25 };
  await using source = syntheticSource({ size, frames: 400, frameRate: { num: 25, den: 1 } });
  await using writer = await libavMedia().createWriter(path, { size, timeBase, frameRate: { num: 25, den: 1 } });
  for await (const frame of source.frames()) {
    await writer.write(frame);
    frame.close();
  }
  await writer.finish();
  clip = await readFile(path);
  await rm(folder, { recursive: true });
});

const mostOfIt = (): Buffer => clip.subarray(0, Math.floor(clip.length * 0.9));

/** A server that sends `bytes` to whoever comes, says nothing more, and does not hang up. */
async function quietAfter(bytes: Buffer, use: (uri: string, arrived: Promise<void>) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  let come = (): void => {};
  const arrived = new Promise<void>((resolve) => (come = resolve));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (bytes.length > 0) socket.write(bytes);
    come();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  assert.equal(liveFrames(), 0);
}

async function drain(source: VideoSource, signal: AbortSignal, onFrame: (n: number) => void = () => {}): Promise<number> {
  let frames = 0;
  for await (const frame of source.frames({ signal })) {
    frame.close();
    onFrame(++frames);
  }
  return frames;
}

const ADAPTERS: readonly (readonly [name: string, make: () => Media])[] = [
  ['libav', libavMedia],
  ['libav thread', () => threadedMedia()],
];

// A hang shows as the runner's own time limit: libav would wait for ever in each of these.
for (const [name, make] of ADAPTERS) {
  test(`${name}: an abort ends opening a source that says nothing`, async () => {
    await quietAfter(Buffer.alloc(0), async (uri, arrived) => {
      const abort = new AbortController();
      const opening = make().open(uri, { signal: abort.signal });
      void arrived.then(() => abort.abort());
      await assert.rejects(opening, { code: 'CANCELLED' });
    });
  });

  test(`${name}: an abort ends opening a source that falls silent in its first bytes`, async () => {
    await quietAfter(clip.subarray(0, 400), async (uri, arrived) => {
      const abort = new AbortController();
      const opening = make().open(uri, { signal: abort.signal });
      void arrived.then(() => setTimeout(() => abort.abort(), 100));
      await assert.rejects(opening, { code: 'CANCELLED' });
    });
  });

  test(`${name}: an abort ends reading a source that stops in mid-stream`, async () => {
    await quietAfter(mostOfIt(), async (uri) => {
      await using source = await make().open(uri);
      assert.equal(source.info.live, false, 'a file that is sent tells its length');
      const abort = new AbortController();
      await assert.rejects(
        drain(source, abort.signal, (n) => n === 1 && setTimeout(() => abort.abort(), 50)),
        { code: 'CANCELLED' },
      );
    });
  });

  test(`${name}: closing ends a source that waits for more`, async () => {
    await quietAfter(mostOfIt(), async (uri) => {
      const source = await make().open(uri);
      const reading = drain(source, new AbortController().signal, (n) => n === 1 && setTimeout(() => void source[Symbol.asyncDispose](), 50));
      assert.ok((await reading.catch(() => 1)) > 0);
      await source[Symbol.asyncDispose]();
    });
  });

  test(`${name}: no data for long enough is a fault, when opening and when reading`, async () => {
    const stalls = { code: 'UNAVAILABLE', message: /^tcp:.*: no data for 0\.3 s$/ };
    await quietAfter(Buffer.alloc(0), (uri) => assert.rejects(make().open(uri, { stallAfterMs: 300 }), stalls));
    await quietAfter(mostOfIt(), async (uri) => {
      await using source = await make().open(uri, { stallAfterMs: 300 });
      await assert.rejects(drain(source, new AbortController().signal), stalls);
      assert.equal(source.losses.corruptPackets, 0);
    });
  });
}
