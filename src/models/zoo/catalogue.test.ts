import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset, needs } from '../../testing/assets.js';
import { CATALOGUE, findModel, knownSha256, sourceHash, toDefinition } from './catalogue.js';
import { checkIntegrity, digestFile } from './digest.js';

test('no two models share a name, an alias or a file', () => {
  const names = CATALOGUE.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(CATALOGUE.map(({ file }) => file)).size, CATALOGUE.length);
});

test('every model can be checked, and says what people should know', () => {
  for (const entry of CATALOGUE) {
    assert.ok(knownSha256(entry) ?? sourceHash(entry), `${entry.name} has a checksum`);
    assert.match(entry.file, /^[A-Za-z0-9][A-Za-z0-9._-]*\.onnx$/);
    assert.ok(entry.card.licence && entry.card.origin && entry.card.limits && entry.card.figures.length > 0, entry.name);
    const channels = entry.picture?.fit.order === 'gray' ? 1 : 3;
    assert.deepEqual([entry.picture?.mean.length ?? 3, entry.picture?.std.length ?? 3], [channels, channels]);
    if (entry.source.kind === 'url') assert.match(entry.source.url, /^https:\/\/.*\/[0-9a-f]{40}\//, 'an address is pinned to a full commit');
    if (entry.source.kind === 'npm') assert.match(entry.source.integrity, /^sha512-/);
    if (entry.conversion === 'none' && entry.source.kind === 'npm') assert.equal(entry.source.files.length, 1);
  }
});

test('class counts: COCO has 80; the person-vehicle-bike networks four scores, of which the background has no label', () => {
  assert.equal(findModel('yolox-nano').labels.length, 80);
  assert.deepEqual([findModel('coco-centernet').labels[0], findModel('coco-centernet').labels[79]], ['person', 'toothbrush']);
  assert.deepEqual(findModel('person-vehicle-bike-2000').labels, ['vehicle', 'person', 'bike']);
});

test('names and aliases are found in any case', () => {
  assert.equal(findModel('YOLOX-nano-416').name, 'yolox-nano');
  assert.equal(findModel('person-vehicle-bike-detection-2002').name, 'person-vehicle-bike-2002');
});

test('an unknown name is answered with the nearest ones', () => {
  assert.throws(() => findModel('yolox-nana'), { code: 'NOT_FOUND', message: /"yolox-nana".*Did you mean "yolox-nano"\?/ });
  assert.throws(() => findModel('person-vehicle-bike'), { code: 'NOT_FOUND', message: /"person-vehicle-bike-200[02]" or / });
});

test('a definition carries all that an instance needs, as plain data', () => {
  const definition = toDefinition(findModel('yolox-nano'), '/models/yolox_nano_416.onnx');
  assert.deepEqual(structuredClone(definition), definition);
  assert.deepEqual(definition.weights, { runtime: 'onnx', path: '/models/yolox_nano_416.onnx' });
  assert.equal(definition.head?.type, 'yolox');
});

for (const entry of CATALOGUE.filter((known) => known.sha256 !== undefined || known.ready !== undefined)) {
  test(`the file of ${entry.name} has the checksum and size of the catalogue`, needs(`models/${entry.file}`), async () => {
    assert.deepEqual(await digestFile(asset(`models/${entry.file}`)), { sha256: entry.sha256, bytes: entry.bytes, ...entry.ready });
  });
}

test('an integrity that is none is refused', async () => {
  await assert.rejects(checkIntegrity('nowhere', 'md5-abc', 'here'), { code: 'CONFIG_INVALID' });
});
