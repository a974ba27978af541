import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertOpenVino } from '../convert/openvino/convert-openvino.js';
import { IrBuilder } from '../convert/openvino/ir-builder.test.support.js';
import { openModelHost } from '../host.js';
import { exportModels } from './archive/export-models.js';
import { importModels } from './archive/import-models.js';
import { toDefinition } from './catalogue.js';
import { listModels, removeModel } from './list.js';
import type { CatalogueEntry, UrlSource } from './port.js';
import { resolveModel } from './resolve.js';
import { type FileServer, openFileServer } from './testing/file-server.js';
import { entryOf, joiningConverter, noise, openZooFixture } from './testing/fixture.js';
import { sha256 } from './testing/registry.js';
import { ZOO_CONVERTERS } from './zoo.js';

const XML = noise(3000, 3);
const BIN = noise(40_000, 4);
const READY = noise(5000, 5);

/** Two files below a folder of the server. */
function sourceOn(server: FileServer, xml: Uint8Array = XML, bin: Uint8Array = BIN): UrlSource {
  const pinned = (path: string, bytes: Uint8Array) => ({ path, sha256: sha256(bytes), bytes: bytes.length });
  return { kind: 'url', url: `${server.origin}/owner/commit/`, files: [pinned('net/net.xml', xml), pinned('net/net.bin', bin)] };
}

const entryAt = (source: UrlSource, only: Partial<CatalogueEntry> = {}): CatalogueEntry =>
  entryOf('net', { source, conversion: 'openvino', ...only });

function serve(server: FileServer, xml: Uint8Array = XML, bin: Uint8Array = BIN): void {
  server.serve('/owner/commit/net/net.xml', { bytes: xml, etag: '"xml"' });
  server.serve('/owner/commit/net/net.bin', { bytes: bin, etag: '"bin"' });
}

test('both files are fetched, converted and kept; a second time nothing is fetched', async () => {
  await using server = await openFileServer();
  const converter = joiningConverter();
  await using zoo = await openZooFixture({ catalogue: [entryAt(sourceOn(server))], converters: { openvino: converter } });
  serve(server);
  const made = await resolveModel('net', zoo.options);
  assert.deepEqual([made.from, converter.calls, server.requests.length], ['url', 1, 2]);
  assert.equal(made.bytes, Buffer.byteLength('made by 1:') + XML.length + BIN.length);
  const again = await resolveModel('net', zoo.options);
  assert.deepEqual([again.from, again.sha256, converter.calls, server.requests.length], ['cache', made.sha256, 1, 2]);
  // Another version of the converter makes it anew of the files that are here.
  const newer = { ...zoo.options, converters: { openvino: joiningConverter('2') } };
  assert.notEqual((await resolveModel('net', newer)).sha256, made.sha256);
  assert.equal(server.requests.length, 2);
});

test('a download that breaks off goes on where it was, and bad bytes are refused by name', async () => {
  await using server = await openFileServer();
  await using zoo = await openZooFixture({ catalogue: [entryAt(sourceOn(server))], converters: { openvino: joiningConverter() } });
  serve(server);
  server.serve('/owner/commit/net/net.bin', { bytes: BIN, etag: '"bin"', cutAfter: (count) => (count === 1 ? 20_000 : undefined) });
  await resolveModel('net', zoo.options);
  assert.match(server.requests.at(-1)!.headers.range ?? '', /^bytes=[1-9]\d*-$/);
  await removeModel('net', zoo.options);
  server.serve('/owner/commit/net/net.bin', { bytes: noise(40_000, 9) });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'INTEGRITY', message: /net\/net\.bin.*expected sha256/ });
  serve(server);
  assert.equal((await resolveModel('net', zoo.options)).from, 'url');
});

test('a damaged source file in the cache is fetched again, alone', async () => {
  await using server = await openFileServer();
  await using zoo = await openZooFixture({ catalogue: [entryAt(sourceOn(server))], converters: { openvino: joiningConverter() } });
  serve(server);
  const { path } = await resolveModel('net', zoo.options);
  const [folder] = await readdir(join(zoo.options.cacheFolder, 'sources'));
  const sources = join(zoo.options.cacheFolder, 'sources', folder!, 'net');
  await rm(join(sources, 'net.xml'));
  await writeFile(join(sources, 'net.bin'), 'damaged');
  await rm(path);
  assert.equal((await listModels(zoo.options))[0]!.convertible, false);
  await resolveModel('net', zoo.options);
  assert.equal(server.requests.length, 4);
});

test('source files in a mirror need no network; a ready file there needs no conversion either', async () => {
  await using server = await openFileServer();
  const converter = joiningConverter();
  const ready = { sha256: sha256(READY), bytes: READY.length };
  const options = { catalogue: [entryAt(sourceOn(server), { ready })], converters: { openvino: converter } };
  await using zoo = await openZooFixture(options);
  const mirror = join(zoo.folder, 'mirror');
  await zoo.put('mirror/net.xml', XML);
  await zoo.put('mirror/net.bin', BIN);
  assert.equal((await resolveModel('net', { ...zoo.options, mirror })).from, 'mirror');
  assert.equal(converter.calls, 1);
  await zoo.put('mirror/net.onnx', READY);
  const found = await resolveModel('net', { ...zoo.options, mirror });
  assert.deepEqual([found.from, found.sha256, converter.calls], ['mirror', ready.sha256, 1]);
  await zoo.put('mirror/net.onnx', BIN);
  await assert.rejects(resolveModel('net', { ...zoo.options, mirror }), { code: 'INTEGRITY', message: /net\.onnx from the mirror/ });
  assert.equal(server.requests.length, 0);
});

test('a ready file can be exported, imported, listed and removed like any other', async () => {
  await using server = await openFileServer();
  const ready = { sha256: sha256(READY), bytes: READY.length };
  await using zoo = await openZooFixture({ catalogue: [entryAt(sourceOn(server), { ready })], converters: { openvino: joiningConverter() } });
  const file = await zoo.put('elsewhere/some.onnx', READY);
  const [imported] = await importModels(file, zoo.options);
  assert.equal((await resolveModel('net', zoo.options)).path, imported!.path);
  assert.deepEqual((await listModels(zoo.options))[0]!.here?.sha256, ready.sha256);
  const { path: archive } = await exportModels(['net'], join(zoo.folder, 'net.tgz'), zoo.options);
  assert.deepEqual(await removeModel('net', zoo.options), [imported!.path]);
  await importModels(archive, zoo.options);
  assert.deepEqual(await resolveModel('net', zoo.options).then(({ from, sha256 }) => [from, sha256]), ['cache', ready.sha256]);
});

test('removing takes converted file, sources and unfinished downloads away', async () => {
  await using server = await openFileServer();
  await using zoo = await openZooFixture({ catalogue: [entryAt(sourceOn(server))], converters: { openvino: joiningConverter() }, retries: 0 });
  serve(server);
  await resolveModel('net', zoo.options);
  assert.equal((await removeModel('net', zoo.options)).length, 1);
  server.serve('/owner/commit/net/net.bin', { bytes: BIN, cutAfter: () => 20_000 });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'UNAVAILABLE' });
  await removeModel('net', zoo.options);
  const left = await readdir(zoo.options.cacheFolder, { recursive: true, withFileTypes: true });
  assert.deepEqual(
    left.filter((entry) => entry.isFile()),
    [],
  );
});

test('a real network of OpenVINO comes from an address and runs', async () => {
  const net = new IrBuilder();
  const x = net.parameter('in', [1, 3, 4, 4]);
  net.result(net.layer('Multiply', [x, net.constant([1, 1, 1, 1], [2], 'f16')], { name: 'out', shape: [1, 3, 4, 4] }));
  const [xml, bin] = [Buffer.from(net.xml), net.bin];
  await using server = await openFileServer();
  const source = sourceOn(server, xml, bin);
  await using zoo = await openZooFixture({ catalogue: [entryAt(source)], converters: ZOO_CONVERTERS });
  serve(server, xml, bin);
  const { entry, path, bytes } = await resolveModel('net', zoo.options);
  assert.equal(bytes, convertOpenVino(xml, bin, { outputs: ['out'] }).length);
  const { head: _head, labels: _labels, ...definition } = toDefinition(entry, path);
  await using host = await openModelHost(definition);
  assert.equal(host.maxBatch, Infinity);
});
