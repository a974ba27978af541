import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Frame, liveFrames, onFrameLeak, type FrameInfo, type FrameLeak } from './frame.js';
import type { PictureRequest, Pixels } from './picture.js';

const INFO: FrameInfo = { stream: 'cam', number: 7, pts: { ticks: 7n, timeBase: { num: 1, den: 30 } }, size: { width: 4, height: 2 } };
const REQUEST: PictureRequest = { size: { width: 2, height: 1 }, order: 'rgb', layout: 'packed' };

class TestPixels implements Pixels {
  readonly label = 'test frame 7';
  readonly bytes = 12;
  freed = 0;
  finishRender: (() => void) | undefined;
  async render(_request: PictureRequest, into: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => (this.finishRender = resolve));
    assert.equal(this.freed, 0, 'pixels live while they are read');
    into.fill(9);
  }
  free(): void {
    this.freed++;
  }
}

test('the last holder frees the pixels, once', () => {
  const pixels = new TestPixels();
  const first = Frame.of(pixels, INFO);
  const second = first.retain('tracker', { number: 8 });
  assert.equal(liveFrames(), 2);
  assert.equal(second.number, 8);
  assert.equal(second.holder, 'tracker');
  assert.equal(second.stream, 'cam');
  first.close();
  first.close();
  assert.equal(pixels.freed, 0);
  second[Symbol.dispose]();
  assert.equal(pixels.freed, 1);
  assert.equal(liveFrames(), 0);
});

test('a closed frame is of no use, and says whose it was', async () => {
  const frame = Frame.of(new TestPixels(), INFO, 'detector');
  assert.equal(frame.closed, false);
  frame.close();
  assert.equal(frame.closed, true);
  assert.throws(() => frame.pixels, { code: 'INTERNAL', message: /frame 7 of cam was used after close\(\) by detector/ });
  assert.throws(() => frame.retain(), { code: 'INTERNAL' });
  await assert.rejects(frame.render(REQUEST), { code: 'INTERNAL' });
});

test('rendering keeps the pixels alive until it is done', async () => {
  const pixels = new TestPixels();
  const frame = Frame.of(pixels, INFO);
  const rendering = frame.render(REQUEST);
  frame.close();
  assert.equal(pixels.freed, 0);
  pixels.finishRender!();
  assert.deepEqual(await rendering, new Uint8Array(6).fill(9));
  assert.equal(pixels.freed, 1);
});

test('a picture goes into the array that is given, if it is of the right size', async () => {
  const pixels = new TestPixels();
  using frame = Frame.of(pixels, INFO);
  const into = new Uint8Array(6);
  const rendering = frame.render(REQUEST, into);
  pixels.finishRender!();
  assert.equal(await rendering, into);
  await assert.rejects(frame.render(REQUEST, new Uint8Array(5)), { code: 'INVALID_ARGUMENT', message: 'a 2x1 rgb picture takes 6 bytes, got 5' });
});

test('a frame that is lost raises the alarm, which names it and its holder, and its memory comes back', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const pixels = new TestPixels();
  const leaks: FrameLeak[] = [];
  const stop = onFrameLeak((leak) => leaks.push(leak));
  // In a function of its own, so that no register keeps the frame alive.
  const lose = (): void => void Frame.of(pixels, INFO, 'careless node');
  lose();
  for (let i = 0; i < 50 && leaks.length === 0; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stop();
  assert.deepEqual(leaks, [{ label: 'test frame 7', holder: 'careless node' }]);
  assert.equal(pixels.freed, 1);
  assert.equal(liveFrames(), 0);
});
