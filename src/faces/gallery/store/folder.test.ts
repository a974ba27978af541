import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { FakeClock } from '../../../core/index.js';
import { testFace, testVector } from '../conformance.js';
import { type EmbeddedGallery, openEmbeddedGallery } from './embedded-gallery.js';

const NOTE = { actor: 'test' };
let root = '';
let folder = '';
let galleries = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'ocellus-gallery-'));
});
beforeEach(() => {
  folder = join(root, String(galleries++));
});
after(() => rm(root, { recursive: true }));

const filled = async (people: number, options: Parameters<typeof openEmbeddedGallery>[1] = {}): Promise<EmbeddedGallery> => {
  const gallery = await openEmbeddedGallery(folder, options);
  await gallery.enrolAll(
    Array.from({ length: people }, (_, seed) => testFace(`person ${seed}`, seed + 1, 0, { chip: Buffer.from(`chip of ${seed};`) })),
    NOTE,
  );
  return gallery;
};

async function bytesOf(place: string): Promise<Buffer> {
  const names = await readdir(place);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(place, name)))));
}

const vectorBytes = (seed: number): Buffer => Buffer.from(testVector(seed).values.buffer);

test('two writers at a time are refused; the lock of a dead process is taken over', async () => {
  await using first = await filled(1);
  await assert.rejects(openEmbeddedGallery(folder), { code: 'FAILED_PRECONDITION', message: new RegExp(`process ${process.pid} on .*readOnly`) });
  await first.close();
  const lock = join(folder, 'writer.lock');
  await writeFile(lock, JSON.stringify({ token: 'x', host: hostname(), pid: process.pid, startedAt: 'before this one' }));
  await (await openEmbeddedGallery(folder)).close();
  await writeFile(lock, '');
  await (await openEmbeddedGallery(folder)).close();
  await writeFile(lock, JSON.stringify({ token: 'x', host: 'elsewhere', pid: 1 }));
  await assert.rejects(openEmbeddedGallery(folder), { message: /process 1 on elsewhere/ });
});

test('a writer whose lock was taken writes nothing more', async () => {
  const gallery = await filled(1);
  await writeFile(join(folder, 'writer.lock'), JSON.stringify({ token: 'x', host: 'elsewhere', pid: 1 }));
  await assert.rejects(gallery.rename('person 0', 'Ada', NOTE), { code: 'FAILED_PRECONDITION', message: /took the gallery over/ });
  await gallery.close();
});

test('a reader changes nothing', async () => {
  await (await filled(1)).close();
  await using reader = await openEmbeddedGallery(folder, { readOnly: true });
  await assert.rejects(reader.deletePerson('person 0', NOTE), { code: 'FAILED_PRECONDITION', message: /readOnly/ });
  await assert.rejects(openEmbeddedGallery(join(root, 'none'), { readOnly: true }), { code: 'NOT_FOUND' });
});

test('a deleted face leaves neither vector nor chip on the disk', async () => {
  await using gallery = await filled(3);
  assert.ok((await bytesOf(folder)).includes(vectorBytes(2)));
  await gallery.deletePerson('person 1', NOTE);
  const bytes = await bytesOf(folder);
  assert.ok(!bytes.includes(vectorBytes(2)) && !bytes.includes('chip of 1;'));
  assert.ok(bytes.includes(vectorBytes(1)) && bytes.includes('chip of 2;'));
  await gallery.replaceVector(1, testVector(9, 0, 'other'), NOTE);
  assert.ok(!(await bytesOf(folder)).includes(vectorBytes(1)));
});

test('the file shrinks when more than half of it is erased, while readers follow', async () => {
  await using gallery = await filled(300);
  await using reader = await openEmbeddedGallery(folder, { readOnly: true, pollMs: 2 });
  const sizeOf = async (): Promise<number> => {
    const name = (await readdir(folder)).find((name) => name.startsWith('faces-'))!;
    return (await stat(join(folder, name))).size;
  };
  const before = await sizeOf();
  for (let seed = 0; seed < 200; seed++) await gallery.deletePerson(`person ${seed}`, NOTE);
  assert.ok((await sizeOf()) < before / 2);
  await gallery.enrol(testFace('Ada', 1000), NOTE);
  while (reader.revision < gallery.revision) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.deepEqual(await reader.people(), await gallery.people());
  assert.deepEqual(await reader.nearest(testVector(1000)), await gallery.nearest(testVector(1000)));
  assert.equal((await reader.counts()).faces, 101);
});

test('rewriting keeps faces, names, numbers and the revision', async () => {
  const gallery = await filled(5);
  await gallery.rename('person 3', 'Ada', NOTE);
  await gallery.deletePerson('person 4', NOTE);
  const [people, { revision }] = [await gallery.people(), gallery];
  await gallery.compact();
  await gallery.close();
  assert.ok(!(await readFile(join(folder, 'faces-2.records'))).includes('"person":"person 3"'));
  await using again = await openEmbeddedGallery(folder);
  assert.deepEqual(await again.people(), people);
  assert.equal(again.revision, revision);
  assert.equal((await again.enrol(testFace('Eve', 50), NOTE)).id, 6);
});

test('a crash between the change and its audit entry is made good at the next opening', async () => {
  await (await filled(3)).close();
  const audit = join(folder, 'audit.records');
  const bytes = await readFile(audit);
  const third = bytes.indexOf('"sequence":3') - 13;
  await truncate(audit, third + 40);
  await using gallery = await openEmbeddedGallery(folder);
  const sequences: number[] = [];
  for await (const { sequence } of gallery.audit()) sequences.push(sequence);
  assert.deepEqual(sequences, [1, 2, 3]);
});

test('an audit log that was cut or changed is told', async () => {
  const gallery = await filled(3);
  await gallery.compact();
  const audit = join(folder, 'audit.records');
  const bytes = await readFile(audit);
  const third = bytes.indexOf('"sequence":3') - 13;
  await writeFile(audit, bytes.subarray(0, third));
  await gallery.close();
  await assert.rejects(openEmbeddedGallery(folder), { code: 'INTEGRITY', message: /ends at entry 2, the gallery at entry 3/ });
  await using reader = await openEmbeddedGallery(folder, { readOnly: true });
  assert.equal((await reader.counts()).faces, 3);
});

test('a rewriting that was cut short leaves the gallery as it was', async () => {
  await (await filled(2)).close();
  await writeFile(join(folder, 'faces-2.records'), 'half');
  await writeFile(join(folder, 'gallery.json.new'), '{');
  await using gallery = await openEmbeddedGallery(folder);
  assert.equal((await gallery.counts()).faces, 2);
  await gallery.compact();
  assert.equal((await gallery.counts()).faces, 2);
});

test('a key or passphrase that is missing, wrong or needless is told apart', async () => {
  const passphrase = 'correct horse';
  const encrypted = await filled(2, { key: { passphrase } });
  await encrypted.close();
  const bytes = await bytesOf(folder);
  for (const secret of [vectorBytes(1), 'person', 'chip of', passphrase]) assert.ok(!bytes.includes(secret));
  await assert.rejects(openEmbeddedGallery(folder), { code: 'UNAUTHENTICATED', message: /is encrypted; give its passphrase/ });
  await assert.rejects(openEmbeddedGallery(folder, { key: { passphrase: 'wrong horse' } }), {
    code: 'UNAUTHENTICATED',
    message: /does not open the gallery/,
  });
  await assert.rejects(openEmbeddedGallery(folder, { key: { bytes: new Uint8Array(32) } }), { message: /was encrypted with a passphrase/ });
  await using again = await openEmbeddedGallery(folder, { key: { passphrase } });
  assert.equal((await again.nearest(testVector(1)))[0]!.person, 'person 0');

  folder = join(root, 'plain');
  await (await filled(1)).close();
  await assert.rejects(openEmbeddedGallery(folder, { key: { passphrase } }), { code: 'FAILED_PRECONDITION', message: /is not encrypted; export it/ });
  await assert.rejects(openEmbeddedGallery(join(root, 'short'), { key: { bytes: new Uint8Array(16) } }), {
    code: 'INVALID_ARGUMENT',
    message: /has 16 bytes/,
  });
});

test('faces are purged on a schedule', async () => {
  const clock = new FakeClock();
  let nowMs = Date.parse('2026-01-01');
  const gallery = await filled(1, { clock, now: () => nowMs, retentionDays: 1, purgeEveryMinutes: 5 });
  nowMs += 2 * 86_400_000;
  await clock.advance(5 * 60_000);
  await gallery.close();
  assert.ok(!(await bytesOf(folder)).includes(vectorBytes(1)));
});
