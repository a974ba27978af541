// After tsc: makes the command line runnable.
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/ocellus.cjs', import.meta.url));
if (existsSync(main)) chmodSync(main, 0o755);
