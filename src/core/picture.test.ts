import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureBytes } from './picture.js';

test('a picture takes a byte for each channel of each pixel', () => {
  const size = { width: 7, height: 5 };
  assert.equal(pictureBytes({ size, order: 'rgb' }), 105);
  assert.equal(pictureBytes({ size, order: 'bgr' }), 105);
  assert.equal(pictureBytes({ size, order: 'gray' }), 35);
});
