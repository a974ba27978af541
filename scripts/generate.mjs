// Writes the reference pages, which needs a build, and what is assembled.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from './reference.mjs';
import { wasmModules } from './wasm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [path, text] of Object.entries({ ...referencePages(), ...(await wasmModules()) })) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
