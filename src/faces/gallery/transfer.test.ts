import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { testFace, testVector } from './conformance.js';
import { openGallery } from './open-gallery.js';
import type { Gallery } from './port.js';
import { reembed } from './reembed.js';
import { exportGallery, importGallery } from './transfer.js';

const NOTE = { actor: 'test' };
let root = '';
let galleries = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'ocellus-transfer-'));
});
after(() => rm(root, { recursive: true }));

const opened = (): Promise<Gallery> => openGallery({ folder: join(root, String(galleries++)) });

async function linesOf(gallery: Gallery): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportGallery(gallery)) lines.push(line);
  return lines;
}

test('what is exported is imported as it was, whole', async () => {
  await using gallery = await opened();
  const consent = { by: 'Ada', at: '2026-01-02T03:04:05.000Z', basis: 'form 12' };
  await gallery.enrol(testFace('Ada "A" Łovelace', 1, 0, { consent, quality: 0.25, chip: Uint8Array.of(0, 255, 7), expiresAt: '2999-01-01' }), NOTE);
  await gallery.enrolAll([testFace('Bob', 2), testFace('Bob', 2, 1)], NOTE);
  const lines = await linesOf(gallery);
  await using copy = await opened();
  assert.deepEqual(await importGallery(copy, lines, NOTE), { enrolled: 3, refused: [] });
  assert.deepEqual(await linesOf(copy), lines);
  assert.equal(lines[0], '{"format":"ocellus-faces","version":1}');
});

test('an import takes what it can, and tells the rest by line', async () => {
  await using gallery = await opened();
  await gallery.enrolAll([testFace('Ada', 1), testFace('Bob', 2), testFace('Eve', 3)], NOTE);
  const lines = await linesOf(gallery);
  lines.splice(2, 0, '{"person":"Zed"}', 'not JSON', lines[1]!);
  await using copy = await opened();
  const { enrolled, refused } = await importGallery(copy, lines, NOTE);
  assert.equal(enrolled, 3);
  assert.deepEqual(
    refused.map(({ line, fault }) => `${line} ${fault.code}`),
    ['3 INPUT_CORRUPT', '4 INPUT_CORRUPT', '5 ALREADY_EXISTS'],
  );
  assert.match(refused[0]!.fault.message, /line 3: .*model/s);
});

test('what is no export is refused at its first line', async () => {
  await using gallery = await opened();
  for (const lines of [[], ['{}'], ['{"format":"ocellus-faces","version":2}'], ['image file,name']])
    await assert.rejects(importGallery(gallery, lines, NOTE), { code: 'INPUT_CORRUPT', message: /line 1: this is no export/ });
});

test('damaged exports are taken or refused with a fault, never otherwise', async () => {
  await using gallery = await opened();
  await gallery.enrol(testFace('Ada', 1), NOTE);
  const seed = new TextEncoder().encode((await linesOf(gallery)).join('\n'));
  await using copy = await opened();
  for (const data of mutations(seed, 100, random(5))) {
    const lines = new TextDecoder().decode(data).split('\n');
    await importGallery(copy, lines, NOTE).catch((error: unknown) => assert.ok(error instanceof Fault, String(error)));
  }
});

test('faces are embedded again from their chips, and those without are named', async () => {
  await using gallery = await opened();
  const chip = Uint8Array.of(3);
  const faces = [testFace('Ada', 1, 0, { chip }), testFace('Bob', 2), testFace('Eve', 3, 0, { chip: Uint8Array.of(99) })];
  await gallery.enrolAll(faces, NOTE);
  const embed = async (bytes: Uint8Array): Promise<ReturnType<typeof testVector>> => {
    if (bytes[0] === 99) throw new Fault('INPUT_CORRUPT', 'the chip is no picture');
    return testVector(bytes[0]!, 0, 'net@2', 128);
  };
  const report = await reembed(gallery, 'net@2', embed, NOTE);
  assert.equal(report.renewed, 1);
  assert.deepEqual(
    report.withoutChip.map(({ person }) => person),
    ['Bob'],
  );
  assert.deepEqual(
    report.failed.map(({ face, fault }) => `${face.person}: ${fault.message}`),
    ['Eve: the chip is no picture'],
  );
  assert.equal((await gallery.nearest(testVector(3, 0, 'net@2', 128)))[0]!.person, 'Ada');
  assert.equal((await reembed(gallery, 'net@2', embed, NOTE)).renewed, 0);
});

test('settings that contradict each other are refused', async () => {
  await assert.rejects(openGallery({ folder: 'a', database: 'postgres://b' }), {
    code: 'CONFIG_INVALID',
    message: /a folder or a database, not both/,
  });
  await assert.rejects(openGallery({ folder: join(root, 'x'), retentionDays: -1 }), { code: 'CONFIG_INVALID', message: /retentionDays/ });
});
