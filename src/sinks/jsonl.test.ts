import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type FrameMeta, fromRecord } from '../core/index.js';
import { ResultRecord } from '../core/schema.js';
import { openJsonl } from './jsonl.js';
import { prepareOutput } from './output-folder.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-jsonl-'));
});
after(() => rm(folder, { recursive: true }));

const meta = (frame: number): FrameMeta => ({
  stream: 'clip',
  frame,
  pts: { ticks: BigInt(frame) * 512n, timeBase: { num: 1, den: 15_360 } },
  size: { width: 64, height: 48 },
  inferred: { people: true },
  objects: [{ id: 0, node: 'people', label: 'person', classId: 0, confidence: 0.5, box: { x1: 1, y1: 2, x2: 3, y2: 4 }, attributes: [] }],
});

test('each frame is one record that the schema accepts and that reads back as it was', async () => {
  const path = join(folder, 'deep/er/results.jsonl');
  const sink = await openJsonl(path);
  for (let frame = 0; frame < 300; frame++) await sink.write(meta(frame));
  await sink.finish();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  assert.equal(lines.length, 300);
  lines.forEach((line, frame) => assert.deepEqual(fromRecord(ResultRecord.parse(JSON.parse(line))), meta(frame)));
});

test('lines reach the file while the sink is open, whole', async () => {
  const path = join(folder, 'live.jsonl');
  await using sink = await openJsonl(path, { flushAfterMs: 1 });
  await sink.write(meta(0));
  while ((await readFile(path, 'utf8')) === '') await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal((await readFile(path, 'utf8')).at(-1), '\n');
});

test('an existing file is refused, and replaced when asked', async () => {
  const path = join(folder, 'there.jsonl');
  await writeFile(path, 'precious');
  await assert.rejects(openJsonl(path), { code: 'ALREADY_EXISTS' });
  assert.equal(await readFile(path, 'utf8'), 'precious');
  await (await openJsonl(path, { overwrite: true })).finish();
  assert.equal(await readFile(path, 'utf8'), '');
});

test('a full disk is a fault that names the file', { skip: existsSync('/dev/full') ? false : 'needs /dev/full' }, async () => {
  const sink = await openJsonl('/dev/full', { overwrite: true });
  await sink.write(meta(0));
  await assert.rejects(sink.finish(), { code: 'OUTPUT_FAILED', message: /\/dev\/full failed: the disk is full/ });
});

test('what cannot be written is told before work starts', async () => {
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(prepareOutput(join(folder, 'file/results.jsonl')), { code: 'OUTPUT_FAILED', message: /is a file, not a folder/ });
  await assert.rejects(prepareOutput(folder), { code: 'OUTPUT_FAILED', message: /it is a folder/ });
  await assert.rejects(prepareOutput(join(folder, 'x'), { freeBytes: Number.MAX_SAFE_INTEGER }), { code: 'OUTPUT_FAILED', message: /bytes left/ });
});

test('a folder without permission is told', { skip: process.getuid?.() === 0 ? 'root may write everywhere' : false }, async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  await assert.rejects(prepareOutput(join(closed, 'results.jsonl')), { code: 'OUTPUT_FAILED', message: /no permission/ });
});
