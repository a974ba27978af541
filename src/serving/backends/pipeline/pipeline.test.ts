import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { liveFrames, type Tensor } from '../../../core/index.js';
import { ResultRecord } from '../../../core/schema.js';
import { asset, needs } from '../../../testing/assets.js';
import { inferRequest } from '../../../wire/index.js';
import { createModelServer } from '../../model-server.js';
import { writeFiles } from '../../sample-models.test.support.js';

const PICTURE = 'images/dog-bicycle-car.jpg';
const PIPELINE = 'version: 1\nsources: { any: video.mp4 }\nnodes: { faces: { model: ultraface-rfb-320 } }\n';

test('a graph is a model: pictures in, lines of results out, in the order of the requests', needs(PICTURE), async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-graph-'));
  await writeFiles(folder, {
    'graph/config.pbtxt': 'backend: "pipeline"',
    'graph/1/pipeline.yaml': PIPELINE,
    'wrong/config.pbtxt': 'backend: "pipeline"',
    'wrong/1/pipeline.yaml': PIPELINE.replace('ultraface-rfb-320', 'ultraface-rfb-321'),
    'shaped/config.pbtxt': 'backend: "pipeline" input { name: "IMAGE" data_type: TYPE_UINT8 dims: [ 480, 640, 3 ] }',
    'shaped/1/pipeline.yaml': PIPELINE,
  });
  const before = liveFrames();
  const server = await createModelServer({ repositories: [folder] });
  t.after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    assert.equal(liveFrames(), before);
  });
  const reasons = new Map((await server.index(false)).map(({ name, reason }) => [name, reason]));
  assert.match(reasons.get('wrong')!, /ultraface-rfb-321/);
  assert.match(reasons.get('shaped')!, /takes one picture \(data_type TYPE_STRING, dims \[ 1 \]/);
  const bytes = await readFile(asset(PICTURE));
  const ask = async (data: Uint8Array): Promise<ResultRecord> => {
    const { outputs } = await server.infer(
      inferRequest({ modelName: 'graph', inputs: [{ name: 'IMAGE', datatype: 'BYTES', shape: [1], data: [data] }] }),
    );
    const [line] = (outputs[0] as Tensor).data as readonly Uint8Array[];
    return ResultRecord.parse(JSON.parse(new TextDecoder().decode(line)));
  };
  const records = await Promise.all([ask(bytes), ask(bytes)]);
  assert.deepEqual(
    records.map(({ stream, size, inferred }) => [stream, size.width > 100, inferred['faces']]),
    [
      ['request', true, true],
      ['request', true, true],
    ],
  );
  assert.deepEqual(
    records.map(({ frame }) => frame).toSorted((a, b) => a - b),
    [0, 1],
  );
  await assert.rejects(ask(Uint8Array.of(1, 2, 3)), /are no picture/);
  assert.equal((await ask(bytes)).frame, 2, 'a broken picture takes no place');
});
