import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ResultRecord } from 'ocellus/core/schema';
import { asset, needs } from '../dist/testing/assets.js';
import { ocellus } from './cli.js';

const CLIP = 'videos/campus-walkers.mp4';
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-detect-'));
});
after(() => rm(folder, { recursive: true }));

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

// The scene shows three to nine walkers at a time (counted by eye over the clip's contact sheet).
for (const [model, file] of [
  ['person-vehicle-bike-2002', 'models/person-vehicle-bike-detection-2002.onnx'],
  ['yolox-nano', 'models/yolox_nano_416.onnx'],
  ['coco-centernet', CLIP],
] as const)
  test(`${model} finds the walkers on each of the 795 frames`, needs(CLIP, file), async () => {
    const out = join(folder, model);
    const env = { OCELLUS_CACHE: join(folder, 'cache'), OCELLUS_MODEL_MIRROR: asset('models') };
    const { code, stderr } = await ocellus(['detect', asset(CLIP), '-m', model, '-o', out, '--labels', 'person', '--confidence', '0.4'], { env });
    assert.equal(code, 0, stderr);
    const lines = (await readFile(join(out, 'results.jsonl'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => ResultRecord.parse(JSON.parse(line)));
    assert.equal(records.length, 795);
    assert.deepEqual(
      records.map(({ frame }) => frame),
      records.map((_, n) => n),
    );
    const people = median(records.map(({ objects }) => objects.length));
    assert.ok(people >= 3 && people <= 9, `${people} people on the median frame`);
    for (const { objects, size } of records)
      for (const { box } of objects)
        assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= size.width && box[3] <= size.height && box[0] < box[2] && box[1] < box[3]);
  });
