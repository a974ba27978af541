import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventMeta } from '../core/index.js';
import { createHistogram, emptyHistogram, quantile } from './histogram.js';
import { FRAME_SERIES, createRunStatistics, crossingSeries, objectSeries } from './run-statistics.js';
import { createTimeBins } from './time-bins.js';
import { sceneFrame } from './track-scene.js';

const feet = { x: 100, y: 200 };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('frames, objects, tracks, peaks, dwell and confidence of a small scene', () => {
  const statistics = createRunStatistics();
  for (let frame = 0; frame < 100; frame++)
    statistics.update(
      sceneFrame({
        frame,
        objects: [
          { feet, trackId: 1, confidence: 0.92 },
          ...(frame < 31 ? [{ feet, trackId: 2, confidence: 0.55 }] : []),
          ...(frame >= 40 && frame < 46
            ? [
                { feet, trackId: 3, label: 'vehicle' },
                { feet, label: 'vehicle' },
              ]
            : []),
        ],
      }),
    );
  const { frames, firstMs, lastMs, peak, labels, overTime } = statistics.snapshot();
  assert.deepEqual({ frames, firstMs, lastMs, peak }, { frames: 100, firstMs: 0, lastMs: 9900, peak: 3 });
  const [person, vehicle] = labels;
  assert.deepEqual([person!.label, person!.objects, person!.peak, person!.tracks], ['person', 131, 2, 2]);
  assert.deepEqual([vehicle!.label, vehicle!.objects, vehicle!.peak, vehicle!.tracks], ['vehicle', 12, 2, 1]);
  assert.equal(person!.dwellSeconds.max, 9.9);
  assert.equal(person!.dwellSeconds.sum, 9.9 + 3);
  assert.equal(vehicle!.dwellSeconds.max, 0.5);
  assert.deepEqual([person!.confidence.counts[18], person!.confidence.counts[11]], [100, 31]);
  assert.equal(sum(overTime.series[FRAME_SERIES]!), 100);
  assert.equal(sum(overTime.series[objectSeries('person')]!), 131);
});

test('a snapshot may be taken at any time and changes nothing', () => {
  const statistics = createRunStatistics();
  for (let frame = 0; frame < 10; frame++) {
    statistics.update(sceneFrame({ frame, objects: [{ feet, trackId: 1 }] }));
    assert.equal(statistics.snapshot().labels[0]!.tracks, 1);
  }
  assert.equal(statistics.snapshot().labels[0]!.dwellSeconds.total, 1);
});

test('a track whose class wavers is counted once, as what it was most often', () => {
  const statistics = createRunStatistics();
  for (let frame = 0; frame < 9; frame++)
    statistics.update(sceneFrame({ frame, objects: [{ feet, trackId: 1, label: frame % 3 ? 'car' : 'lorry' }] }));
  assert.deepEqual(
    statistics.snapshot().labels.map(({ label, tracks }) => [label, tracks]),
    [
      ['car', 1],
      ['lorry', 0],
    ],
  );
});

test('crossings by line, class and direction, and over time', () => {
  const statistics = createRunStatistics();
  const { pts, stream, frame } = sceneFrame({ frame: 0, objects: [] });
  const event: EventMeta = {
    type: 'line-crossing',
    stream,
    frame,
    pts,
    node: 'counter',
    line: 'gate',
    direction: 'in',
    trackId: 1,
    label: 'person',
    at: feet,
  };
  statistics.update(sceneFrame({ frame: 0, objects: [] }));
  for (const part of [{}, {}, { label: 'vehicle' }, { direction: 'out' as const }]) statistics.event({ ...event, ...part });
  const { crossings, overTime } = statistics.snapshot();
  assert.deepEqual(crossings, [
    { line: 'gate', label: 'person', direction: 'in', count: 2 },
    { line: 'gate', label: 'vehicle', direction: 'in', count: 1 },
    { line: 'gate', label: 'person', direction: 'out', count: 1 },
  ]);
  assert.deepEqual(overTime.series[crossingSeries('gate', 'in')], [3]);
});

test('timings of nodes', () => {
  const statistics = createRunStatistics();
  for (const tookMs of [2, 4, 12]) statistics.timing('detector', tookMs);
  assert.deepEqual(statistics.snapshot().timings, [{ node: 'detector', runs: 3, meanMs: 6, maxMs: 12 }]);
});

test('ten hours give a few hundred bins, and nothing of them is lost', () => {
  const bins = createTimeBins();
  for (let second = 0; second < 36_000; second++) bins.add('frames', 5000 + second * 1000, 1);
  bins.add('objects', 0, 1);
  const { startMs, binMs, bins: used, series } = bins.snapshot();
  assert.equal(startMs, 5000);
  assert.equal(binMs, 128_000);
  assert.equal(used, Math.ceil(36_000 / 128));
  assert.equal(sum(series['frames']!), 36_000);
  assert.deepEqual(
    series['frames']!.slice(0, -1).filter((count) => count !== 128),
    [],
  );
  assert.equal(series['objects']![0], 1);
});

test('a thousand classes and a million tracks stay bounded', () => {
  const statistics = createRunStatistics();
  for (let frame = 0; frame < 2000; frame++)
    statistics.update(
      sceneFrame({
        frame,
        fps: 1,
        objects: Array.from({ length: 5 }, (_, n) => ({ feet, trackId: frame * 5 + n, label: `class ${(frame * 5 + n) % 1000}` })),
      }),
    );
  const { labels } = statistics.snapshot();
  assert.equal(labels.length, 101);
  assert.equal(labels[0]!.label, 'others');
  assert.equal(sum(labels.map(({ tracks }) => tracks)), 10_000);
});

test('quantiles of a histogram lie where the values lie', () => {
  const histogram = createHistogram(emptyHistogram([0, 10, 20, 30]));
  for (let value = 0; value < 40; value++) histogram.add(value);
  assert.ok(Math.abs(quantile(histogram.snapshot(), 0.5) - 20) <= 1);
  assert.ok(quantile(histogram.snapshot(), 1) <= 39);
  assert.equal(quantile(emptyHistogram([0, 1]), 0.5), 0);
});
