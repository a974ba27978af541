import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { asset, needs } from '../../testing/assets.js';
import { exportModels } from './archive/export-models.js';
import { findModel, readySha256 } from './catalogue.js';
import { listModels, removeModel } from './list.js';
import type { CatalogueEntry, NpmSource } from './port.js';
import { resolveModel } from './resolve.js';
import { closedOrigin, openFileServer } from './testing/file-server.js';
import { type ZooFixture, entryOf, joiningConverter, noise, openZooFixture, urlEntry } from './testing/fixture.js';
import { publish, sha256 } from './testing/registry.js';

const BYTES = noise(10_000);
const OTHER = noise(10_000, 2);

const packaged = (only: Partial<NpmSource> = {}): CatalogueEntry =>
  entryOf('packed', {
    source: {
      kind: 'npm',
      package: '@acme/packed',
      version: '2.0.0',
      integrity: 'sha512-none',
      files: [{ path: 'net.onnx', sha256: sha256(BYTES), bytes: BYTES.length }],
      ...only,
    },
  });

const install = async (zoo: ZooFixture, version: string, bytes: Uint8Array, below = 'work'): Promise<string> => {
  await zoo.put(`${below}/node_modules/@acme/packed/package.json`, JSON.stringify({ name: '@acme/packed', version, exports: { '.': './index.js' } }));
  return zoo.put(`${below}/node_modules/@acme/packed/net.onnx`, bytes);
};

/** A zoo whose registry is a closed port: what comes, comes from disk. */
async function offline(catalogue: readonly CatalogueEntry[], more: Parameters<typeof openZooFixture>[0] = {}): Promise<ZooFixture> {
  const zoo = await openZooFixture({ catalogue, retries: 0, ...more });
  await zoo.put('home/.npmrc', `registry=${await closedOrigin()}/\n`);
  return zoo;
}

test('the mirror comes before an installed package, that before the cache', async () => {
  await using zoo = await offline([packaged()]);
  const cached = await zoo.put('cache/models/packed.onnx', BYTES);
  assert.deepEqual(await resolveModel('packed', zoo.options).then(({ from, path }) => [from, path]), ['cache', cached]);
  const installed = await install(zoo, '2.0.0', BYTES);
  assert.deepEqual(await resolveModel('packed', zoo.options).then(({ from, path }) => [from, path]), ['package', installed]);
  const mirrored = await zoo.put('mirror/packed.onnx', BYTES);
  const options = { ...zoo.options, mirror: join(zoo.folder, 'mirror') };
  assert.deepEqual(await resolveModel('packed', options).then(({ from, path }) => [from, path]), ['mirror', mirrored]);
});

test('wrong bytes in the mirror or in the pinned package are a fault that says where, and are not replaced', async () => {
  await using zoo = await offline([packaged()]);
  await zoo.put('mirror/packed.onnx', OTHER);
  const options = { ...zoo.options, mirror: join(zoo.folder, 'mirror') };
  await assert.rejects(resolveModel('packed', options), {
    code: 'INTEGRITY',
    message: /packed\.onnx from the mirror .*expected sha256 .*got sha256/,
  });
  await install(zoo, '2.0.0', OTHER);
  await assert.rejects(resolveModel('packed', zoo.options), { code: 'INTEGRITY', message: /the installed package @acme\/packed@2\.0\.0/ });
});

test('another installed version serves when its file is the same, and is passed over when not', async () => {
  await using zoo = await offline([packaged()]);
  await install(zoo, '2.1.0', OTHER);
  await assert.rejects(resolveModel('packed', zoo.options), { code: 'UNAVAILABLE' });
  const above = await install(zoo, '1.9.0', BYTES, '.');
  assert.deepEqual(await resolveModel('packed', zoo.options).then(({ from, path }) => [from, path]), ['package', above]);
});

test('a mirror that is no folder, and a model that is only in a mirror', async () => {
  const lone = entryOf('lone', { source: { kind: 'mirror', hint: 'Ask Ann for it.' }, sha256: sha256(BYTES), bytes: BYTES.length });
  await using zoo = await offline([lone]);
  await assert.rejects(resolveModel('lone', { ...zoo.options, mirror: '/nowhere' }), { code: 'CONFIG_INVALID', message: /OCELLUS_MODEL_MIRROR/ });
  await assert.rejects(resolveModel('lone', zoo.options), { code: 'UNAVAILABLE', message: /no mirror is set.*Ask Ann/ });
  const mirror = join(zoo.folder, 'mirror');
  await zoo.put('mirror/other.onnx', OTHER);
  await assert.rejects(resolveModel('lone', { ...zoo.options, mirror }), { code: 'UNAVAILABLE', message: /not in .*mirror/ });
  await zoo.put('mirror/lone.onnx', BYTES);
  assert.equal((await resolveModel('lone', { ...zoo.options, mirror })).from, 'mirror');
});

test('the mirror is never written to, and need not be the place of the cache', async () => {
  const lone = entryOf('lone', { source: { kind: 'mirror', hint: '' }, sha256: sha256(BYTES), bytes: BYTES.length });
  await using zoo = await offline([lone], { mirror: 'mirror' });
  await zoo.put('work/mirror/lone.onnx', BYTES);
  await resolveModel('lone', zoo.options);
  assert.deepEqual(await readdir(join(zoo.folder, 'work/mirror')), ['lone.onnx']);
  await assert.rejects(readdir(zoo.options.cacheFolder), { code: 'ENOENT' });
});

test('an installed package that needs conversion needs no network; bare source files in the mirror serve as well', async () => {
  const entry = { ...packaged({ files: [{ path: 'm/a.json', sha256: sha256(BYTES), bytes: BYTES.length }] }), conversion: 'tfjs' as const };
  await using zoo = await offline([entry], { converters: { tfjs: joiningConverter() } });
  await zoo.put('work/node_modules/@acme/packed/package.json', '{"version":"2.0.0"}');
  await zoo.put('work/node_modules/@acme/packed/m/a.json', BYTES);
  assert.equal((await resolveModel('packed', zoo.options)).from, 'package');
  await zoo.put('mirror/a.json', BYTES);
  const elsewhere = { ...zoo.options, cacheFolder: join(zoo.folder, 'cache-2'), mirror: join(zoo.folder, 'mirror') };
  assert.equal((await resolveModel('packed', elsewhere)).from, 'mirror');
});

test('a conversion of another version is better than none, where the sources cannot be had', async () => {
  const entry = { ...packaged({ files: [{ path: 'a.json', sha256: sha256(BYTES), bytes: BYTES.length }] }), conversion: 'tfjs' as const };
  await using zoo = await offline([entry], { converters: { tfjs: joiningConverter('1') } });
  await zoo.put('mirror/a.json', BYTES);
  const made = await resolveModel('packed', { ...zoo.options, mirror: join(zoo.folder, 'mirror') });
  const found = await resolveModel('packed', { ...zoo.options, converters: { tfjs: joiningConverter('2') } });
  assert.deepEqual([found.from, found.path], ['cache', made.path]);
});

test('the list says what is here and from where, tells of damage, and changes nothing', async () => {
  const [a, b, c] = [
    urlEntry('a', 'http://127.0.0.1:9/a', BYTES),
    urlEntry('b', 'http://127.0.0.1:9/b', BYTES),
    urlEntry('c', 'http://127.0.0.1:9/c', BYTES),
  ];
  await using zoo = await offline([a, b, c]);
  const path = await zoo.put('cache/models/a.onnx', BYTES);
  await zoo.put('cache/models/b.onnx', OTHER);
  const listed = await listModels(zoo.options);
  assert.deepEqual(listed[0]!.here, { path, from: 'cache', sha256: sha256(BYTES), bytes: BYTES.length });
  assert.match(listed[1]!.problem ?? '', /b\.onnx from the cache/);
  assert.equal(listed[2]!.here ?? listed[2]!.problem, undefined);
  assert.deepEqual((await readdir(join(zoo.options.cacheFolder, 'models'))).toSorted(), ['a.onnx', 'b.onnx']);
});

test('removing takes a model out of the cache, sources and unfinished parts included', async () => {
  await using server = await openFileServer();
  const { source } = publish(server, { name: 'nets', version: '1.0.0', files: { 'a.json': BYTES } });
  const catalogue = [entryOf('made', { source, conversion: 'tfjs' }), urlEntry('plain', `${server.origin}/p`, OTHER)];
  await using zoo = await openZooFixture({ catalogue, converters: { tfjs: joiningConverter() } });
  await zoo.put('home/.npmrc', `registry=${server.origin}/\n`);
  server.serve('/p', { bytes: OTHER });
  const made = await resolveModel('made', zoo.options);
  const plain = await resolveModel('plain', zoo.options);
  assert.deepEqual(await removeModel('made', zoo.options), [made.path]);
  assert.deepEqual(await removeModel('plain', zoo.options), [plain.path]);
  assert.deepEqual(await removeModel('plain', zoo.options), []);
  const left = await readdir(zoo.options.cacheFolder, { recursive: true, withFileTypes: true });
  assert.deepEqual(
    left.filter((entry) => entry.isFile()),
    [],
  );
  await assert.rejects(removeModel('plan', zoo.options), { code: 'NOT_FOUND', message: /"plain"/ });
});

test('an exported folder serves as a mirror, converted models included', async () => {
  const entry = { ...packaged({ files: [{ path: 'a.json', sha256: sha256(BYTES), bytes: BYTES.length }] }), conversion: 'tfjs' as const };
  await using zoo = await offline([entry], { converters: { tfjs: joiningConverter() } });
  await zoo.put('work/node_modules/@acme/packed/package.json', '{"version":"2.0.0"}');
  await zoo.put('work/node_modules/@acme/packed/a.json', BYTES);
  const { path: mirror } = await exportModels(['packed'], join(zoo.folder, 'mirror'), zoo.options);
  await rm(zoo.options.cacheFolder, { recursive: true });
  const found = await resolveModel('packed', { ...zoo.options, mirror, converters: {} });
  assert.equal(found.from, 'mirror');
  await zoo.put('mirror/packed.onnx', OTHER);
  await assert.rejects(resolveModel('packed', { ...zoo.options, mirror }), { code: 'INTEGRITY', message: /the mirror/ });
});

test('models of the catalogue come out of a folder of development assets', needs('models/person-vehicle-bike-detection-2002.onnx'), async () => {
  await using zoo = await openZooFixture({ mirror: asset('models') });
  for (const name of ['person-vehicle-bike-2002', 'person-vehicle-bike-2000', 'yolox-nano']) {
    const found = await resolveModel(name, zoo.options);
    assert.deepEqual([found.from, found.sha256], ['mirror', readySha256(findModel(name))]);
  }
});
