import { mediaConformance } from './conformance.js';
import { fakeMedia } from './fake.js';
import { syntheticMedia } from './synthetic.js';

mediaConformance('synthetic', async () => ({
  media: syntheticMedia(),
  uri: 'synthetic:?width=96&height=64&frames=24&fps=30000/1001',
  size: { width: 96, height: 64 },
  frames: 24,
}));

let outputs = 0;
mediaConformance('fake', async () => ({
  media: fakeMedia({ clips: { clip: { size: { width: 96, height: 64 }, frames: 24 } } }),
  uri: 'clip',
  size: { width: 96, height: 64 },
  frames: 24,
  missing: 'nothing',
  outputPath: () => `out-${outputs++}`,
}));

mediaConformance('fake with uneven times', async () => {
  const ticks = Array.from({ length: 24 }, (_, i) => BigInt(i * i + 5));
  return {
    media: fakeMedia({ clips: { clip: { size: { width: 64, height: 48 }, ticks, timeBase: { num: 1, den: 90000 } } } }),
    uri: 'clip',
    size: { width: 64, height: 48 },
    frames: 24,
  };
});
