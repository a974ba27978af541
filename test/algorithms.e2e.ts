import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EventRecord, ResultRecord } from 'ocellus/core/schema';
import { type Ran, ocellus } from './cli.js';

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'ocellus-algorithms-'))));
after(() => rm(folder, { recursive: true }));

const COUNTER = `import { Fault } from 'ocellus/core';
import type { Algorithm, AlgorithmFrame, RunContext } from 'ocellus/pipeline';
import { mean } from './parts/mean.js';

interface Settings {
  readonly failOn: number;
}

export class Light implements Algorithm<{ frames: number[]; light: number; runs: number }, Settings> {
  #runs = 0;
  #failOn = -1;
  init({ failOn }: Settings): void {
    this.#failOn = failOn;
  }
  async run(frames: readonly AlgorithmFrame[], context: RunContext): Promise<{ frames: number[]; light: number; runs: number }> {
    const newest = frames.at(-1)!;
    if (newest.number === this.#failOn) throw new Fault('INPUT_CORRUPT', 'no light at all');
    const { rgb, size } = await newest.rgb({ width: 32 });
    context.add({ label: 'frame', box: { x1: 10, y1: 10, x2: 60, y2: 60 } });
    return { frames: frames.map(({ number }) => number), light: mean(rgb) / 255, runs: ++this.#runs + size.width * 0 };
  }
}
`;

/** Runs a configuration whose node \`light\` is so; answers what was written. */
async function run(
  name: string,
  node: string,
  flags: readonly string[] = [],
): Promise<{ readonly ran: Ran; readonly results: ResultRecord[]; readonly events: EventRecord[] }> {
  const home = join(folder, name);
  await mkdir(join(home, 'parts'), { recursive: true });
  await writeFile(join(home, 'light.ts'), COUNTER);
  await writeFile(
    join(home, 'parts/mean.ts'),
    'export const mean = (of: Uint8Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;\n',
  );
  await writeFile(
    join(home, 'pipeline.yaml'),
    `version: 1
sources: { scene: 'synthetic:?width=160&height=120&frames=30' }
nodes: { light: ${node} }
outputs: { film: { video: film.mp4 } }
sinks: { results: { jsonl: results.jsonl }, events: { jsonl: events.jsonl, of: events } }
`,
  );
  const ran = await ocellus(['run', 'pipeline.yaml', ...flags], { cwd: home });
  const lines = async <T>(file: string, parse: (line: unknown) => T): Promise<T[]> =>
    (await readFile(join(home, file), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => parse(JSON.parse(line)));
  return {
    ran,
    results: await lines('results.jsonl', (line) => ResultRecord.parse(line)),
    events: await lines('events.jsonl', (line) => EventRecord.parse(line)),
  };
}

for (const isolate of [false, true])
  test(`a TypeScript file of one's own runs from a configuration${isolate ? ', in a thread of its own' : ''}`, async () => {
    const node = `{ algorithm: ./light.ts, export: Light, interval: 0.4, frameCount: 2, frameStep: 3, settings: { failOn: 24 }, isolate: ${isolate} }`;
    const { ran, results, events } = await run(`run-${isolate}`, node);
    assert.equal(ran.code, 0, ran.stderr);
    const values = results.flatMap(({ frame, values: given }) =>
      given ? [{ frame, ...(given['light'] as { frames: number[]; light: number; runs: number }) }] : [],
    );
    assert.deepEqual(values.map(({ frame, frames, runs }) => ({ frame, frames, runs })), [
      { frame: 3, frames: [0, 3], runs: 1 },
      { frame: 12, frames: [9, 12], runs: 2 },
    ]); // prettier-ignore
    assert.ok(values.every(({ light }) => light > 0 && light < 1));
    assert.deepEqual(results.filter(({ inferred }) => inferred['light']).map(({ frame, objects }) => [frame, objects.map(({ label }) => label)]), [[3, ['frame']], [12, ['frame']]]); // prettier-ignore
    assert.equal(events.length, 1);
    const [event] = events;
    assert.ok(event?.type === 'algorithm-error' && event.frame === 24 && event.breaker === 'closed', JSON.stringify(event));
    assert.match(event.message, /^no light at all \(.*light\.ts:17:\d+\)$/);
    assert.match(ran.stderr, /node light failed on frame 24: no light at all/);
  });

test('code from outside of the folder of the configuration is refused, unless its folder is allowed', async () => {
  const shared = join(folder, 'shared');
  await mkdir(join(shared, 'parts'), { recursive: true });
  await writeFile(join(shared, 'elsewhere.ts'), COUNTER);
  await writeFile(join(shared, 'parts/mean.ts'), 'export const mean = (of: Uint8Array): number => of[0]!;\n');
  const node = '{ algorithm: ../shared/elsewhere.ts, export: Light, settings: { failOn: -1 } }';
  const { ran: allowed, results } = await run('allowed', node, ['--algorithms', '../shared']);
  assert.equal(allowed.code, 0, allowed.stderr);
  assert.equal(results.length, 30);
  const { ran } = await run('inside', node);
  assert.equal(ran.code, 77);
  assert.match(
    ran.stderr,
    /nodes\.light\.algorithm: .*elsewhere\.ts: code is loaded only from .*inside and below; allow its folder with algorithmFolders, or with --algorithms/,
  );
});
