import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { moveIndexForward } from './faststart.js';

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const table = (type: 'stco' | 'co64', ...offsets: number[]): Buffer => {
  const body = Buffer.alloc(8 + offsets.length * (type === 'co64' ? 8 : 4));
  body.writeUInt32BE(offsets.length, 4);
  offsets.forEach((offset, i) => (type === 'co64' ? body.writeBigUInt64BE(BigInt(offset), 8 + i * 8) : body.writeUInt32BE(offset, 8 + i * 4)));
  return box(type, body);
};

const track = (offsets: Buffer): Buffer => box('trak', box('tkhd', Buffer.alloc(4)), box('mdia', box('minf', box('stbl', box('stsd'), offsets))));

async function moved(file: Buffer): Promise<{ readonly answer: boolean; readonly file: Buffer; readonly names: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-faststart-'));
  try {
    const path = join(folder, 'a.mp4');
    await writeFile(path, file);
    const answer = await moveIndexForward(path);
    return { answer, file: await readFile(path), names: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const head = box('ftyp', Buffer.from('isom'));
const data = box('mdat', Buffer.from('one two three'));

for (const type of ['stco', 'co64'] as const)
  test(`the index moves before the data and still finds it: ${type}`, async () => {
    const [one, two] = [head.length + 8, head.length + 8 + 4];
    const index = box('moov', box('mvhd', Buffer.alloc(4)), track(table(type, one, two)), track(table(type, two)));
    const after = box('free', Buffer.alloc(3));
    const { answer, file, names } = await moved(Buffer.concat([head, data, index, after]));
    assert.equal(answer, true);
    assert.deepEqual(names, ['a.mp4']);
    const by = index.length;
    const wanted = box('moov', box('mvhd', Buffer.alloc(4)), track(table(type, one + by, two + by)), track(table(type, two + by)));
    assert.deepEqual(file, Buffer.concat([head, wanted, data, after]));
    assert.equal(file.toString('latin1', one + by, one + by + 3), 'one');
  });

test('a file whose index is in front, or that is in fragments, is left alone', async () => {
  const index = box('moov', track(table('stco', 9)));
  for (const file of [Buffer.concat([head, index, data]), Buffer.concat([head, data, index, box('moof'), data]), head, Buffer.alloc(0)]) {
    const result = await moved(file);
    assert.equal(result.answer, false);
    assert.deepEqual(result.file, file);
  }
});

test('a file that is cut off is refused and left alone', async () => {
  const whole = Buffer.concat([head, data, box('moov', track(table('stco', 9)))]);
  await assert.rejects(() => moved(whole.subarray(0, -3)), { code: 'INTERNAL' });
});
