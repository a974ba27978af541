// Runs test files with node:test: `node scripts/test.mjs [--e2e] [part of a path ...]`. Closes with "N passed, N failed, N skipped".
import { once } from 'node:events';
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
const isWanted = (path) => wanted.length === 0 || wanted.some((part) => relative(root, path).includes(part));
const groups = [
  { files: args.includes('--e2e') ? [] : inSource.filter(isWanted), preload: [] },
  // TypeScript under test/ is transpiled on load. Not what is built: there a second transpiler would stand between Node and the source maps.
  { files: inTest.filter(isWanted), preload: ['--import=tsx'] },
].filter(({ files }) => files.length > 0);
if (groups.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(64);
}

const given = process.env.NODE_OPTIONS;
const counts = { passed: 0, failed: 0, skipped: 0 };
process.on('exit', () => console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`));

async function runGroup({ files, preload }) {
  // The runner's child processes inherit it.
  process.env.NODE_OPTIONS = [given, ...preload, '--enable-source-maps', '--no-warnings=ExperimentalWarning'].filter(Boolean).join(' ');
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
  const report = stream.compose(spec);
  report.pipe(process.stdout, { end: false });
  await once(report, 'end');
}

for (const group of groups) await runGroup(group);
