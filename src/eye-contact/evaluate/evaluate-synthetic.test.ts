import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METHODS, type SyntheticSample, type SyntheticVariation, evaluateClip, evaluateSynthetic, sampleSheet, scoresOf } from './index.js';

const SMALL: SyntheticVariation = { axis: 'size', value: 'tiny', scene: { scale: 1.2, size: { width: 150, height: 50 }, seed: 5, iris: 'blue' } };

test('the renderer beats the picture as it is and the usual warp, and says what it was measured on', () => {
  const samples: SyntheticSample[] = [];
  const result = evaluateSynthetic({ variations: [SMALL], gazes: [{ yaw: 14, pitch: -6 }], onSample: (sample) => samples.push(sample) });
  const { render, copy, 'radial-warp': warp } = result.all;
  for (const method of METHODS) assert.equal(result.all[method].eyes, 2);
  assert.ok(render.psnr > warp.psnr + 3 && warp.psnr > copy.psnr, `${render.psnr}, ${warp.psnr}, ${copy.psnr} dB`);
  assert.ok(render.ssim > 0.9 && render.gazeMedian < 1.5, `${render.ssim}, ${render.gazeMedian} degrees`);
  assert.ok(copy.gazeMedian > 10, `${copy.gazeMedian} degrees`);
  assert.equal(result.changedOutside, 0);
  assert.equal(result.patchesAhead, 0);
  assert.ok(result.roundTrip.worst > 0.9 && result.roundTrip.mean >= result.roundTrip.worst);
  assert.deepEqual(result.variations[0]!.scores, result.all);

  const [sample] = samples;
  const sheet = sampleSheet([sample!], 2);
  assert.equal(sheet.data.length, sheet.size.width * sheet.size.height * 3);
  assert.equal(sheet.size.width % 4, 0);
});

test('scores are means, and quantiles where the worst counts', () => {
  const eye = { psnr: 30, ssim: 0.9, gaze: 1, lidEdge: 1 };
  const { eyes, psnr, gazeMedian, gazeP95, lidEdge } = scoresOf([eye, { ...eye, psnr: 40, gaze: 3, lidEdge: 2 }]);
  assert.deepEqual({ eyes, psnr, gazeMedian }, { eyes: 2, psnr: 35, gazeMedian: 2 });
  assert.ok(Math.abs(gazeP95 - 2.9) < 1e-9 && Math.abs(lidEdge - 1.95) < 1e-9);
});

test('an evaluation of nothing is refused', () => {
  assert.throws(() => evaluateSynthetic({ variations: [] }), /one variation and one gaze or more/);
});

test('a clip: the wandering is taken out, nothing trembles or flickers, and closed eyes stay closed', () => {
  const { gain, jitter, flicker, patchesClosed, frames } = evaluateClip({ scale: 1.4, size: { width: 180, height: 60 }, iris: 'green' }, 24);
  assert.equal(frames, 24);
  assert.ok(Math.abs(gain) < 0.1, `gain ${gain}`);
  assert.ok(jitter < 0.15, `${jitter} degrees`);
  assert.ok(flicker < 1.15, `flicker ${flicker}`);
  assert.equal(patchesClosed, 0);
});
