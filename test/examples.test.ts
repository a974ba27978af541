import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from './source.js';

test("the README's library example is examples/detect.ts", () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
  assert.equal(shown, readFileSync(join(ROOT, 'examples/detect.ts'), 'utf8'));
});

test('examples/detect.ts runs', async () => {
  const home = await mkdtemp(join(tmpdir(), 'ocellus-example-'));
  try {
    const env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: home, HOME: home };
    const args = ['--import', 'tsx', join(ROOT, 'examples/detect.ts'), 'synthetic:?width=320&height=240&frames=3'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
      ['0', '1', '2'],
    );
  } finally {
    await rm(home, { recursive: true });
  }
});
