import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openZooFixture } from '../testing/fixture.js';
import { packTar } from '../testing/registry.js';
import { openArchive } from './open-archive.js';
import { type TarMember, plainPath, readTar } from './tar-reader.js';
import { tarHeader, writeTar } from './tar-writer.js';

const END = Buffer.alloc(1024);
const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

/** The archive in pieces of `size` bytes, as a network or disk would give it. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, size = 1000): Promise<{ path: string; kind: TarMember['kind']; text: string }[]> {
  const out = [];
  for await (const member of readTar(inPieces(bytes, size))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.body()) chunks.push(chunk);
    out.push({ path: member.path, kind: member.kind, text: Buffer.concat(chunks).toString() });
  }
  return out;
}

/** A header of another type than a plain file: the type byte is at 156, and the checksum is made anew. */
function header(path: string, bytes: number, type: string, edit: (block: Buffer) => void = () => {}): Buffer {
  const block = tarHeader(path, bytes);
  block.write(type, 156);
  edit(block);
  block.write('        ', 148);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

test('what is written is read back, whatever the pieces it comes in', async () => {
  const bytes = gunzipSync(packTar({ 'a.txt': Buffer.from('one'), 'b/c.txt': Buffer.alloc(0), 'd.bin': Buffer.alloc(1300, 'x') }));
  for (const size of [1, 511, 512, 513, 100_000])
    assert.deepEqual(await readAll(bytes, size), [
      { path: 'a.txt', kind: 'file', text: 'one' },
      { path: 'b/c.txt', kind: 'file', text: '' },
      { path: 'd.bin', kind: 'file', text: 'x'.repeat(1300) },
    ]);
});

test('members that are not read are skipped', async () => {
  const bytes = gunzipSync(packTar({ a: Buffer.alloc(3000), b: Buffer.alloc(5) }));
  const paths = [];
  for await (const member of readTar(inPieces(bytes, 700))) paths.push([member.path, member.bytes]);
  assert.deepEqual(paths, [
    ['a', 3000],
    ['b', 5],
  ]);
});

test('long names and sizes of pax, long names of GNU, and prefixes of ustar are understood', async () => {
  const long = `${'deep/'.repeat(40)}file`;
  const record = (text: string): string => {
    for (let length = text.length; ; length++) if (`${length} ${text}\n`.length === length) return `${length} ${text}\n`;
  };
  const pax = Buffer.from(record(`path=${long}`) + record('mtime=1.5') + record('size=2'));
  const paxed = Buffer.concat([header('x', pax.length, 'x'), padded(pax), header('short', 0, '0'), padded(Buffer.from('hi')), END]);
  assert.deepEqual(await readAll(paxed), [{ path: long, kind: 'file', text: 'hi' }]);
  const gnu = Buffer.concat([
    header('././@LongLink', long.length + 1, 'L'),
    padded(Buffer.from(`${long}\0`)),
    header('short', 2, '0'),
    padded(Buffer.from('hi')),
    END,
  ]);
  assert.deepEqual(await readAll(gnu), [{ path: long, kind: 'file', text: 'hi' }]);
  const prefixed = header('name', 0, '0', (block) => void block.write('some/prefix', 345));
  assert.deepEqual(await readAll(Buffer.concat([prefixed, END])), [{ path: 'some/prefix/name', kind: 'file', text: '' }]);
});

test('links, folders and devices are told apart', async () => {
  const types = ['1', '2', '3', '4', '5', '6'];
  const bytes = Buffer.concat([...types.map((type) => header(`m${type}`, 0, type)), END]);
  assert.deepEqual(
    (await readAll(bytes)).map(({ kind }) => kind),
    ['link', 'link', 'other', 'other', 'folder', 'other'],
  );
});

test('bytes that are no sound archive are refused, and say why', async () => {
  const good = gunzipSync(packTar({ a: Buffer.alloc(2000) }));
  const broken = Buffer.from(good);
  broken[3]! ^= 1;
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['nothing', Buffer.alloc(0), /no end mark/],
    ['text', Buffer.from('hello '.repeat(200)), /checksum/],
    ['a changed name', broken, /checksum/],
    ['cut in a file', good.subarray(0, 1000), /middle of a file/],
    ['cut in a header', good.subarray(0, 300), /middle of a block/],
    ['no end', good.subarray(0, 512 + 2048), /no end mark/],
    ['a size that is no number', header('a', 0, '0', (block) => void block.write('9z', 124)), /size/],
    ['a size beyond measure', header('a', 0, '0', (block) => void block.fill(0xff, 124, 136)), /beyond measure/],
    ['a huge extended header', header('a', 1 << 30, 'x'), /too long/],
  ];
  for (const [what, bytes, message] of cases) await assert.rejects(readAll(bytes), { code: 'INPUT_CORRUPT', message }, what);
});

test('only plain relative paths are taken apart', () => {
  assert.deepEqual(plainPath('a/b.onnx'), ['a', 'b.onnx']);
  assert.deepEqual(plainPath('./a'), ['a']);
  assert.deepEqual(plainPath('folder/'), ['folder']);
  for (const bad of ['', '/etc/passwd', '../a', 'a/../../b', 'a//b', 'a\\b', 'C:\\a', 'C:/a', 'a\u0000b', 'a\nb', '..'])
    assert.equal(plainPath(bad), undefined, JSON.stringify(bad));
});

test('an archive on disk may be gzipped or not; one that is cut says its name', async () => {
  await using zoo = await openZooFixture();
  const packed = packTar({ a: Buffer.from('x') });
  const paths = [await zoo.put('a.tgz', packed), await zoo.put('a.tar', gunzipSync(packed))];
  for (const path of paths) {
    const seen = [];
    for await (const member of openArchive(path)) seen.push(member.path);
    assert.deepEqual(seen, ['a']);
  }
  const cut = await zoo.put('cut.tgz', packed.subarray(0, packed.length / 2));
  const read = async (path: string): Promise<void> => {
    for await (const _ of openArchive(path));
  };
  await assert.rejects(read(cut), { code: 'INPUT_CORRUPT', message: /cut\.tgz/ });
  await assert.rejects(read(join(zoo.folder, 'none.tgz')), { code: 'NOT_FOUND' });
});

test('the writer refuses to replace a file', async () => {
  await using zoo = await openZooFixture();
  const path = await zoo.put('a.tgz', 'precious');
  await assert.rejects(writeTar(path, []), { code: 'ALREADY_EXISTS' });
});
