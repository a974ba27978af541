import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referencePages } from '../scripts/reference.mjs';
import { wasmModules } from '../scripts/wasm.mjs';
import { ROOMS } from './rooms.js';
import { ROOT } from './source.js';

for (const [path, text] of Object.entries(referencePages()))
  test(`${path} is current`, () => assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, `${path} is stale: run npm run gen`));

test('the assembled loops are current', async () => {
  const modules = Object.entries(await wasmModules());
  assert.ok(modules.length > 0);
  for (const [path, text] of modules) assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, `${path} is stale: run npm run gen`);
});

test('the rooms page lists every room and what it may import', () => {
  const page = readFileSync(join(ROOT, 'docs/guide/architecture.md'), 'utf8');
  for (const { name, imports } of ROOMS) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`src/${name}\` |`));
    assert.ok(row, `docs/guide/architecture.md does not list src/${name}`);
    assert.ok(row.endsWith(`| ${imports.join(', ') || 'nothing'} |`), `docs/guide/architecture.md: src/${name} imports ${imports.join(', ')}`);
  }
});
