import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { loadConfig, openPipeline, parseConfigText } from 'ocellus/pipeline';
import { ROOT } from './source.js';

test("the README's library example is examples/watch.ts", () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
  assert.equal(shown, readFileSync(join(ROOT, 'examples/watch.ts'), 'utf8'));
});

/** Runs an example in an empty folder on a synthetic scene; answers what it printed and left there. */
async function runExample(name: string): Promise<{ readonly printed: string[]; readonly left: string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'ocellus-example-'));
  try {
    const env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: join(home, 'cache'), HOME: home };
    const tsx = import.meta.resolve('tsx');
    const args = ['--import', tsx, join(ROOT, 'examples', name), 'synthetic:?width=320&height=240&frames=3'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: home, env });
    return { printed: stdout.split('\n').filter(Boolean), left: (await readdir(home)).filter((file) => /\.(mp4|html|jsonl)$/.test(file)) };
  } finally {
    await rm(home, { recursive: true });
  }
}

test('examples/detect.ts runs', async () => {
  const { printed } = await runExample('detect.ts');
  assert.deepEqual(
    printed.map((line) => line.split(' ')[0]),
    ['0', '1', '2'],
  );
});

test('examples/watch.ts runs, and leaves its video and page', async () => {
  const { left } = await runExample('watch.ts');
  assert.deepEqual(left.toSorted(), ['annotated.mp4', 'report.html']);
});

test('examples/algorithm.ts runs', async () => {
  const { printed } = await runExample('algorithm.ts');
  assert.deepEqual(printed, ['0 0', '1 0', '2 0']);
});

test('examples/brightness.yaml runs with brightness.ts', async () => {
  const { nodes, version } = await loadConfig(join(ROOT, 'examples/brightness.yaml'), {});
  const sources = { street: 'synthetic:?width=320&height=240&frames=30' };
  const changes: number[] = [];
  await using pipeline = await openPipeline({ version, sources, nodes }, { algorithmFolders: [join(ROOT, 'examples')] });
  await pipeline.run({
    onResult: (result) => {
      const value = result.value<{ mean: number; change: number; dark: boolean }>('light');
      if (!value) return;
      changes.push(result.meta.frame);
      assert.ok(value.mean > 0 && value.mean < 255 && Math.abs(value.change) < 255 && result.shapes.length === 1, JSON.stringify(value));
    },
  });
  // The ten frames before are there on frame 10; from then on each half second, which is 15 frames.
  assert.deepEqual(changes, [10, 15]);
});

test('examples/pipeline.yaml is valid', async () => {
  const { nodes, outputs } = await loadConfig(join(ROOT, 'examples/pipeline.yaml'), {});
  assert.deepEqual(Object.keys(nodes), ['things', 'tracker', 'gate']);
  assert.deepEqual(Object.keys(outputs), ['film', 'page']);
});

test('every configuration in the guide and the README is valid', () => {
  const pages = readdirSync(join(ROOT, 'docs/guide')).filter((file) => file.endsWith('.md'));
  let found = 0;
  for (const page of [...pages.map((file) => join('docs/guide', file)), 'README.md']) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    for (const [, yaml] of text.matchAll(/```yaml\n(version:[\s\S]*?)```/g)) {
      parseConfigText(yaml!, { env: {}, folder: ROOT, name: page });
      found++;
    }
  }
  assert.ok(found >= 2, `${found} configurations`);
});
