import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Progress } from './options.js';
import { resolveModel } from './resolve.js';
import { closedOrigin, openFileServer } from './testing/file-server.js';
import { noise, openZooFixture, urlEntry } from './testing/fixture.js';

const SIZE = 300_000;
const FILE = noise(SIZE);
const PATH = '/net.onnx';

/** Files that are left anywhere in the cache, relative to it. */
const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
};

async function setUp(more: Parameters<typeof openZooFixture>[0] = {}) {
  const server = await openFileServer();
  const entry = urlEntry('net', `${server.origin}${PATH}`, FILE);
  const fixture = await openZooFixture({ catalogue: [entry], ...more });
  return {
    server,
    entry,
    ...fixture,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

test('a file is fetched once, told of as it grows, and then comes from the cache', async () => {
  const seen: Progress[] = [];
  await using zoo = await setUp({ onProgress: (progress) => seen.push(progress) });
  zoo.server.serve(PATH, { bytes: FILE });
  const first = await resolveModel('net', zoo.options);
  assert.equal(first.from, 'url');
  assert.deepEqual(await readFile(first.path), FILE);
  assert.deepEqual(seen[0], { name: 'net', receivedBytes: 0, totalBytes: SIZE });
  assert.deepEqual(seen.at(-1), { name: 'net', receivedBytes: SIZE, totalBytes: SIZE });
  const second = await resolveModel('net', zoo.options);
  assert.deepEqual([second.from, second.path, second.bytes], ['cache', first.path, SIZE]);
  assert.equal(zoo.server.requests.length, 1);
  assert.deepEqual(await filesIn(zoo.options.cacheFolder), [join('models', 'net.onnx')]);
});

test('a cut connection is taken up where it ended: no byte is sent twice', async () => {
  await using zoo = await setUp();
  // Cut after 100 kB and after 50 kB more; the third request brings the rest.
  zoo.server.serve(PATH, { bytes: FILE, etag: '"a"', cutAfter: (count) => [100_000, 50_000][count - 1] });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  const { requests } = zoo.server;
  assert.equal(requests.length, 3);
  assert.deepEqual(
    requests.map(({ headers }) => headers['if-range']),
    [undefined, '"a"', '"a"'],
  );
  const starts = requests.map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')));
  // What reached the disk before a cut is at most what was sent, and the next request begins exactly there.
  assert.ok(starts[1]! > 0 && starts[1]! <= 100_000 && starts[2]! >= starts[1]! && starts[2]! <= starts[1]! + 50_000, `${starts}`);
  assert.equal(requests[2]!.sentBytes, SIZE - starts[2]!);
});

test('an interrupted download is continued by the next call, also in another process later', async () => {
  await using zoo = await setUp({ retries: 0 });
  zoo.server.serve(PATH, { bytes: FILE, etag: '"a"', cutAfter: (count) => (count === 1 ? 200_000 : undefined) });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'UNAVAILABLE' });
  await resolveModel('net', zoo.options);
  const total = zoo.server.requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  assert.ok(total < SIZE + 200_000 && zoo.server.requests[1]!.sentBytes < SIZE, `${total} bytes were served`);
});

test('a server without ranges starts over, and the file is right', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE, ranges: false, cutAfter: (count) => (count === 1 ? 100_000 : undefined) });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  assert.equal(zoo.server.requests[1]!.sentBytes, SIZE);
});

test('a file that changed on the server is not mixed: If-Range brings the whole new one', async () => {
  await using zoo = await setUp({ retries: 0 });
  zoo.server.serve(PATH, { bytes: noise(SIZE, 2), etag: '"old"', cutAfter: () => 100_000 });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'UNAVAILABLE' });
  zoo.server.serve(PATH, { bytes: FILE, etag: '"new"' });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  assert.equal(zoo.server.requests[1]!.sentBytes, SIZE);
});

test('bad bytes of an earlier download are found out, and the file is fetched anew, with a warning', async () => {
  await using zoo = await setUp();
  await mkdir(join(zoo.options.cacheFolder, 'downloads'), { recursive: true });
  await writeFile(join(zoo.options.cacheFolder, 'downloads', 'net.onnx.part'), noise(100_000, 3));
  zoo.server.serve(PATH, { bytes: FILE });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  assert.deepEqual(
    zoo.server.requests.map(({ headers }) => headers.range),
    ['bytes=100000-', undefined],
  );
  assert.match(zoo.options.log.records.find(({ level }) => level === 'warn')?.message ?? '', /started over/);
});

test('a download that was complete but for its last step needs no byte more', async () => {
  await using zoo = await setUp();
  await zoo.put('cache/downloads/net.onnx.part', FILE);
  zoo.server.serve(PATH, { bytes: FILE });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  assert.equal(zoo.server.requests[0]?.sentBytes ?? 0, 0);
});

test('wrong bytes are a fault that names file, checksums and address, and leave nothing behind', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: noise(SIZE, 9) });
  const expected = zoo.entry.sha256!;
  await assert.rejects(resolveModel('net', zoo.options), (error: Error & { code: string }) => {
    assert.equal(error.code, 'INTEGRITY');
    for (const part of ['net.onnx', expected, zoo.server.origin]) assert.ok(error.message.includes(part), part);
    return true;
  });
  assert.deepEqual(await filesIn(zoo.options.cacheFolder), []);
});

test('a server that sends more than the file has is stopped', async () => {
  await using zoo = await setUp();
  // It falls silent with the connection open: only the client can end it.
  zoo.server.serve(PATH, { bytes: noise(3 * SIZE), length: false, stallAfter: () => 2 * SIZE });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'INTEGRITY', message: /more than the 300000 bytes/ });
  await zoo.server.requests[0]!.closed;
});

test('404 is not tried again; 503 is, until the server is back', async () => {
  await using zoo = await setUp();
  await assert.rejects(resolveModel('net', zoo.options), { code: 'NOT_FOUND', message: /404.*OCELLUS_MODEL_MIRROR/ });
  assert.equal(zoo.server.requests.length, 1);
  zoo.server.serve(PATH, { bytes: FILE, status: (count) => (count < 4 ? 503 : undefined) });
  assert.equal((await resolveModel('net', zoo.options)).from, 'url');
  assert.equal(zoo.server.requests.length, 4);
});

test('401 and 403 say what to look at', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE, status: (count) => (count === 1 ? 401 : 403) });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'UNAUTHENTICATED', message: /credentials/ });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'PERMISSION_DENIED' });
});

test('a silent connection counts as lost, and the download goes on with another', async () => {
  await using zoo = await setUp({ idleMs: 100 });
  zoo.server.serve(PATH, { bytes: FILE, stallAfter: (count) => (count === 1 ? 100_000 : undefined) });
  assert.deepEqual(await readFile((await resolveModel('net', zoo.options)).path), FILE);
  assert.equal(zoo.server.requests.length, 2);
});

test('no network: the fault names the model, the address and the ways out', async () => {
  const origin = await closedOrigin();
  const entry = urlEntry('net', `${origin}${PATH}`, FILE);
  await using zoo = await openZooFixture({ catalogue: [entry], retries: 1 });
  await assert.rejects(resolveModel('net', zoo.options), (error: Error & { code: string }) => {
    assert.equal(error.code, 'UNAVAILABLE');
    for (const part of ['net', origin, 'ECONNREFUSED', 'OCELLUS_MODEL_MIRROR', 'ocellus models import', 'npm package'])
      assert.ok(error.message.includes(part), `${part} in ${error.message}`);
    return true;
  });
});

test('an abort ends the download with CANCELLED, keeps what came, and frees the lock', async () => {
  const stop = new AbortController();
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE, etag: '"a"', stallAfter: (count) => (count === 1 ? 100_000 : undefined) });
  const onProgress = ({ receivedBytes }: Progress): void => {
    if (receivedBytes >= 100_000) stop.abort();
  };
  await assert.rejects(resolveModel('net', { ...zoo.options, signal: stop.signal, onProgress }), { code: 'CANCELLED' });
  assert.deepEqual((await filesIn(join(zoo.options.cacheFolder, 'downloads'))).toSorted(), ['net.onnx.part', 'net.onnx.part.from']);
  await resolveModel('net', zoo.options);
  assert.equal(zoo.server.requests[1]!.headers.range, 'bytes=100000-');
});

test('a full disk is told before the first byte', async () => {
  await using zoo = await setUp({ freeBytes: () => Promise.resolve(SIZE - 1) });
  zoo.server.serve(PATH, { bytes: FILE });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'RESOURCE_EXHAUSTED', message: /300000 bytes.*299999 left.*OCELLUS_CACHE/ });
  assert.deepEqual(await filesIn(zoo.options.cacheFolder), []);
});

test('eight calls at once fetch one file once', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE });
  const all = await Promise.all(Array.from({ length: 8 }, () => resolveModel('net', zoo.options)));
  assert.equal(new Set(all.map(({ sha256 }) => sha256)).size, 1);
  assert.equal(zoo.server.requests.length, 1);
});

test('a damaged file of the cache is removed, told of and fetched again', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE });
  const { path } = await resolveModel('net', zoo.options);
  const damaged = Buffer.from(FILE);
  damaged[1000]! ^= 1;
  await writeFile(path, damaged);
  assert.equal((await resolveModel('net', zoo.options)).from, 'url');
  assert.deepEqual(await readFile(path), FILE);
  assert.match(zoo.options.log.records[0]?.message ?? '', /damaged file of the cache/);
});

test('a damaged file of the cache is gone even when no other can be had', async () => {
  await using zoo = await setUp();
  await zoo.put('cache/models/net.onnx', 'damaged');
  await assert.rejects(resolveModel('net', zoo.options), { code: 'NOT_FOUND' });
  assert.deepEqual(await filesIn(zoo.options.cacheFolder), []);
});

test('a poor line is not given up while it brings something: many cuts with one retry', async () => {
  const big = noise(3_000_000);
  await using zoo = await setUp({ retries: 1 });
  // More than the 256 KiB that count as progress, also when the last pieces before a cut are lost.
  zoo.server.serve(PATH, { bytes: big, etag: '"b"', cutAfter: () => 400_000 });
  const catalogue = [urlEntry('net', `${zoo.server.origin}${PATH}`, big)];
  assert.equal((await resolveModel('net', { ...zoo.options, catalogue })).bytes, big.length);
  assert.ok(zoo.server.requests.length >= 8);
});

test('a cache that cannot be written is said to be so', async () => {
  await using zoo = await setUp();
  zoo.server.serve(PATH, { bytes: FILE });
  const file = await zoo.put('a-file', 'x');
  await assert.rejects(resolveModel('net', { ...zoo.options, cacheFolder: join(file, 'cache') }), { code: 'OUTPUT_FAILED', message: /a-file/ });
});
