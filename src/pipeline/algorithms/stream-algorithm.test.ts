import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame, NULL_LOG, liveFrames } from '../../core/index.js';
import { packedPixels } from '../../media/index.js';
import { type Board, SKIPPED } from '../nodes/board.js';
import type { AlgorithmInstance } from './instance.js';
import { type AlgorithmRules, StreamAlgorithm } from './stream-algorithm.js';

const SIZE = { width: 2, height: 2 };
const rules: AlgorithmRules = {
  node: 'mine',
  sampling: { frameCount: 1, frameStep: 1, interval: 0, firstRun: 'immediate', whenShort: 'wait' },
  sight: { nodes: [], tracked: new Set(), labels: null },
  breaker: { breakAfter: 5, retryAfterMs: 1000 },
  wait: true,
  log: NULL_LOG,
};
const boardOf = (frame: Frame): Board => ({ frame, of: () => SKIPPED, due: () => true });
const frameAt = (number: number): Frame =>
  Frame.of(
    packedPixels(`frame ${number}`, SIZE, () => new Uint8Array(12)),
    { stream: 'a', number, pts: { ticks: BigInt(number), timeBase: { num: 1, den: 25 } }, size: SIZE },
  );

test('on a stream that came later, an init that throws ends the stream: there is nothing to try again', async () => {
  const algorithm = new StreamAlgorithm(rules, Promise.reject(new Error('no licence')), new AbortController());
  using frame = frameAt(0);
  await assert.rejects(async () => algorithm.look(boardOf(frame), new AbortController().signal), { code: 'CONFIG_INVALID', message: 'no licence' });
  assert.equal(algorithm.counters.failures, 0);
  await algorithm.close();
});

test('a look that is called off before its run begins gives its frames back, and runs nothing', async () => {
  let runs = 0;
  const instance: AlgorithmInstance = {
    run: async () => (runs++, { value: undefined, notes: { added: [], said: [], shapes: [] } }),
    close: async () => {},
  };
  const algorithm = new StreamAlgorithm(rules, Promise.resolve(instance), new AbortController());
  const frame = frameAt(0);
  await assert.rejects(async () => algorithm.look(boardOf(frame), AbortSignal.abort()), { code: 'CANCELLED' });
  frame.close();
  assert.deepEqual([runs, liveFrames()], [0, 0]);
  await algorithm.close();
});
