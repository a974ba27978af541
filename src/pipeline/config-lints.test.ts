import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_TRACKERS } from '../tracking/index.js';
import { parsePipelineConfig } from './config-file.js';
import { configLints, lintText } from './config-lints.js';

const LINES = { middle: { from: [0, 0.5], to: [1, 0.5] } };
const TIDY = {
  people: { model: 'yolox-nano', labels: ['person', 'car'], everyFrames: 3 },
  tracker: { track: 'bytetrack', on: { objects: 'people' } },
  looks: { model: 'vehicle-attributes', on: { objects: 'tracker', labels: ['car'], limit: 8 }, reinferEvery: { frames: 10 } },
  gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: LINES },
};
const lint = (nodes: object, more: object = {}, trackers = BUILT_IN_TRACKERS): string[] =>
  configLints(parsePipelineConfig({ version: 1, sources: { door: 'door.mp4' }, nodes, ...more }), trackers).map(lintText);

test('a configuration that means what it says is passed without a word', () => {
  assert.deepEqual(lint(TIDY), []);
  assert.deepEqual(lint(TIDY, { outputs: { page: { report: 'a.html' } }, sinks: { all: { jsonl: 'a.jsonl' } } }), []);
});

const cases: [title: string, nodes: object, message: RegExp][] = [
  [
    'two trackers on one detector',
    { other: { track: 'sort', on: { objects: ['people'] } } },
    /^nodes\.other\.on\.objects: tracker follows objects of people too/,
  ],
  ['looks without a limit', { looks: { ...TIDY.looks, on: { objects: 'tracker' } } }, /^nodes\.looks\.reinferEvery: .* objects: tracker, limit: N/],
  [
    'a wait for company before a server, which makes batches itself',
    { looks: { ...TIDY.looks, engine: 'kserve://gpu:8001', maxDelayMs: 5 } },
    /^nodes\.looks\.maxDelayMs: a run takes one picture/,
  ],
  ['a wait for company that never comes', { people: { ...TIDY.people, maxDelayMs: 5 } }, /^nodes\.people\.maxDelayMs: a run takes one picture/],
  [
    'a line for a label that is never found',
    { gate: { ...TIDY.gate, lines: { middle: { ...LINES.middle, labels: ['dog', 'car'] } } } },
    /^nodes\.gate\.lines\.middle\.labels: tracker gives person, car only, never dog$/,
  ],
  [
    'a tracker of a label that is never found',
    { tracker: { ...TIDY.tracker, on: { objects: 'people', labels: ['cat'] } }, looks: { ...TIDY.looks, enabled: false } },
    /^nodes\.tracker\.on\.labels: people gives person, car only, never cat$/,
  ],
];
for (const [title, nodes, message] of cases)
  test(`warned of: ${title}`, () => {
    const found = lint({ ...TIDY, ...nodes });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0]!, message);
  });

test('trackers with different labels share a detector in peace', () => {
  const of = (label: string): object => ({ track: 'sort', on: { objects: 'people', labels: [label] } });
  assert.deepEqual(lint({ people: TIDY.people, walkers: of('person'), cars: of('car') }), []);
});

test('a detector with gaps before a tracker that carries nothing over them is warned of, by the key that makes the gaps', () => {
  const still = BUILT_IN_TRACKERS.map((kind) => ({ ...kind, coasts: kind.type !== 'sort' }));
  const nodes = (people: object): object => ({ people: { model: 'yolox-nano', ...people }, tracker: { track: 'sort', on: { objects: 'people' } } });
  assert.match(lint(nodes({ everyFrames: 3 }), {}, still)[0]!, /^nodes\.people\.everyFrames: tracker follows with sort, which carries nothing/);
  assert.match(lint(nodes({ everySeconds: 0.5 }), {}, still)[0]!, /^nodes\.people\.everySeconds: /);
  assert.deepEqual(lint(nodes({}), {}, still), []);
  assert.deepEqual(lint(nodes({ everyFrames: 3 })), []);
});

test('where only events are written, nodes that lead to none are warned of', () => {
  const events = { sinks: { events: { jsonl: 'a.jsonl', of: 'events' } } };
  assert.match(lint(TIDY, events).join('\n'), /^nodes\.looks: nothing shows what it finds: only events are written[^\n]*$/);
  const { looks: _, ...useful } = TIDY;
  assert.deepEqual(lint(useful, events), []);
});

test('nodes that are not at work are not looked at', () => {
  assert.deepEqual(
    lint({ ...TIDY, people: { ...TIDY.people, maxDelayMs: 5 }, other: { model: 'yolox-nano' }, tracker: { ...TIDY.tracker, enabled: false } }),
    ['nodes.people.maxDelayMs: a run takes one picture (maxBatch is 1), so that no other is waited for. Raise maxBatch, or take maxDelayMs out'],
  );
});

test('a single stream that is looked at with gaps before such a tracker is warned of too', () => {
  const still = BUILT_IN_TRACKERS.map((kind) => ({ ...kind, coasts: kind.type !== 'sort' }));
  const nodes = { people: { model: 'yolox-nano' }, tracker: { track: 'sort', on: { objects: 'people' } } };
  const of = (override: object): string[] => lint(nodes, { sources: { door: { uri: 'door.mp4', nodes: { people: override } } } }, still);
  assert.match(of({ everyFrames: 5 }).join('\n'), /^sources\.door\.nodes\.people\.everyFrames: tracker follows with sort/);
  assert.deepEqual(of({ enabled: false }), []);
});
