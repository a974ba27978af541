import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '../../../core/index.js';
import { mutations, random } from '../../../testing/fuzz.js';
import { RecordFile } from './record-file.js';
import { KeyRing } from './seal.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-records-'));
});
after(() => rm(folder, { recursive: true }));

let files = 0;
const newPath = (): string => join(folder, `${files++}.records`);
const bodies = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => Buffer.from(`record ${i} `.repeat(i + 1)));
const keys = KeyRing.create({ bytes: new Uint8Array(32).fill(1) });

async function contents(path: string, ring?: KeyRing): Promise<(string | null)[]> {
  const file = await RecordFile.open(path, 'append', ring);
  try {
    const found: (string | null)[] = [];
    for await (const { body } of file.follow()) found.push(body && body.toString());
    await file.cutTornTail();
    return found;
  } finally {
    await file.close();
  }
}

async function written(count: number, ring?: KeyRing): Promise<string> {
  const path = newPath();
  const file = await RecordFile.create(path, ring);
  await file.append(bodies(count));
  await file.close();
  return path;
}

test('a file cut at any byte gives back every whole record, and takes more', async () => {
  const path = await written(4);
  const bytes = await readFile(path);
  const expected = bodies(4).map(String);
  let end = 32;
  let whole = 0;
  for (let length = 32; length <= bytes.length; length++) {
    while (whole < 4 && length >= end + 12 + expected[whole]!.length) end += 12 + expected[whole++]!.length;
    await writeFile(path, bytes.subarray(0, length));
    assert.deepEqual(await contents(path), expected.slice(0, whole), `${length} bytes`);
    assert.equal((await stat(path)).size, end);
  }
});

test('zeros and rubbish behind the last record are cut off', async () => {
  for (const tail of [Buffer.alloc(5000), Buffer.from('LIVE'.repeat(700)), Buffer.from([0x4c])]) {
    const path = await written(3);
    const { size } = await stat(path);
    await appendFile(path, tail);
    assert.equal((await contents(path)).length, 3);
    assert.equal((await stat(path)).size, size);
  }
});

test('damage before whole records is told, not cut off', async () => {
  const path = await written(3);
  const bytes = await readFile(path);
  bytes[50]! ^= 1;
  await writeFile(path, bytes);
  await assert.rejects(contents(path), { code: 'INTEGRITY', message: /damaged at byte 32: whole records follow/ });
  assert.deepEqual(await readFile(path), bytes);
});

test('an erased record leaves no byte of its body, and the others stay', async () => {
  const path = newPath();
  const file = await RecordFile.create(path);
  const [, second] = await file.append(bodies(3));
  await file.erase([second!]);
  assert.equal(await file.read(second!), null);
  await file.close();
  assert.ok(!(await readFile(path)).includes('record 1'));
  assert.deepEqual(await contents(path), ['record 0 ', null, bodies(3)[2]!.toString()]);
});

test('an erasure that was cut short is seen', async () => {
  const path = await written(2);
  const bytes = await readFile(path);
  bytes.write('GONE', 32);
  await writeFile(path, bytes);
  const file = await RecordFile.open(path, 'append');
  const halfErased: boolean[] = [];
  for await (const record of file.follow()) halfErased.push(record.isHalfErased);
  assert.deepEqual(halfErased, [true, false]);
  await file.close();
});

test('a reader goes on where it stopped, and waits for what is half written', async () => {
  const path = await written(2);
  const reader = await RecordFile.open(path, 'read');
  const read = async (): Promise<number> => {
    let count = 0;
    for await (const _ of reader.follow()) count++;
    return count;
  };
  assert.equal(await read(), 2);
  const whole = await readFile(await written(1));
  const record = whole.subarray(32);
  await appendFile(path, record.subarray(0, 10));
  assert.equal(await read(), 0);
  await appendFile(path, record.subarray(10));
  assert.equal(await read(), 1);
  await reader.close();
});

test('an encrypted file shows nothing, uses no nonce twice, and keeps records in their places', async () => {
  const path = await written(40, keys);
  const bytes = await readFile(path);
  assert.ok(!bytes.includes('record'));
  assert.deepEqual(await contents(path, keys), bodies(40).map(String));
  const nonces = new Set<string>();
  const places: number[] = [];
  for (let at = 32; at < bytes.length; at += 12 + bytes.readUInt32LE(at + 4)) {
    places.push(at);
    nonces.add(bytes.toString('hex', at + 12, at + 24));
  }
  assert.equal(nonces.size, 40);
  await truncate(path, places[39]!);
  const file = await RecordFile.open(path, 'append', keys);
  for await (const _ of file.follow());
  await file.append([bodies(40)[39]!]);
  await file.close();
  assert.ok(!nonces.has((await readFile(path)).toString('hex', places[39]! + 12, places[39]! + 24)));

  const swapped = Buffer.from(bytes);
  const first = bytes.subarray(places[0]!, places[1]);
  bytes.copy(swapped, places[0], places[0]! + 0, places[1]);
  await writeFile(path, Buffer.concat([swapped.subarray(0, places[1]), first, swapped.subarray(places[1]!)]));
  await assert.rejects(contents(path, keys), { code: 'INTEGRITY', message: /was changed after it was written/ });
});

test('files of others are refused', async () => {
  const path = newPath();
  await writeFile(path, 'not a gallery, but long enough to be read as one');
  await assert.rejects(contents(path), { code: 'INPUT_CORRUPT', message: /is not a file of the face gallery/ });
  await assert.rejects(contents(join(folder, 'missing')), { code: 'NOT_FOUND' });
  await assert.rejects(contents(await written(1), keys), { code: 'INPUT_CORRUPT', message: /one of them is encrypted/ });
});

test('damaged files are read or refused with a fault, never otherwise', async () => {
  const bytes = await readFile(await written(6));
  const path = newPath();
  for (const damaged of mutations(bytes, 300, random(3))) {
    await writeFile(path, damaged);
    await contents(path).catch((error: unknown) => assert.ok(error instanceof Fault, String(error)));
  }
});
