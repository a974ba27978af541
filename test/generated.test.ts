import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CROP_ROWS_PATH, cropRowsModule } from '../scripts/crop-rows.mjs';
import { referencePages } from '../scripts/reference.mjs';
import { ROOMS } from './rooms.js';
import { ROOT } from './source.js';

for (const [path, text] of Object.entries(referencePages()))
  test(`${path} is current`, () => assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, `${path} is stale: run npm run gen`));

test('the assembled loops of crops are current', async () => {
  assert.equal(readFileSync(join(ROOT, CROP_ROWS_PATH), 'utf8'), await cropRowsModule(), 'crop-rows.ts is stale: run npm run gen');
});

test('the rooms page lists every room and what it may import', () => {
  const page = readFileSync(join(ROOT, 'docs/guide/architecture.md'), 'utf8');
  for (const { name, imports } of ROOMS) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`src/${name}\` |`));
    assert.ok(row, `docs/guide/architecture.md does not list src/${name}`);
    assert.ok(row.endsWith(`| ${imports.join(', ') || 'nothing'} |`), `docs/guide/architecture.md: src/${name} imports ${imports.join(', ')}`);
  }
});
