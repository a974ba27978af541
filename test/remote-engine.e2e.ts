import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ObjectMeta } from 'ocellus/core';
import { createZoo, findModel } from 'ocellus/models';
import { openPipeline } from 'ocellus/pipeline';
import { asset, needs } from '../dist/testing/assets.js';
import { ocellus } from './cli.js';
import { serve, type ServeProcess } from './serve-process.js';

const CLIP = 'videos/campus-walkers.mp4';
const NETWORK = 'models/yolox_nano_416.onnx';
const FRAMES = 12;

let folder = '';
let server: ServeProcess;
const ready = needs(CLIP, NETWORK);
before(async () => {
  if (ready.skip) return;
  folder = await mkdtemp(join(tmpdir(), 'ocellus-remote-'));
  await mkdir(join(folder, 'yolox-nano', '1'), { recursive: true });
  await symlink(asset(NETWORK), join(folder, 'yolox-nano', '1', 'model.onnx'));
  server = await serve('--model-repository', folder);
});
after(async () => {
  if (ready.skip) return;
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What the node's model finds on the first frames. */
async function found(
  node: object,
  models = createZoo({ mirror: asset('models'), env: { npm_config_offline: 'true' }, retries: 0 }),
): Promise<readonly ObjectMeta[][]> {
  await using pipeline = await openPipeline({ version: 1, sources: { clip: asset(CLIP) }, nodes: { things: node as { model: string } } }, { models });
  const all: ObjectMeta[][] = [];
  for await (const result of pipeline.results()) {
    using _ = result;
    all.push([...result.of('things')]);
    if (all.length === FRAMES) break;
  }
  return all;
}

test("a server's answers equal the embedded engine's, by name and by description, over both protocols", ready, async () => {
  const embedded = await found({ model: 'yolox-nano' });
  assert.ok(embedded.every((objects) => objects.length > 0));
  const nothingHere = createZoo({ cacheFolder: join(folder, 'none'), env: { npm_config_offline: 'true' }, retries: 0 });
  assert.deepEqual(await found({ model: 'yolox-nano', engine: `kserve://${server.grpc}` }, nothingHere), embedded);
  assert.deepEqual(await found({ model: 'yolox-nano', engine: `kserve+http://${server.http}/yolox-nano/1` }, nothingHere), embedded);
  const { picture, head, labels } = findModel('yolox-nano');
  const own = { url: `kserve://${server.grpc}/yolox-nano`, picture, head, labels };
  assert.deepEqual(await found({ model: own }, nothingHere), embedded);
});

test('from the command line, a server that is not there and a model that it lacks are told', ready, async () => {
  const config = (engine: string) =>
    JSON.stringify({ version: 1, sources: { clip: asset(CLIP) }, nodes: { things: { model: 'yolox-nano', engine } } });
  for (const [engine, message] of [
    [`kserve://${server.grpc}/yolo`, /kserve:\/\/\S+\/yolo: Request for unknown model: 'yolo' is not found/],
    ['kserve+http://127.0.0.1:1', /kserve\+http:\/\/127\.0\.0\.1:1\/yolox-nano: no connection to 127\.0\.0\.1:1/],
    ['http://127.0.0.1:1', /nodes\.things\.engine: write kserve:\/\/host:8001\/model/],
  ] as const) {
    const path = join(folder, 'pipeline.json');
    await writeFile(path, config(engine));
    const { code, stderr } = await ocellus(['run', path, '-o', join(folder, 'out')]);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  }
});
