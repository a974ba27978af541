import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMeta } from 'ocellus/core';
import { createZoo } from 'ocellus/models';
import { openPipeline } from 'ocellus/pipeline';
import { asset, needs } from '../dist/testing/assets.js';

const VIDEO = 'videos/street-traffic-ahmetozlu.mp4';
const NETWORKS = ['person-vehicle-bike-detection-2002', 'vehicle-attributes-recognition-barrier-0039'].map((name) => `models/${name}.onnx`);

/** Who was looked at: the first frames were drawn with boxes and read by eye. A white saloon drives towards the camera, from 231, 130 to 442, 257. */
const isSaloon = ({ box }: ObjectMeta): boolean => box.x1 > 225 && box.x1 < 300 && box.y2 > 165;

test('on a street, the colour and type of a car that drives up, from crops of its own', needs(VIDEO, ...NETWORKS), async () => {
  const models = createZoo({ mirror: asset('models'), env: { npm_config_offline: 'true' }, retries: 0 });
  const config = {
    version: 1,
    sources: { street: asset(VIDEO) },
    nodes: {
      detector: { model: 'person-vehicle-bike-2002' },
      tracker: { track: 'bytetrack', on: { objects: 'detector' } },
      looks: { model: 'vehicle-attributes', on: { objects: 'detector', labels: ['vehicle'], minSize: { width: 50 } }, maxBatch: 4 },
      kept: { model: 'vehicle-attributes', on: { objects: 'tracker', labels: ['vehicle'], minSize: { width: 50 } }, reinferEvery: { frames: 5 } },
    },
  } as const;
  await using pipeline = await openPipeline(config, { models });
  let frames = 0;
  for await (const result of pipeline.results()) {
    using _ = result;
    const saloons = result.of('looks').filter(isSaloon);
    assert.equal(saloons.length, 1, `frame ${frames}`);
    const [{ attributes, trackId }] = saloons as [ObjectMeta];
    const said = (node: string) => attributes.filter((attribute) => attribute.node === node).map(({ name, value }) => [name, value]);
    assert.deepEqual(said('looks'), [['colour', 'white'], ['type', 'car']]); // prettier-ignore
    assert.deepEqual(said('kept'), said('looks'));
    assert.equal(trackId, 1);
    const from = attributes.filter(({ node }) => node === 'kept').map(({ fromFrame }) => fromFrame);
    assert.deepEqual(from, frames % 5 === 0 ? [undefined, undefined] : [frames - (frames % 5), frames - (frames % 5)]);
    // Far cars are smaller than was asked for.
    assert.ok(result.answers('looks').length < result.of('detector').length);
    if (++frames === 18) break;
  }
});
