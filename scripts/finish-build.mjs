// After tsc: makes the command line runnable, and brings along what is no TypeScript.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/ocellus.cjs', import.meta.url));
if (existsSync(main)) chmodSync(main, 0o755);

const python = new URL('../src/serving/backends/python/', import.meta.url);
const built = new URL('../dist/serving/backends/python/', import.meta.url);
mkdirSync(built, { recursive: true });
for (const file of readdirSync(python).filter((name) => name.endsWith('.py'))) copyFileSync(new URL(file, python), new URL(file, built));
