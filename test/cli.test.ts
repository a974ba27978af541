import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ResultRecord } from 'ocellus/core/schema';
import { libavMedia, createMedia } from 'ocellus/media';
import { asset, needs } from '../dist/testing/assets.js';
import { ocellus, type Ran } from './cli.js';

let folder = '';
let env: Record<string, string> = {};
let clip = '';
const at = (name: string): string => join(folder, name);

/** Thirty frames of the synthetic scene as an MP4 of about 50 kB. */
async function writeClip(path: string, frames: number): Promise<void> {
  await using source = await createMedia().open(`synthetic:?width=320&height=240&frames=${frames}&fps=25`);
  const { size, timeBase } = source.info.video;
  await using writer = await libavMedia().createWriter(path, { size, timeBase, crf: 18 });
  for await (const frame of source.frames()) {
    using _ = frame;
    await writer.write(frame);
  }
  await writer.finish();
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-cli-'));
  env = { OCELLUS_CACHE: at('cache'), OCELLUS_MODEL_MIRROR: '' };
  clip = at('clip.mp4');
  await writeClip(clip, 30);
});
after(() => rm(folder, { recursive: true }));

const detect = (video: string, out: string, ...more: string[]): Promise<Ran> => ocellus(['detect', video, '-o', at(out), ...more], { env });

async function records(path: string): Promise<ResultRecord[]> {
  const text = await readFile(path, 'utf8');
  assert.ok(text === '' || text.endsWith('\n'), 'the last line is not whole');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => ResultRecord.parse(JSON.parse(line)));
}

test('detect writes one record a frame, and one summary object on stdout', async () => {
  const { code, stdout, stderr } = await detect(clip, 'first', '--json');
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(summary['frames'], 30);
  assert.equal(summary['interrupted'], false);
  const lines = await records(at('first/results.jsonl'));
  assert.deepEqual(
    lines.map(({ frame }) => frame),
    Array.from({ length: 30 }, (_, n) => n),
  );
  assert.deepEqual(lines[29]?.inferred, { detector: true });
});

test('results that are there are refused, then replaced when asked', async () => {
  await mkdir(at('kept'));
  await writeFile(at('kept/results.jsonl'), 'precious');
  const refused = await detect(clip, 'kept');
  assert.equal(refused.code, 73);
  assert.match(refused.stderr, /results\.jsonl is already there; pass --overwrite/);
  assert.equal(await readFile(at('kept/results.jsonl'), 'utf8'), 'precious');
  assert.equal((await detect(clip, 'kept', '--overwrite')).code, 0);
  assert.equal((await records(at('kept/results.jsonl'))).length, 30);
});

const bad: [title: string, make: () => Promise<string>, code: number, text: RegExp][] = [
  ['a missing file', async () => at('nowhere.mp4'), 66, /nowhere\.mp4/],
  ['a folder', async () => folder, 65, /folder/],
  ['an empty file', async () => (await writeFile(at('empty.mp4'), ''), at('empty.mp4')), 65, /empty\.mp4.*empty/],
  ['text renamed .mp4', async () => (await writeFile(at('text.mp4'), 'dear diary, '.repeat(500)), at('text.mp4')), 65, /text\.mp4/],
];
for (const [title, make, code, text] of bad)
  test(`${title} is told by name, and leaves no results`, async () => {
    const ran = await detect(await make(), `bad-${code}-${title.length}`);
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, text);
    assert.doesNotMatch(ran.stderr, /\n\s+at /, 'no stack trace for a wrong input');
    assert.ok(!existsSync(at(`bad-${code}-${title.length}/results.jsonl`)));
  });

test('a truncated file gives its good frames', async () => {
  const whole = await readFile(clip);
  // Fragments, written while the file grows, keep what came before the cut readable.
  await writeFile(at('cut.mp4'), whole.subarray(0, Math.floor(whole.length * 0.9)));
  const { code, stderr } = await detect(at('cut.mp4'), 'cut');
  assert.ok(code === 0 || code === 65, stderr);
  if (code === 0) assert.ok((await records(at('cut/results.jsonl'))).length > 0);
  else assert.match(stderr, /cut\.mp4/);
});

test('an unknown model comes with the nearest names', async () => {
  const { code, stderr } = await detect(clip, 'm', '--model', 'coco-centrenet');
  assert.equal(code, 66);
  assert.match(stderr, /no model is called "coco-centrenet"\. Did you mean "coco-centernet"/);
});

test('an unknown label comes with the nearest names', async () => {
  const { code, stderr } = await detect(clip, 'l', '--labels', 'persn');
  assert.equal(code, 78);
  assert.match(stderr, /has no label "persn"\. Did you mean "person"/);
});

test('a wrong option is a usage error with the nearest name', async () => {
  const { code, stderr } = await ocellus(['detect', clip, '--overwrit'], { env });
  assert.equal(code, 64);
  assert.match(stderr, /--overwrite/);
  assert.equal((await ocellus(['detekt'], { env })).code, 64);
  assert.equal((await ocellus(['detect', clip, '--confidence', '2'], { env })).code, 64);
});

test('an output that cannot be written is told before work starts', async () => {
  await writeFile(at('file'), '');
  const { code, stderr } = await detect(clip, 'file/below');
  assert.equal(code, 73);
  assert.match(stderr, /is a file, not a folder/);
});

test('weights with a wrong checksum are refused', async () => {
  await mkdir(at('mirror'));
  await writeFile(at('mirror/yolox_nano_416.onnx'), 'not the weights');
  const { code, stderr } = await ocellus(['detect', clip, '-m', 'yolox-nano', '-o', at('w')], {
    env: { ...env, OCELLUS_MODEL_MIRROR: at('mirror') },
  });
  assert.equal(code, 65, stderr);
  assert.match(stderr, /yolox_nano_416\.onnx/);
  assert.match(stderr, /sha256/i);
});

test('no network for a pull is told with the ways out', async () => {
  // Port 9 (discard) is closed on any sane machine: the proxy refuses at once.
  const { code, stderr } = await ocellus(['models', 'pull', 'yolox-nano'], {
    env: { ...env, npm_config_https_proxy: 'http://127.0.0.1:9', npm_config_proxy: 'http://127.0.0.1:9' },
  });
  assert.equal(code, 69, stderr);
  assert.match(stderr, /yolox-nano/);
  assert.match(stderr, /OCELLUS_MODEL_MIRROR|mirror/i);
});

for (const signal of ['SIGINT', 'SIGKILL'] as const)
  test(`${signal} in the middle leaves whole lines`, async () => {
    const out = at(`stopped-${signal}`);
    const url = 'synthetic:?width=320&height=240&frames=100000&fps=25';
    const path = join(out, 'results.jsonl');
    const timers: NodeJS.Timeout[] = [];
    const { code, signal: by } = await ocellus(['detect', url, '-o', out], {
      env,
      onStderr: (_, kill) => {
        if (timers.length === 0)
          timers.push(
            setInterval(() => {
              if (!existsSync(path) || readFileSync(path, 'utf8') === '') return;
              // Once: a second interrupt would force.
              clearInterval(timers[0]);
              kill(signal);
            }, 20),
          );
      },
    });
    for (const timer of timers) clearInterval(timer);
    if (signal === 'SIGINT') assert.equal(code, 130);
    else assert.equal(by, 'SIGKILL');
    const lines = await records(path);
    assert.ok(lines.length > 0);
    assert.deepEqual(
      lines.map(({ frame }) => frame),
      lines.map((_, n) => n),
    );
  });

test('validate and schema', async () => {
  const file = at('p.yaml');
  await writeFile(file, `version: 1\nsources: { a: ${clip} }\nnodes: { d: { model: coco-centernet } }\n`);
  const good = await ocellus(['validate', file], { env });
  assert.equal(good.code, 0, good.stderr);
  await writeFile(file, 'version: 1\nsources: { a: x }\nnodes:\n  d: { modell: x }\n');
  const wrong = await ocellus(['validate', file], { env });
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /p\.yaml:4: nodes\.d\.modell: unknown key "modell"\. Did you mean "model"/);
  const schema = await ocellus(['schema'], { env });
  assert.equal((JSON.parse(schema.stdout) as { type: string }).type, 'object');
});

test('validate prints the plan on stdout, and what is hardly meant or of an earlier version on stderr', async () => {
  const file = at('old.yaml');
  await writeFile(file, `streams: { a: ${clip} }\nmodels: { d: { model: coco-centernet, interval: 1, maxDelayMs: 5 } }\n`);
  const text = await ocellus(['validate', file, '--plan', 'text'], { env });
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /^sources\n  a  .*clip\.mp4\nstage 1\n  d  reads frames  finds objects with coco-centernet on every 2\. frame\n$/);
  assert.match(text.stderr, /old\.yaml: read as version 0 of the grammar and taken over to version 1: /);
  assert.match(text.stderr, /^warning: nodes\.d\.maxDelayMs: a run takes one picture/m);
  const chart = await ocellus(['validate', file, '--plan', 'mermaid'], { env });
  assert.match(chart.stdout, /^flowchart LR\n {2}source0\(\["a<br\/>/);
  const json = await ocellus(['validate', file, '--json'], { env });
  assert.equal((JSON.parse(json.stdout) as { version: number }).version, 1);
});

test('doctor finds this machine in order', async () => {
  const { code, stdout } = await ocellus(['doctor', '--json'], { env });
  assert.equal(code, 0, stdout);
  const states = (JSON.parse(stdout) as { check: string; state: string }[]).map(({ check, state }) => `${check}: ${state}`);
  assert.deepEqual(states, ['Ocellus: ok', 'Node: ok', 'Video library: ok', 'ONNX runtime: ok', 'Model cache: ok', 'Models: ok']);
});

test('--help and --version answer on stdout with 0', async () => {
  for (const args of [['--help'], ['detect', '--help'], ['models', '--help'], ['--version']]) {
    const { code, stdout } = await ocellus(args, { env });
    assert.equal(code, 0, args.join(' '));
    assert.ok(stdout.length > 3);
  }
});

test('a model of your own whose outputs do not fit its head is told with both shapes', needs('models/yolox_nano_416.onnx'), async () => {
  await copyFile(asset('models/yolox_nano_416.onnx'), at('mine.onnx'));
  const file = at('own.yaml');
  await writeFile(
    file,
    `version: 1
sources: { a: ${clip} }
nodes:
  d:
    model:
      file: mine.onnx
      picture: { input: images, fit: { mode: top-left, size: { width: 416, height: 416 }, order: bgr, layout: planar } }
      head: { type: yolox, outputs: { output: output } }
      labels: [one, two]
`,
  );
  const { openPipeline, loadConfig } = await import('ocellus/pipeline');
  await assert.rejects(openPipeline(await loadConfig(file, {})), {
    code: 'MODEL_MISMATCH',
    message: /2 labels are given, but the network tells 80 classes apart \(outputs output\)/,
  });
});
