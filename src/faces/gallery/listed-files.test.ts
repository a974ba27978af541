import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findListedPictures } from './listed-files.js';

let folder = '';
const list = (): string => join(folder, 'face.csv');
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-listed-'));
  await mkdir(join(folder, 'image', 'folder.jpg'), { recursive: true });
  await writeFile(join(folder, 'image', 'ada.jpg'), '');
});
after(() => rm(folder, { recursive: true }));

test('pictures of a list are found in their folder', async () => {
  await writeFile(list(), 'image file,name\nada.jpg,Ada\n');
  assert.deepEqual(await findListedPictures(list(), join(folder, 'image')), [{ file: join(folder, 'image', 'ada.jpg'), person: 'Ada', line: 2 }]);
});

test('missing pictures are named with their lines, and so is a missing list', async () => {
  await writeFile(list(), 'image file,name\nada.jpg,Ada\nbob.jpg,Bob\nfolder.jpg,Eve\n');
  const missing = /names pictures that are not there\nline 3: there is no picture .*bob\.jpg\nline 4: .*folder\.jpg$/;
  await assert.rejects(findListedPictures(list(), join(folder, 'image')), { code: 'NOT_FOUND', message: missing });
  await assert.rejects(findListedPictures(join(folder, 'none.csv'), folder), { code: 'NOT_FOUND', message: /cannot read the list/ });
});
