import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EventRecord, ResultRecord } from 'ocellus/core/schema';
import { createMedia } from 'ocellus/media';
import { evenTicks, makeClip, plain } from '../dist/media/libav/clip-maker.test.support.js';
import { asset, needs } from '../dist/testing/assets.js';
import { ocellus, type Ran } from './cli.js';

interface Summary {
  readonly files: Readonly<Record<string, string[]>>;
  readonly frames: number;
  readonly interrupted: boolean;
  readonly streams: Readonly<Record<string, { readonly lines: Readonly<Record<string, { readonly in: number; readonly out: number }>> }>>;
}

const FOUR = ['annotated.mp4', 'events.jsonl', 'report.html', 'results.jsonl'];
const CARS = 'videos/intel-car-detection.mp4';
const CAR_MODEL = 'models/person-vehicle-bike-detection-2002.onnx';
const SIZE = { width: 160, height: 120 };

let folder = '';
let clip = '';
const at = (name: string): string => join(folder, name);
const env = (): Record<string, string> => ({ OCELLUS_CACHE: at('cache') });
const run = (source: string, out: string, ...more: string[]): Promise<Ran> =>
  ocellus(['run', source, '-o', at(out), ...more], { env: env(), cwd: folder });

/** Times of every picture of a video, in ms. */
async function timesOf(path: string): Promise<number[]> {
  await using source = await createMedia().open(path);
  const times: number[] = [];
  for await (const frame of source.frames()) {
    times.push((1000 * Number(frame.pts.ticks) * frame.pts.timeBase.num) / frame.pts.timeBase.den);
    frame.close();
  }
  return times;
}

async function linesOf(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  assert.ok(text === '' || text.endsWith('\n'), `${path}: the last line is not whole`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

const onlyObject = ({ stdout }: Ran): unknown => {
  assert.equal(stdout.indexOf('\n'), stdout.length - 1, `stdout is one line: ${stdout}`);
  return JSON.parse(stdout);
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-run-'));
  // Uneven times, and sound that MP4 does not take.
  const ticks = evenTicks(30).map((tick, n) => (n > 20 ? tick + 3n : tick));
  const paint = (n: number): Uint8Array => plain(SIZE, 8 * n, 90, 30);
  clip = await makeClip(at('clip 你.mkv'), { size: SIZE, ticks, paint, sound: { codec: 'pcm_s16le', seconds: 2 } });
});
after(() => rm(folder, { recursive: true }));

test('a run leaves its four files: every frame at its time, the sound made AAC, a record a frame, one page', async () => {
  const ran = await run(clip, 'four', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const { frames, files, interrupted } = onlyObject(ran) as Summary;
  assert.deepEqual([frames, interrupted], [30, false]);
  assert.deepEqual(Object.values(files).flat().toSorted(), FOUR.map((name) => join('four', name))); // prettier-ignore
  assert.deepEqual(readdirSync(at('four')).toSorted(), FOUR);
  const video = at('four/annotated.mp4');
  assert.deepEqual(await timesOf(video), await timesOf(clip));
  const info = await createMedia().probe(video);
  assert.equal(info.video?.codec, 'h264');
  assert.deepEqual(info.audio, [{ codec: 'aac', sampleRateHz: 48000, channels: 2 }]);
  assert.match(ran.stderr, /pcm_s16le sound; it is made AAC/);
  const bytes = await readFile(video);
  assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'the index stands first');
  const records = (await linesOf(at('four/results.jsonl'))).map((record) => ResultRecord.parse(record));
  assert.deepEqual(
    records.map(({ frame }) => frame),
    Array.from({ length: 30 }, (_, n) => n),
  );
  assert.match(await readFile(at('four/report.html'), 'utf8'), /^<!doctype html>/i);
});

test('nothing of what is there is touched: refused before any work, also where one file of four is there', async () => {
  await mkdir(at('there'));
  await writeFile(at('there/report.html'), 'precious');
  const ran = await run(clip, 'there', '--json');
  assert.equal(ran.code, 73);
  assert.equal((onlyObject(ran) as { error: { code: string } }).error.code, 'ALREADY_EXISTS');
  assert.deepEqual(readdirSync(at('there')), ['report.html']);
  assert.equal(await readFile(at('there/report.html'), 'utf8'), 'precious');
});

test('a video is never replaced by its own annotated copy', async () => {
  await mkdir(at('self'));
  const own = await makeClip(at('self/annotated.mp4'), { size: SIZE, ticks: evenTicks(5), paint: () => plain(SIZE, 9, 9, 9) });
  const before = await readFile(own);
  const { code, stderr } = await run(own, 'self', '--overwrite');
  assert.equal(code, 64, stderr);
  assert.match(stderr, /annotated\.mp4: that file is the source/);
  assert.deepEqual(await readFile(own), before);
});

for (const [what, args, code] of [
  ['an unknown option', ['--nope'], 64],
  ['a bad number', ['--every', '0'], 64],
  ['no label', ['--labels', ','], 64],
  ['a line beside the picture', ['--line', '5000,0,5000,90'], 78],
  ['a model that is no detector', ['-m', 'blazepalmistry'], 66],
  ['an unknown tracker', ['--tracker', 'bytetrak'], 78],
] as const)
  test(`--json gives one object on stdout and the reason on stderr: ${what}`, async () => {
    const ran = await run(clip, 'wrong', '--json', ...args);
    assert.equal(ran.code, code, ran.stderr);
    const { error } = onlyObject(ran) as { error: { code: string; message: string } };
    assert.ok(ran.stderr.includes(error.message), ran.stderr);
  });

for (const [name, what] of [
  ['missing.mp4', /missing\.mp4: no such file/],
  ['text.mp4', /text\.mp4: not a video/],
  ['', /is a folder, not a video/],
] as const)
  test(`what is no video is told in one line: ${name || 'a folder'}`, async () => {
    await writeFile(at('text.mp4'), 'hello');
    const { code, stderr } = await run(at(name), 'none');
    assert.ok(code === 65 || code === 66, `${code}`);
    assert.match(stderr, what);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  });

/** Sends `signal` once the film has begun to reach the disk. */
async function stopped(out: string, signal: NodeJS.Signals): Promise<Ran> {
  let begun: Promise<void> | undefined;
  const waitAndKill = async (kill: (signal: NodeJS.Signals) => void): Promise<void> => {
    const size = async (): Promise<number> => (await readFile(at(`${out}/annotated.mp4`)).catch(() => '')).length;
    while ((await size()) < 4000) await new Promise((resolve) => setTimeout(resolve, 20));
    kill(signal);
  };
  const source = 'synthetic:?width=320&height=240&frames=endless&fps=25';
  return ocellus(['run', source, '-o', at(out), '--every', '20', '--json'], {
    env: env(),
    cwd: folder,
    onStderr: (_, kill) => void (begun ??= waitAndKill(kill)),
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends a run in good order: exit 130, the video as long as the results, and the page says so`, async () => {
    const ran = await stopped(signal, signal);
    assert.equal(ran.code, 130, ran.stderr);
    const { frames, interrupted } = onlyObject(ran) as Summary;
    assert.ok(interrupted && frames > 0);
    assert.equal((await linesOf(at(`${signal}/results.jsonl`))).length, frames);
    assert.equal((await timesOf(at(`${signal}/annotated.mp4`))).length, frames);
    assert.match(await readFile(at(`${signal}/report.html`), 'utf8'), /stopped before the end/);
  });

test('SIGKILL leaves a video that plays and whole lines', async () => {
  assert.equal((await stopped('SIGKILL', 'SIGKILL')).signal, 'SIGKILL');
  assert.ok((await timesOf(at('SIGKILL/annotated.mp4'))).length > 5);
  for (const record of await linesOf(at('SIGKILL/results.jsonl'))) ResultRecord.parse(record);
});

test('a configuration with two sources leaves a video for each, and one of everything else', async () => {
  const { code, stderr } = await ocellus(['run', await twoSources(), '-o', at('two'), '--json'], { env: env(), cwd: folder });
  assert.equal(code, 0, stderr);
  assert.deepEqual(readdirSync(at('two')).toSorted(), ['annotated-a.mp4', 'annotated-b.mp4', 'events.jsonl', 'report.html', 'results.jsonl']);
  const streams = (await linesOf(at('two/results.jsonl'))).map((record) => ResultRecord.parse(record).stream);
  assert.deepEqual([streams.filter((name) => name === 'a').length, streams.filter((name) => name === 'b').length], [30, 7]);
});

async function twoSources(): Promise<string> {
  const sources = { a: 'clip 你.mkv', b: 'synthetic:?width=160&height=120&frames=7' };
  await writeFile(at('two.json'), JSON.stringify({ version: 1, sources, nodes: { things: { model: 'coco-centernet', everyFrames: 5 } } }));
  return at('two.json');
}

test('events are the crossings that the summary counts', needs(CARS, CAR_MODEL), async () => {
  const mirror = { ...env(), OCELLUS_MODEL_MIRROR: asset('models') };
  const args = ['run', asset(CARS), '-o', at('cars'), '-m', 'person-vehicle-bike-2002', '--every', '3', '--no-video', '--no-report', '--json'];
  const ran = await ocellus(args, { env: mirror, cwd: folder });
  assert.equal(ran.code, 0, ran.stderr);
  const { in: inward, out } = (onlyObject(ran) as Summary).streams['intel-car-detection']!.lines['middle']!;
  const events = (await linesOf(at('cars/events.jsonl'))).map((event) => EventRecord.parse(event));
  assert.equal(events.length, inward + out);
  assert.ok(events.length > 0);
  assert.deepEqual(readdirSync(at('cars')).toSorted(), ['events.jsonl', 'results.jsonl']);
});
