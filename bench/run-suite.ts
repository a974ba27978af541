import { detectRun } from './detect-run.js';
import { engineSuite } from './engine.js';
import { SCALE_FLAGS, benchClip, decodeScaleFps, ffmpegVersion } from './ffmpeg.js';
import { type Figure, median } from './figure.js';
import { modelPath } from './models.js';
import { type Layout, bareFps, layouts } from './ort-ceiling.js';
import { loopedClip, soak } from './soak.js';

const FRAMES = 600;
const ROUNDS = 5;
/** 34 times 600 frames are 20,400. */
const SOAK_LOOPS = Number(process.env['OCELLUS_SOAK_LOOPS'] ?? 34);

/** The layout of workers and threads in which the bare runtime is fastest on this machine. */
export async function bestLayout(bare: Parameters<typeof bareFps>[0]): Promise<Layout> {
  const tried: { layout: Layout; fps: number }[] = [];
  for (const layout of layouts()) tried.push({ layout, fps: await bareFps(bare, layout) });
  return tried.toSorted((a, b) => b.fps - a.fps)[0]!.layout;
}

/** Decode, scale, yolox-nano-416, JSONL against the combined ceiling; each round takes A, B and ours in turn, so that the machine's drift meets all three. */
async function* throughput(clip: string): AsyncGenerator<Figure> {
  const bare = { model: await modelPath('yolox-nano'), input: 'images', shape: [1, 3, 416, 416] };
  const layout = await bestLayout(bare);
  const rounds: { a: number; b: number; ours: number; ratio: number }[] = [];
  await detectRun(clip, 'yolox-nano');
  for (let round = 0; round < ROUNDS; round++) {
    const a = decodeScaleFps(clip, FRAMES, '416:234');
    const b = await bareFps(bare, layout, 400);
    const { fps: ours } = await detectRun(clip, 'yolox-nano');
    rounds.push({ a, b, ours, ratio: ours / (1 / (1 / a + 1 / b)) });
  }
  const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
  const ratio = of('ratio');
  const spread = rounds.map((round) => round.ratio.toFixed(3)).join(' ');
  yield {
    suite: 'run',
    name: 'A: ffmpeg decode + scale to 416x234',
    value: of('a'),
    unit: 'fps',
    note: `${ffmpegVersion()}, default threads, flags=${SCALE_FLAGS}, bgr24`,
  };
  yield {
    suite: 'run',
    name: 'B: bare onnxruntime-node, yolox-nano-416',
    value: of('b'),
    unit: 'fps',
    note: `${layout.workers} worker(s) of ${layout.threads} thread(s), spinning ${layout.spinning}`,
  };
  const ceiling = 1 / (1 / of('a') + 1 / of('b'));
  yield {
    suite: 'run',
    name: 'decode + scale + yolox-nano + JSONL, 1080p',
    value: of('ours'),
    unit: 'fps',
    ceiling,
    ratio,
    target: '>= 0.90',
    ok: ratio >= 0.9,
    note: `median of ${ROUNDS} rounds: ${spread}`,
  };
}

/** Memory and main thread over a long run of the command line itself. */
async function* longRun(clip: string): AsyncGenerator<Figure> {
  const { samples, frames, bytes } = await soak(loopedClip(clip, SOAK_LOOPS), 'yolox-nano');
  const running = samples.filter((sample) => sample.bytes > 0);
  const quarter = running.length >> 2;
  const rss = running.map(({ rssMiB }) => rssMiB);
  const growth = median(rss.slice(-quarter)) / median(rss.slice(quarter, 2 * quarter)) - 1;
  const peak = Math.max(...rss);
  const [first, last] = [running[quarter]!, running.at(-1)!];
  const mainMs = (last.mainMs - first.mainMs) / (((last.bytes - first.bytes) / bytes) * frames);
  const note = `ocellus detect on ${frames} frames, looked at once a second`;
  yield { suite: 'run', name: 'main thread per frame', value: mainMs, unit: 'ms', target: '< 0.3', ok: mainMs < 0.3, note: `CPU time; ${note}` };
  yield { suite: 'run', name: 'resident set, peak', value: peak, unit: 'MiB', target: '< 450', ok: peak < 450, note };
  yield { suite: 'run', name: 'resident set, last quarter over second', value: growth * 100, unit: '%', target: '< 5', ok: growth < 0.05, note };
}

/** The slice of the first issue: one stream, one detector. */
export async function* runSuite(): AsyncGenerator<Figure> {
  const clip = benchClip();
  yield* await engineSuite();
  yield* throughput(clip);
  yield* longRun(clip);
}
