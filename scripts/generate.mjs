// Writes the reference pages, which needs a build, and what is assembled.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CROP_ROWS_PATH, cropRowsModule } from './crop-rows.mjs';
import { referencePages } from './reference.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [path, text] of Object.entries(referencePages())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
writeFileSync(join(root, CROP_ROWS_PATH), await cropRowsModule());
