// Assembles the `.wat` files of src; `npm run gen` writes a module of each beside it, and a test holds them current.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const FEATURES = { simd: true, sat_float_to_int: true };

/** The TypeScript module that carries what a `.wat` file assembles to. */
function moduleOf(assembler, path) {
  const name = path.split('/').at(-1);
  const parsed = assembler.parseWat(name, readFileSync(join(root, path), 'utf8'), FEATURES);
  parsed.validate(FEATURES);
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,120}/g).map((line) => `  '${line}'`);
  const constant = name.replace('.wat', '_wasm').replaceAll('-', '_').toUpperCase();
  return `// Made by \`npm run gen\` from ${name}.\n\n/** The assembled loops, as base64. */\n// prettier-ignore\nexport const ${constant} =\n${lines.join(' +\n')};\n`;
}

/** Path from the project's folder to the text that should be there. */
export async function wasmModules() {
  // Loaded on use: a faulty text makes the module print its whole source where it is not caught.
  const assembler = await createRequire(import.meta.url)('wabt')();
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((path) => path.endsWith('.wat'));
  return Object.fromEntries(
    sources.map((path) => `src/${path.replaceAll('\\', '/')}`).map((path) => [path.replace('.wat', '-wasm.ts'), moduleOf(assembler, path)]),
  );
}
