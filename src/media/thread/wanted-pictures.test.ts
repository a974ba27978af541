import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PictureRequest } from '../../core/index.js';
import { WantedPictures } from './wanted-pictures.js';

const request = (x: number): PictureRequest => ({
  size: { width: 8, height: 8 },
  order: 'rgb',
  layout: 'packed',
  source: { x, y: 0, width: 8, height: 8 },
});

test('what every frame is asked for is made ahead; crops of single objects are not, and do not pile up', () => {
  const wanted = new WantedPictures();
  for (let frame = 0; frame < 10_000; frame++) {
    wanted.asked('whole', request(-1));
    for (let object = 0; object < 4; object++) wanted.asked(`${frame} ${object}`, request(object));
  }
  assert.deepEqual(wanted.ahead.map(({ key }) => key), ['whole']); // prettier-ignore
  assert.ok(wanted.remembered <= 65, `${wanted.remembered}`);
});

test('what is made ahead and left aside on eight frames running is made no more', () => {
  const wanted = new WantedPictures();
  for (const _ of [1, 2]) wanted.asked('crop', request(0));
  for (let frame = 0; frame < 7; frame++) wanted.closed(['crop'], ['crop']);
  assert.equal(wanted.ahead.length, 1);
  wanted.closed(['crop'], ['crop']);
  assert.equal(wanted.ahead.length, 0);
  assert.equal(wanted.remembered, 0);
});
