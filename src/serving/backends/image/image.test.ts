import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from '../../../core/index.js';
import { libavMedia } from '../../../media/index.js';
import { inferRequest, ModelConfigSchema, parseTextProto } from '../../../wire/index.js';
import { createModelServer } from '../../model-server.js';
import type { ModelServer } from '../../port.js';
import { writeFiles } from '../../sample-models.test.support.js';
import { imageKind } from './image-kind.js';
import { imageOrder } from './image-order.js';

const SIZE = { width: 8, height: 4 };
const rgb = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => (i * 7) % 256);
const INPUT = 'input { name: "IMAGE" data_type: TYPE_STRING dims: 1 }';
const output = (type: string, dims: string): string => `output { name: "PIXELS" data_type: ${type} dims: [ ${dims} ] }`;

let folder = '';
let server: ModelServer;
let png: Uint8Array;

before(async () => {
  png = await libavMedia().encodeImage({ size: SIZE, rgb }, { type: 'png' });
  folder = await mkdtemp(join(tmpdir(), 'ocellus-images-'));
  await writeFiles(folder, {
    'packed/config.pbtxt': `backend: "image" ${INPUT} ${output('TYPE_UINT8', '4, 8, 3')} output { name: "SIZE" data_type: TYPE_INT32 dims: 2 }`,
    'packed/1/.keep': '',
    'planar/config.pbtxt': `backend: "image" max_batch_size: 4 ${INPUT} ${output('TYPE_FP32', '3, 4, 8')}
      parameters { key: "mean" value { string_value: "0,1,2" } } parameters { key: "std" value { string_value: "2" } }`,
    'planar/1/.keep': '',
    'boxed/config.pbtxt': `backend: "image" ${INPUT} ${output('TYPE_UINT8', '8, 8, 3')}
      parameters { key: "fit" value { string_value: "letterbox" } } parameters { key: "pad" value { string_value: "114" } }`,
    'boxed/1/.keep': '',
  });
  server = await createModelServer({ repositories: [folder] });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function ask(modelName: string, pictures: readonly Uint8Array[], shape: readonly number[]): Promise<readonly Tensor[]> {
  const inputs: Tensor[] = [{ name: 'IMAGE', datatype: 'BYTES', shape, data: pictures }];
  return (await server.infer(inferRequest({ modelName, inputs }))).outputs as readonly Tensor[];
}

test('the bytes of a picture become its pixels, with its own size beside them', async () => {
  const [pixels, size] = await ask('packed', [png], [1]);
  assert.deepEqual([pixels!.shape, size!.shape, [...(size!.data as Int32Array)]], [[4, 8, 3], [2], [4, 8]]);
  const worst = (pixels!.data as Uint8Array).reduce((most, value, i) => Math.max(most, Math.abs(value - rgb[i]!)), 0);
  assert.ok(worst <= 2, `pixels are off by ${worst}`);
});

test('rows of a batch are pictures of their own, normalised per channel', async () => {
  const [pixels] = await ask('planar', [png, png], [2, 1]);
  assert.deepEqual(pixels!.shape, [2, 3, 4, 8]);
  const data = pixels!.data as Float32Array;
  assert.deepEqual([...data.subarray(0, 96)], [...data.subarray(96)]);
  for (const channel of [0, 1, 2])
    assert.ok(Math.abs(data[channel * 32]! - (rgb[channel]! - channel) / 2) <= 1, `channel ${channel}: ${data[channel * 32]}`);
});

test('proportions are kept where the model asks for that', async () => {
  const [pixels] = await ask('boxed', [png], [1]);
  const data = pixels!.data as Uint8Array;
  assert.deepEqual([...data.subarray(0, 3)], [114, 114, 114]);
  assert.notDeepEqual([...data.subarray(2 * 24, 2 * 24 + 3)], [114, 114, 114]);
});

test('what is no picture is refused before any decoder sees it, and a broken one with its reason', async () => {
  await assert.rejects(
    ask('packed', [new TextEncoder().encode('#EXTM3U\nhttp://127.0.0.1/x')], [1]),
    /bytes are no picture: send the whole of a JPEG/,
  );
  await assert.rejects(ask('packed', [png.subarray(0, 30)], [1]), { code: 'INVALID_ARGUMENT', message: /cannot be decoded/ });
  assert.equal(imageKind(Uint8Array.of(0xff, 0xd8, 0xff)), 'jpg');
  assert.equal(imageKind(new TextEncoder().encode('RIFF1234WEBP')), 'webp');
  assert.equal((await ask('packed', [png], [1])).length, 2);
});

test('a configuration that makes no sense says which part', () => {
  const order = (text: string) => imageOrder(parseTextProto(ModelConfigSchema, `name: "m" ${text}`, 'config.pbtxt'));
  assert.throws(() => order(output('TYPE_UINT8', '3, 4, 4')), /takes one input, data_type TYPE_STRING/);
  assert.throws(() => order(`${INPUT} ${output('TYPE_UINT8', '3, -1, -1')}`), /one picture of fixed dims/);
  const bad = (name: string, value: string): string =>
    `${INPUT} ${output('TYPE_FP32', '3, 4, 4')} parameters { key: "${name}" value { string_value: "${value}" } }`;
  assert.throws(() => order(bad('fit', 'crop')), /parameter 'fit' of model 'm' is 'crop'; it may be stretch, letterbox, top-left/);
  assert.throws(() => order(bad('mean', '1,2')), /parameter 'mean' of model 'm' must be one number, or 3/);
  assert.throws(() => order(bad('order', 'gray')), /but its output has 3 channels/);
});
