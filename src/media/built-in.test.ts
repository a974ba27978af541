import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN_MEDIA, createMedia } from './built-in.js';
import { fakeMedia } from './fake.js';

test('a URI goes to the first adapter that handles it', async () => {
  const media = createMedia();
  const { container } = await media.probe('synthetic:?frames=3');
  assert.equal(container, 'synthetic');
  await assert.rejects(() => media.open('no such file.mp4'), { code: 'NOT_FOUND' });
  await assert.rejects(() => media.createWriter('synthetic:', { size: { width: 8, height: 8 }, timeBase: { num: 1, den: 25 } }), {
    code: 'UNSUPPORTED',
  });
});

test('an adapter of one’s own goes before the built-in ones', async () => {
  const mine = fakeMedia({ anyClip: { frames: 2 } });
  const entry = { name: 'mine', summary: 'Mine.', handles: (uri: string) => uri.startsWith('mine:'), create: () => mine };
  const media = createMedia([entry, ...BUILT_IN_MEDIA]);
  await using source = await media.open('mine:clip');
  assert.equal(source.info.container, 'fake');
  assert.deepEqual(mine.calls, [{ call: 'open', target: 'mine:clip' }]);
  await assert.rejects(() => createMedia([entry]).open('other'), { code: 'UNSUPPORTED' });
});
