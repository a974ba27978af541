import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock } from './lock.js';
import { openFileServer } from './testing/file-server.js';
import { noise, openZooFixture, urlEntry } from './testing/fixture.js';

test('only one at a time, in any order, and the lock is gone afterwards', async () => {
  await using zoo = await openZooFixture();
  const path = join(zoo.folder, 'locks', 'a.lock');
  let inside = 0;
  const work = async (): Promise<void> => {
    assert.equal(++inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all(Array.from({ length: 6 }, () => withLock(path, work, { pollMs: 2 })));
  assert.deepEqual(await readdir(join(zoo.folder, 'locks')), []);
});

test('work that fails frees the lock', async () => {
  await using zoo = await openZooFixture();
  const path = join(zoo.folder, 'a.lock');
  await assert.rejects(
    withLock(path, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await withLock(path, () => Promise.resolve(1)), 1);
});

test('a silent lock of another machine is taken over when it is old, not before', async () => {
  await using zoo = await openZooFixture();
  const path = await zoo.put('a.lock', '1 another-machine token');
  const signal = AbortSignal.timeout(60);
  await assert.rejects(
    withLock(path, () => Promise.resolve(1), { pollMs: 5, signal }),
    { code: 'CANCELLED' },
  );
  assert.equal(await readFile(path, 'utf8'), '1 another-machine token');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  assert.equal(await withLock(path, () => Promise.resolve(1), { pollMs: 5 }), 1);
});

/** Runs a pull in another process; what it prints is the origin of the model. */
function pullElsewhere(moduleUrl: string, options: object): ChildProcess {
  const code = `const { resolveModel } = await import(${JSON.stringify(moduleUrl)});
    const { from } = await resolveModel('net', JSON.parse(process.argv[1]));
    process.stdout.write(from);`;
  return spawn(process.execPath, ['--input-type=module', '-e', code, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

const resolveUrl = new URL('./resolve.js', import.meta.url).href;

test('two processes that pull the same model fetch it once, and both get it', async () => {
  await using server = await openFileServer();
  const bytes = noise(400_000);
  server.serve('/net.onnx', { bytes });
  await using zoo = await openZooFixture();
  const { cacheFolder, cwd, env } = zoo.options;
  const options = { cacheFolder, cwd, env, catalogue: [urlEntry('net', `${server.origin}/net.onnx`, bytes)] };
  const outputs = await Promise.all(
    [1, 2].map(async () => {
      const child = pullElsewhere(resolveUrl, options);
      const [text] = await Promise.all([once(child.stdout!, 'data').then(([chunk]) => `${chunk}`), once(child, 'exit')]);
      return text;
    }),
  );
  assert.deepEqual(outputs.toSorted(), ['cache', 'url']);
  assert.equal(server.requests.length, 1);
  assert.deepEqual(await readFile(join(cacheFolder, 'models', 'net.onnx')), bytes);
});

test('a process killed in the middle of a download leaves nothing in the way: the next one takes over at once and goes on from there', async () => {
  await using server = await openFileServer();
  const bytes = noise(400_000);
  server.serve('/net.onnx', { bytes, etag: '"a"', stallAfter: (count) => (count === 1 ? 200_000 : undefined) });
  await using zoo = await openZooFixture();
  const { cacheFolder, cwd, env } = zoo.options;
  const options = { cacheFolder, cwd, env, catalogue: [urlEntry('net', `${server.origin}/net.onnx`, bytes)] };
  const child = pullElsewhere(resolveUrl, options);
  const part = join(cacheFolder, 'downloads', 'net.onnx.part');
  const partSize = (): Promise<number> =>
    readFile(part).then(
      ({ length }) => length,
      () => 0,
    );
  while ((await partSize()) < 200_000) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok((await readdir(join(cacheFolder, 'downloads'))).includes('net.lock'));
  const next = pullElsewhere(resolveUrl, options);
  const startedMs = performance.now();
  assert.deepEqual(
    await Promise.all([once(next.stdout!, 'data').then(([chunk]) => `${chunk}`), once(next, 'exit').then(([code]) => code as number)]),
    ['url', 0],
  );
  assert.ok(performance.now() - startedMs < 20_000, 'well before the lock would be stale by age');
  assert.equal(server.requests[1]!.headers.range, 'bytes=200000-');
});
