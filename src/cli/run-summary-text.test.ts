import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamSummary } from '../pipeline/index.js';
import { summaryText } from './run-summary-text.js';

const stream = (frames: number, labels: StreamSummary['labels']): StreamSummary => ({
  frames,
  objects: 0,
  labels,
  lines: {},
  losses: { corruptPackets: 0, damagedFrames: 0, truncated: false },
  state: 'ended',
  dropped: 0,
  failedFrames: 0,
  restarts: 0,
});

test('tracks are told where something was followed, files where there are any, and a stream that brought nothing as such', async () => {
  const streams = {
    yard: stream(10, { person: { objects: 20, tracks: 3 } }),
    street: stream(10, { car: { objects: 5, tracks: 0 } }),
    gone: stream(0, {}),
  };
  const text = await summaryText({ frames: 20, objects: 25, elapsedMs: 2000, streams, outputs: {} }, '/', {});
  assert.equal(
    text,
    `
yard
seen    tracks  boxes  a frame
person  3       20     2.0

street
seen  boxes  a frame
car   5      0.5

gone
no frame came

20 frames in 2.0 s (10.0 fps)
`,
  );
});
