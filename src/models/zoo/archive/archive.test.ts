import assert from 'node:assert/strict';
import { readFile, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Fault, type FaultCode } from '../../../core/index.js';
import { resolveModel } from '../resolve.js';
import { closedOrigin } from '../testing/file-server.js';
import { type ZooFixture, entryOf, joiningConverter, noise, openZooFixture, urlEntry } from '../testing/fixture.js';
import { packTar, sha256 } from '../testing/registry.js';
import { exportModels } from './export-models.js';
import { importModels } from './import-models.js';
import { MANIFEST_FILE } from './manifest.js';
import { tarHeader } from './tar-writer.js';

const ALPHA = noise(20_000, 1);
const BETA = noise(5_000, 2);

/** Two models that cannot be downloaded, one plain and one converted from an installed package. */
async function setUp(): Promise<ZooFixture> {
  const origin = await closedOrigin();
  const source = {
    kind: 'npm',
    package: 'beta-net',
    version: '1.0.0',
    integrity: 'sha512-none',
    files: [{ path: 'beta.json', sha256: sha256(BETA), bytes: BETA.length }],
  } as const;
  const catalogue = [urlEntry('alpha', `${origin}/alpha.onnx`, ALPHA), entryOf('beta', { source, conversion: 'tfjs' })];
  const zoo = await openZooFixture({ catalogue, converters: { tfjs: joiningConverter() }, retries: 0 });
  await zoo.put('home/.npmrc', `registry=${origin}/\n`);
  return zoo;
}

/** The same with both models at hand, as on a connected machine. */
async function connected(): Promise<ZooFixture> {
  const zoo = await setUp();
  await zoo.put('cache/models/alpha.onnx', ALPHA);
  await zoo.put('work/node_modules/beta-net/package.json', '{"version":"1.0.0"}');
  await zoo.put('work/node_modules/beta-net/beta.json', BETA);
  return zoo;
}

/** Every file below a folder, with its bytes. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), sha256(await readFile(path))] as const)));
}

const manifestOf = (models: readonly object[]): Buffer => Buffer.from(JSON.stringify({ format: 'ocellus-models', version: 1, models }));
const ALPHA_LINE = { name: 'alpha', file: 'alpha.onnx', sha256: sha256(ALPHA), bytes: ALPHA.length };

for (const form of ['models.tgz', 'models-folder']) {
  test(`models go to a machine without network as ${form}, byte for byte`, async () => {
    await using here = await connected();
    await using there = await setUp();
    const exported = await exportModels(['alpha', 'beta', 'alpha'], join(here.folder, form), here.options);
    assert.deepEqual(
      exported.models.map(({ name }) => name),
      ['alpha', 'beta'],
    );
    const imported = await importModels(exported.path, there.options);
    assert.deepEqual(
      imported.map(({ name, bytes }) => [name, bytes]),
      [
        ['alpha', ALPHA.length],
        ['beta', BETA.length + 'made by 1:'.length],
      ],
    );
    for (const name of ['alpha', 'beta']) {
      const [original, copy] = [await resolveModel(name, here.options), await resolveModel(name, there.options)];
      assert.deepEqual([copy.from, copy.sha256], ['cache', original.sha256]);
    }
    assert.deepEqual(
      [...(await contents(there.options.cacheFolder)).keys()].filter((path) => path.startsWith('staging')),
      [],
    );
  });
}

test('the same models make the same archive, and one that exists is not replaced unasked', async () => {
  await using zoo = await connected();
  const [a, b] = [join(zoo.folder, 'a.tgz'), join(zoo.folder, 'b.tar.gz')];
  await exportModels(['alpha'], a, zoo.options);
  await exportModels(['alpha'], b, zoo.options);
  assert.deepEqual(gunzipSync(await readFile(a)), gunzipSync(await readFile(b)));
  await assert.rejects(exportModels(['alpha'], a, zoo.options), { code: 'ALREADY_EXISTS', message: /--overwrite/ });
  await exportModels(['alpha', 'beta'], a, { ...zoo.options, overwrite: true });
  await assert.rejects(exportModels([], b, zoo.options), { code: 'USAGE' });
  await assert.rejects(exportModels(['alpha'], await zoo.put('file', ''), zoo.options), { code: 'OUTPUT_FAILED' });
});

test('a folder gathers the models of several exports', async () => {
  await using zoo = await connected();
  const folder = join(zoo.folder, 'mirror');
  await exportModels(['alpha'], folder, zoo.options);
  await exportModels(['beta'], folder, zoo.options);
  await using there = await setUp();
  assert.deepEqual(
    (await importModels(folder, there.options)).map(({ name }) => name),
    ['alpha', 'beta'],
  );
});

test('an archive that the user packed of such a folder is taken as well, with the folder in its names', async () => {
  await using zoo = await setUp();
  for (const prefix of ['./', 'models/', './models/']) {
    const path = await zoo.put('own.tgz', packTar({ [`${prefix}${MANIFEST_FILE}`]: manifestOf([ALPHA_LINE]), [`${prefix}alpha.onnx`]: ALPHA }));
    assert.equal((await importModels(path, zoo.options)).length, 1, prefix);
  }
});

test('a bare ONNX file is known by its checksum', async () => {
  await using zoo = await setUp();
  const [imported] = await importModels(await zoo.put('some-name.onnx', ALPHA), zoo.options);
  assert.equal(imported!.name, 'alpha');
  assert.equal((await resolveModel('alpha', zoo.options)).from, 'cache');
  await assert.rejects(importModels(await zoo.put('other.onnx', BETA), zoo.options), { code: 'INTEGRITY', message: /no model of the catalogue/ });
});

/** Hostile and broken archives: what is in them, the code of the fault, and what it says. */
const BAD: readonly (readonly [string, () => Uint8Array, FaultCode, RegExp])[] = [
  [
    'climbs out',
    () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), '../evil.onnx': ALPHA }),
    'INPUT_CORRUPT',
    /"\.\.\/evil\.onnx" is no plain/,
  ],
  ['is absolute', () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), '/tmp/evil.onnx': ALPHA }), 'INPUT_CORRUPT', /no plain relative path/],
  ['has a backslash', () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'a\\..\\evil': ALPHA }), 'INPUT_CORRUPT', /no plain relative path/],
  [
    'lists a path for a file',
    () => packTar({ [MANIFEST_FILE]: manifestOf([{ ...ALPHA_LINE, file: '../evil.onnx' }]) }),
    'INPUT_CORRUPT',
    /plain file name/,
  ],
  ['holds a link', () => withLink(), 'INPUT_CORRUPT', /"alpha\.onnx" is a link/],
  ['has no list', () => packTar({ 'alpha.onnx': ALPHA }), 'INPUT_CORRUPT', /comes before ocellus-models\.json/],
  ['has a list that is no JSON', () => packTar({ [MANIFEST_FILE]: Buffer.from('{') }), 'INPUT_CORRUPT', /no JSON/],
  ['has an endless list', () => packTar({ [MANIFEST_FILE]: Buffer.alloc(2 << 20, ' ') }), 'INPUT_CORRUPT', /longer than 1048576/],
  [
    'holds more than its list',
    () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'alpha.onnx': ALPHA, 'more.onnx': BETA }),
    'INPUT_CORRUPT',
    /"more\.onnx" is not in its list/,
  ],
  ['lacks a file', () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]) }), 'INPUT_CORRUPT', /alpha\.onnx of its list is missing/],
  [
    'has a file of another size',
    () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'alpha.onnx': noise(30_000) }),
    'INPUT_CORRUPT',
    /30000 bytes, not the 20000/,
  ],
  [
    'has a file of other bytes',
    () => packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'alpha.onnx': noise(20_000, 5) }),
    'INTEGRITY',
    /alpha\.onnx from .*expected sha256/,
  ],
  ['promises another file than the catalogue', () => otherPromise(), 'INTEGRITY', /the catalogue has sha256/],
  [
    'passes a plain file off as converted',
    () => packTar({ [MANIFEST_FILE]: manifestOf([{ ...ALPHA_LINE, name: 'beta' }]), 'alpha.onnx': ALPHA }),
    'INTEGRITY',
    /not converted/,
  ],
  [
    'holds a model nobody knows',
    () => packTar({ [MANIFEST_FILE]: manifestOf([{ ...ALPHA_LINE, name: 'alfa' }]), 'alpha.onnx': ALPHA }),
    'NOT_FOUND',
    /"alfa".*"alpha"/,
  ],
  ['has an unknown key in its list', () => packTar({ [MANIFEST_FILE]: manifestOf([{ ...ALPHA_LINE, url: 'http://evil' }]) }), 'INPUT_CORRUPT', /url/],
  ['is no archive', () => Buffer.from('just text, '.repeat(100)), 'INPUT_CORRUPT', /archive/],
  ['is empty', () => Buffer.alloc(0), 'INPUT_CORRUPT', /archive/],
];

function withLink(): Buffer {
  const link = tarHeader('alpha.onnx', 0);
  link.write('2', 156);
  link.write('/etc/passwd', 157);
  link.write('        ', 148);
  link.write(
    `${link
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  const list = gunzipSync(packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]) }));
  return gzipSync(Buffer.concat([list.subarray(0, list.length - 1024), link, Buffer.alloc(1024)]));
}

function otherPromise(): Buffer {
  const other = noise(20_000, 6);
  return packTar({ [MANIFEST_FILE]: manifestOf([{ ...ALPHA_LINE, sha256: sha256(other) }]), 'alpha.onnx': other });
}

for (const [what, make, code, message] of BAD) {
  test(`an archive that ${what} is refused, and nothing of it is kept`, async () => {
    await using zoo = await setUp();
    const path = await zoo.put('bad.tgz', make());
    const before = await contents(zoo.folder);
    await assert.rejects(importModels(path, zoo.options), { code, message });
    assert.deepEqual(await contents(zoo.folder), before);
  });
}

test('a folder is checked as an archive is', async () => {
  await using zoo = await setUp();
  await zoo.put(`given/${MANIFEST_FILE}`, manifestOf([ALPHA_LINE]));
  const given = join(zoo.folder, 'given');
  await assert.rejects(importModels(given, zoo.options), { code: 'INPUT_CORRUPT', message: /given.*alpha\.onnx/ });
  await zoo.put('given/alpha.onnx', noise(20_001));
  await assert.rejects(importModels(given, zoo.options), { code: 'INTEGRITY', message: /20000 bytes/ });
  await rm(join(given, MANIFEST_FILE));
  await assert.rejects(importModels(given, zoo.options), { code: 'NOT_FOUND', message: /ocellus-models\.json/ });
  await assert.rejects(importModels(join(zoo.folder, 'none'), zoo.options), { code: 'NOT_FOUND' });
  await symlink('/dev/zero', join(zoo.folder, 'device'));
  await assert.rejects(importModels(join(zoo.folder, 'device'), zoo.options), { code: 'INPUT_CORRUPT', message: /neither a file nor a folder/ });
});

test('an import that does not fit on the disk is refused before it is unpacked', async () => {
  await using zoo = await setUp();
  const path = await zoo.put('a.tgz', packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'alpha.onnx': ALPHA }));
  await assert.rejects(importModels(path, { ...zoo.options, freeBytes: () => Promise.resolve(100) }), {
    code: 'RESOURCE_EXHAUSTED',
    message: /alpha needs 20000/,
  });
});

test('200 archives changed at random: each is refused with a fault or brings exactly the right bytes', async () => {
  await using zoo = await setUp();
  const packed = packTar({ [MANIFEST_FILE]: manifestOf([ALPHA_LINE]), 'alpha.onnx': ALPHA });
  const unpacked = gunzipSync(packed);
  const random = noise(200 * 64, 11);
  let at = 0;
  const next = (below: number): number => random.readUInt32LE((at += 4) % (random.length - 4)) % below;
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 200; round++) {
    // Mostly not gzipped, so that changes reach the tar reader and the list rather than gzip's own checksum.
    const bad = Buffer.from(next(5) === 0 ? packed : unpacked);
    // Mostly the headers and the list, where a change means something: the first 1,536 bytes.
    for (let changes = 1 + next(4); changes > 0; changes--) bad[next(next(4) === 0 ? bad.length : 1536)] = next(256);
    const cut = next(5) === 0 ? next(bad.length) : bad.length;
    const path = await zoo.put('fuzz.tar', bad.subarray(0, cut));
    const outcome = await importModels(path, zoo.options).then(
      () => 'ok',
      (error: unknown) => (error instanceof Fault ? error.code : `not a fault: ${String(error)}`),
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const kept = await contents(zoo.options.cacheFolder);
    assert.deepEqual([...kept], outcome === 'ok' ? [[join('models', 'alpha.onnx'), sha256(ALPHA)]] : [], `round ${round}: ${outcome}`);
    await rm(zoo.options.cacheFolder, { recursive: true });
  }
  for (const outcome of outcomes.keys()) assert.ok(['ok', 'INPUT_CORRUPT', 'INTEGRITY', 'NOT_FOUND'].includes(outcome), outcome);
  assert.ok(outcomes.size >= 2, 'changes were felt');
  assert.deepEqual((await readdir(zoo.folder)).toSorted(), ['fuzz.tar', 'home', 'work'], 'nothing was written elsewhere');
});
