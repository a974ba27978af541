// Assembles src/media/crop/crop-rows.wat; `npm run gen` writes the result beside it, and a test holds it current.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/media/crop/crop-rows.wat', import.meta.url));

/** Where the assembled loops lie, relative to the root. */
export const CROP_ROWS_PATH = 'src/media/crop/crop-rows.ts';

/** The TypeScript module that carries the assembled loops. */
export async function cropRowsModule() {
  // Loaded on use: a faulty text makes the module print its whole source where it is not caught.
  const assembler = await createRequire(import.meta.url)('wabt')();
  const parsed = assembler.parseWat('crop-rows.wat', readFileSync(source, 'utf8'), { simd: true, sat_float_to_int: true });
  parsed.validate();
  const bytes = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = bytes.match(/.{1,120}/g).map((line) => `  '${line}'`);
  return `// Made by \`npm run gen\` from crop-rows.wat.\n\n/** The assembled loops, as base64. */\n// prettier-ignore\nexport const CROP_ROWS =\n${lines.join(' +\n')};\n`;
}
