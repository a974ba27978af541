import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { exampleReport } from './example-report.js';
import { headline } from './headline.js';
import { planLayers } from './plan-layers.js';
import { timeTicks } from './plot-frame.js';
import { toPng } from './png.js';
import { renderReport } from './render-report.js';
import type { PlanNode, RunReport, StreamReport } from './run-report.js';
import { fileAddress } from './summary-section.js';
import { brief, bytes, counted, duration, plural, videoTime, wrapped } from './wording.js';

const report = exampleReport({ minutes: 2 });
const [stream] = report.streams as [StreamReport];
const page = renderReport(report);
const withStream = (part: Partial<StreamReport>): RunReport => ({ ...report, streams: [{ ...stream, ...part }] });
const VOID = new Set(['!doctype', 'meta', 'img', 'br', 'link']);

/** Walks over every tag: they must nest, and attributes must be quoted. Answers the tags' names. */
function wellFormed(text: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const tags = text.replace(/<style>[^<]*<\/style>/, '').matchAll(/<(\/?)([!a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z0-9:-]+(?:="[^"<]*")?)*)\s*(\/?)>|</g);
  for (const { 1: closes, 2: name, 4: selfCloses, index } of tags) {
    assert.ok(name, `a bare < at "${text.slice(index, index + 60)}"`);
    names.push(name.toLowerCase());
    if (closes) assert.equal(open.pop(), name);
    else if (!selfCloses && !VOID.has(name.toLowerCase())) open.push(name);
  }
  assert.deepEqual(open, []);
  return names;
}

test('the page is well formed, one of each landmark, and headings are in order', () => {
  const names = wellFormed(page);
  for (const name of ['html', 'head', 'body', 'main', 'h1', 'header', 'footer', 'title']) assert.ok(names.includes(name), name);
  assert.equal(page.match(/<h1>/g)?.length, 1);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test('the page loads nothing: no address but data, no script, no handler, no style attribute', () => {
  assert.doesNotMatch(page, /https?:\/\//);
  assert.doesNotMatch(page, /<(script|link|iframe|object|embed|base)\b/i);
  assert.doesNotMatch(page, /\s(on\w+|style)=/i);
  assert.doesNotMatch(page, /@import|url\(/);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address!, /^(data:image\/(png|jpeg);base64,|\.\/|#)/);
});

test('its policy allows just its own style, by its hash', () => {
  const style = /<style>([^]*?)<\/style>/.exec(page)![1]!;
  assert.ok(page.includes(`&#39;sha256-${createHash('sha256').update(style).digest('base64')}&#39;`));
});

const HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;</style>\u202e\u0000\ud800";

test('hostile names are escaped wherever they stand', () => {
  const statistics = {
    ...stream.statistics,
    labels: stream.statistics.labels.map((label) => ({ ...label, label: HOSTILE })),
    crossings: stream.statistics.crossings.map((crossing) => ({ ...crossing, label: HOSTILE, line: HOSTILE })),
    overTime: { ...stream.statistics.overTime, series: { frames: [1], [`in ${HOSTILE}`]: [2], [`objects ${HOSTILE}`]: [3] } },
    timings: [{ node: HOSTILE, runs: 1, meanMs: 1, maxMs: 1 }],
  };
  const evil: RunReport = {
    title: HOSTILE,
    startedAt: HOSTILE,
    elapsedMs: 1,
    interrupted: true,
    streams: ['one', HOSTILE].map((name) => ({
      ...stream,
      stream: name,
      statistics,
      source: { ...stream.source, uri: HOSTILE, codec: HOSTILE, audio: HOSTILE },
      lines: stream.lines.map((line) => ({ ...line, name: HOSTILE })),
      shots: stream.shots.map((shot) => ({ ...shot, label: HOSTILE })),
    })),
    plan: [
      { name: HOSTILE, kind: 'source', does: HOSTILE, reads: [] },
      { name: `${HOSTILE}2`, kind: 'output', does: HOSTILE, reads: [HOSTILE] },
    ],
    notices: [{ kind: 'warning', text: HOSTILE }],
    files: [
      { path: `${HOSTILE}.mp4`, holds: HOSTILE },
      { path: 'javascript:alert(1)', holds: '' },
    ],
    command: HOSTILE,
    version: HOSTILE,
  };
  const text = renderReport(evil);
  const names = wellFormed(text);
  assert.deepEqual(
    names.filter((name) => name === 'script'),
    [],
  );
  assert.doesNotMatch(text, /<img src=x|\u202e|\p{Surrogate}/u);
  assert.ok(!text.includes('\0'));
  for (const [, address] of text.matchAll(/href="([^"]*)"/g)) assert.match(address!, /^(data:image\/(png|jpeg);base64,|\.\/[^:]*$|#)/);
  assert.equal(text.match(/<style>/g)?.length, 1);
});

test('a link leads to a file beside the report, whatever its name', () => {
  assert.equal(fileAddress('javascript:alert(1)'), './javascript%3Aalert(1)');
  assert.equal(fileAddress('crops/a #1?.jpg'), './crops/a%20%231%3F.jpg');
});

test('the headline says what happened', () => {
  const crossings = (...rows: [string, 'in' | 'out', number][]) =>
    rows.map(([label, direction, count]) => ({ line: 'gate', label, direction, count }));
  const of = (part: Partial<StreamReport['statistics']>, lines = stream.lines): string =>
    headline(withStream({ lines, statistics: { ...stream.statistics, ...part } }));
  assert.equal(of({ crossings: crossings(['person', 'in', 31], ['person', 'out', 16]) }), '47 people crossed, 31 in, 16 out');
  assert.equal(of({ crossings: crossings(['person', 'in', 1], ['bus', 'out', 2]) }), '2 buses and 1 person crossed, 1 in, 2 out');
  const two = [stream.lines[0]!, { ...stream.lines[0]!, name: 'other' }];
  assert.equal(of({ crossings: crossings(['person', 'in', 2], ['person', 'out', 1]) }, two), '3 crossings of 2 lines, 2 in, 1 out');
  assert.match(of({ crossings: [] }), /^\d+ people and \d+ bicycles seen, nobody crossed the line$/);
  assert.match(of({ crossings: [] }, []), /^\d+ people and \d+ bicycles seen in 2 min$/);
  assert.equal(of({ crossings: [], labels: [] }, []), 'Nothing was found in 2 min');
  const untracked = stream.statistics.labels.map((label) => ({ ...label, tracks: 0 }));
  assert.equal(of({ crossings: [], labels: untracked }, []), 'People and bicycles found in 2 min');
});

test('what a run did not have is left out', () => {
  const { scene: _scene, heat: _heat, ...plain } = stream;
  const empty = {
    ...plain.statistics,
    frames: 0,
    firstMs: 0,
    lastMs: 0,
    labels: [],
    crossings: [],
    timings: [],
    overTime: { startMs: 0, binMs: 250, bins: 0, series: {} },
  };
  const text = renderReport({
    ...report,
    elapsedMs: 0,
    plan: [],
    notices: [],
    files: [],
    streams: [{ ...plain, statistics: empty, shots: [], lines: [] }],
  });
  wellFormed(text);
  for (const gone of ['The scene', 'Crossings', 'Best shots', 'Files', 'Worth knowing', 'How it was done'])
    assert.doesNotMatch(text, new RegExp(`<h2>${gone}`));
  assert.doesNotMatch(text, /NaN|Infinity|undefined/);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
});

test('the scene stands in the report once, lines and heat are drawn over it', () => {
  const scene = Buffer.from(stream.scene!.jpeg).toString('base64');
  const shots = stream.shots.length;
  assert.equal(page.split(scene).length - 1, 1 + shots, 'the example uses one picture for all');
  assert.ok(page.includes('<use href="#scene-0"'));
  assert.match(renderReport(withStream({ lines: [] })), /id="scene-0"/);
});

test('a 10-hour run gives a report of the same size', () => {
  const { overTime } = stream.statistics;
  const long = {
    ...overTime,
    binMs: 128_000,
    bins: 281,
    series: Object.fromEntries(Object.keys(overTime.series).map((name) => [name, Array.from({ length: 281 }, (_, n) => n % 7)])),
  };
  const text = renderReport(withStream({ statistics: { ...stream.statistics, lastMs: 36_000_000, overTime: long } }));
  assert.ok(text.length < page.length * 1.3, `${text.length} against ${page.length} characters`);
  assert.match(text, />5:00:00</);
});

test('texts are wrapped between words, behind hyphens and at the end cut', () => {
  assert.deepEqual(wrapped('finds person with coco-centernet on every 2. frame', 20, 4), [
    'finds person with',
    'coco-centernet on',
    'every 2. frame',
  ]);
  assert.deepEqual(wrapped('with vehicle-attributes-recognition', 14, 3), ['with vehicle-', 'attributes-', 'recognition']);
  assert.deepEqual(wrapped('one two three four', 9, 2), ['one two', 'three fo…']);
  assert.deepEqual(wrapped('annotated.mp4', 6, 3), ['annot…']);
  assert.deepEqual(wrapped('', 6, 3), ['']);
});

test('a source and a node of the same name are drawn apart, and each is read by who reads it', () => {
  const { layers, ways } = planLayers([
    { name: 'people', id: 'source people', kind: 'source', does: '', reads: [] },
    { name: 'people', kind: 'node', does: '', reads: ['source people'] },
    { name: 'tracker', kind: 'node', does: '', reads: ['people'] },
  ]);
  assert.deepEqual(
    layers.map((layer) => layer.map(({ node }) => node?.kind)),
    [['source'], ['node'], ['node']],
  );
  assert.equal(ways.length, 2);
});

test('a plan is layered: who reads stands later, outputs stand last, passing links keep a slot, a ring is drawn too', () => {
  const named = (name: string, ...reads: string[]): PlanNode => ({ name, kind: name.startsWith('out') ? 'output' : 'node', does: '', reads });
  const { layers, ways } = planLayers([named('cam'), named('det', 'cam'), named('trk', 'det'), named('out1', 'cam', 'trk'), named('out2', 'det')]);
  assert.deepEqual(
    layers.map((layer) => layer.flatMap(({ node }) => node?.name ?? [])),
    [['cam'], ['det'], ['trk'], ['out1', 'out2']],
  );
  assert.deepEqual(
    ways.map((way) => way.map(({ node }) => node?.name ?? '')),
    [
      ['cam', 'det'],
      ['det', 'trk'],
      ['cam', '', '', 'out1'],
      ['trk', 'out1'],
      ['det', '', 'out2'],
    ],
  );
  assert.equal(
    planLayers([named('a', 'b'), named('b', 'a')])
      .layers.flat()
      .filter(({ node }) => node).length,
    2,
  );
});

test('a PNG holds the pixels that it was given', () => {
  const png = toPng({ size: { width: 2, height: 2 }, rgba: Uint8Array.from({ length: 16 }, (_, n) => n) });
  const at = png.indexOf('IDAT');
  assert.deepEqual(
    [...inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))],
    [0, 0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14, 15],
  );
  assert.equal(png.readUInt32BE(png.length - 4), 0xae426082, 'the check sum of IEND, as in every PNG');
});

test('words: plurals, times, sizes', () => {
  assert.deepEqual(['person', 'bus', 'bicycle', 'wine glass', 'berry', 'toy', '车'].map(plural), [
    'people',
    'buses',
    'bicycles',
    'wine glasses',
    'berries',
    'toys',
    '车',
  ]);
  assert.deepEqual([counted(1, 'person'), counted(1204, 'person')], ['1 person', '1,204 people']);
  assert.deepEqual([0, 65_000, 59_999.9999, 7_265_000].map(videoTime), ['0:00', '1:05', '1:00', '2:01:05']);
  assert.deepEqual([800, 42_000, 200_000, 120_000, 7_500_000].map(duration), ['0.8 s', '42 s', '3 min 20 s', '2 min', '2 h 5 min']);
  assert.deepEqual([12, 1500, 12_400_000].map(bytes), ['12 bytes', '1.5 kB', '12.4 MB']);
  assert.deepEqual([0.5, 10, 7.25, 120, 1000].map(brief), ['0.5', '10', '7.25', '120', '1,000']);
});

test('ticks of time are round and few, for a second and for a week', () => {
  assert.deepEqual(timeTicks(79_500, 3), [0, 30_000, 60_000]);
  for (const endMs of [1, 1000, 79_500, 36_000_000, 7 * 86_400_000]) assert.ok(timeTicks(endMs, 4).length <= 5);
});
