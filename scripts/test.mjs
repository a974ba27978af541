// Runs test files with node:test: `node scripts/test.mjs [--e2e] [part of a path ...]`. Closes with "N passed, N failed, N skipped".
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));

const walk = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

const inSource = walk(resolve(root, 'dist')).filter((path) => path.endsWith('.test.js'));
const inTest = walk(resolve(root, 'test')).filter((path) => path.endsWith(args.includes('--e2e') ? '.e2e.ts' : '.test.ts'));
const files = (args.includes('--e2e') ? inTest : [...inSource, ...inTest]).filter(
  (path) => wanted.length === 0 || wanted.some((part) => relative(root, path).includes(part)),
);
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(64);
}

// Child processes of the test runner inherit this: TypeScript under test/ is transpiled on load.
process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, '--import=tsx', '--enable-source-maps', '--no-warnings=ExperimentalWarning']
  .filter(Boolean)
  .join(' ');

const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files, concurrency: Math.max(2, availableParallelism()), timeout: 300_000 });
const isFile = (data) => data.name === data.file || files.includes(data.name) || data.details?.type === 'suite';
stream.on('test:pass', (data) => {
  if (isFile(data)) return;
  if (data.skip !== undefined) counts.skipped++;
  else counts.passed++;
});
stream.on('test:fail', () => {
  counts.failed++;
  process.exitCode = 1;
});
stream.compose(spec).pipe(process.stdout);
process.on('exit', () => console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`));
