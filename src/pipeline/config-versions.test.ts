import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { mutations, random } from '../testing/fuzz.js';
import { parseConfigText, parsePipelineConfig } from './config-file.js';
import { CONFIG_MIGRATIONS, migratedConfig } from './config-versions.js';

const OLD = `streams:
  door: door.mp4
  yard: { uri: yard.mp4, threads: 2 }
models:
  people:
    model: yolox-nano
    interval: 2
  faces: { model: blazeface }
  tracker: { track: bytetrack, on: { objects: [people, faces] } }
`;
const NEW = `version: 1
sources:
  door: door.mp4
  yard: { uri: yard.mp4, threads: 2 }
nodes:
  people:
    model: yolox-nano
    everyFrames: 3
  faces: { model: blazeface }
  tracker: { track: bytetrack, on: { objects: [people, faces] } }
`;
const read = (text: string, note?: (sentence: string) => void) =>
  parseConfigText(text, { env: {}, folder: '/base', name: 'p.yaml', ...(note ? { note } : {}) });

for (const [title, text] of [
  ['without a version', OLD],
  ['of version 0', `version: 0\n${OLD}`],
] as const)
  test(`a configuration ${title} is taken over, with a word`, () => {
    const notes: string[] = [];
    assert.deepEqual(
      read(text, (sentence) => notes.push(sentence)),
      read(NEW),
    );
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /^p\.yaml: read as version 0 of the grammar and taken over to version 1: `streams:` is now `sources:`/);
  });

test('the present version passes without a word, and is not touched', () => {
  const data = { version: 1, sources: { streams: 'a.mp4' }, nodes: { interval: { model: 'yolox-nano' } } };
  assert.equal(migratedConfig(data).data, data);
  parsePipelineConfig(data, assert.fail);
});

const complaints: [title: string, from: string, to: string, message: RegExp][] = [
  ['a wrong value, under the key that was written', 'interval: 2', 'interval: two', /^p\.yaml:7: models\.people\.interval: expected number/],
  ['an unknown key, under the key that was written', 'threads', 'thraeds', /^p\.yaml:3: streams\.yard\.thraeds: unknown key "thraeds"/],
  ['old and new names at once', 'models:', 'sources: { a: b.mp4 }\nversion: 0\nmodels:', /streams: unknown key "streams"/],
  ['both ways to say how often', 'interval: 2', 'interval: 2\n    everyFrames: 2', /models\.people\.interval: unknown key "interval"/],
  ['models that are no map', 'models:', 'models: 3\nothers:', /^p\.yaml:4: models: expected record/],
];
for (const [title, from, to, message] of complaints)
  test(`of an earlier version is told: ${title}`, () => {
    assert.ok(OLD.includes(from));
    assert.throws(
      () => read(OLD.replace(from, to)),
      (error) => (error instanceof Fault && error.code === 'CONFIG_INVALID' && message.test(error.message)) || assert.fail(String(error)),
    );
  });

test('a version that nobody knows names those that are known, and nothing else is complained of', () => {
  const message = 'p.yaml:1: version: 7 is not known here; this release reads 0 and 1';
  assert.throws(() => read(NEW.replace('version: 1', 'version: 7').replace('nodes:', 'knots:')), { message });
  assert.throws(() => parsePipelineConfig({ version: -1 }), /^Fault: version: -1 is not known here/);
});

test('neither a version nor an old name: the version is missing', () => {
  assert.throws(() => read(NEW.replace('version: 1\n', '')), /version: expected 1/);
});

test('what is no configuration at all passes to the check', () => {
  for (const raw of [null, 3, 'x', [], {}]) assert.equal(migratedConfig(raw).data, raw);
});

test('migrations follow each other, and complaints find their way back through all of them', () => {
  const [zero] = CONFIG_MIGRATIONS;
  const earlier = {
    from: -1,
    to: 0,
    words: '`cameras:` is now `streams:`',
    isUnversioned: () => false,
    migrate: ({ cameras, ...data }: Readonly<Record<string, unknown>>) => ({ ...data, streams: cameras, version: 0 }),
    origin: ([top, ...rest]: readonly (string | number)[]) => [top === 'streams' ? 'cameras' : top!, ...rest],
  };
  const { data, notes, origin } = migratedConfig({ version: -1, cameras: { door: 'd.mp4' } }, [earlier, zero!]);
  assert.deepEqual(data, { version: 1, sources: { door: 'd.mp4' } });
  assert.equal(notes.length, 2);
  assert.deepEqual(origin(['sources', 'door', 'uri']), ['cameras', 'door', 'uri']);
});

test('damaged texts of an earlier version are read or refused, never met with another error', () => {
  for (const bytes of mutations(new TextEncoder().encode(OLD), 400, random(3))) {
    try {
      read(new TextDecoder().decode(bytes));
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === 'CONFIG_INVALID', String(error));
    }
  }
});
