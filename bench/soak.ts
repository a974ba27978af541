// node --import tsx bench/soak.ts CLIP MODEL FRAMES: prints the resident set in MiB as JSON, one sample each 250 frames.
import { createMedia } from 'ocellus/media';
import { detectRun } from './detect-run.js';
import { looped } from './looped.js';

const [clip = '', model = '', frames = '20000'] = process.argv.slice(2);
const samples: number[] = [];
await detectRun(clip, model, {
  media: looped(createMedia(), Number(frames)),
  onFrame: (number) => {
    if (number % 250 === 249) samples.push(process.memoryUsage.rss() / 2 ** 20);
  },
});
console.log(JSON.stringify(samples));
