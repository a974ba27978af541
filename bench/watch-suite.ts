import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipeline } from 'ocellus/pipeline';
import { benchClip, decodeScaleEncodeFps, ffmpegVersion } from './ffmpeg.js';
import { type Figure, median } from './figure.js';
import { benchModels, modelPath } from './models.js';
import { bareFps } from './ort-ceiling.js';
import { bestLayout } from './run-suite.js';

const FRAMES = 600;
const ROUNDS = 5;

/** What `ocellus run` does with a video, but for the report: detect, track, count, draw, encode. */
async function watchFps(clip: string, folder: string): Promise<number> {
  await using pipeline = await openPipeline(
    {
      version: 1,
      sources: { clip },
      nodes: {
        detector: { model: 'yolox-nano' },
        tracker: { track: 'bytetrack', on: { objects: 'detector' } },
        lines: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
      },
      outputs: { film: { video: join(folder, 'annotated.mp4'), overwrite: true } },
      sinks: { file: { jsonl: join(folder, 'results.jsonl'), overwrite: true } },
    },
    { models: benchModels },
  );
  const { frames, elapsedMs } = await pipeline.run();
  return (frames / elapsedMs) * 1000;
}

/** The whole of watching a video against the combined ceiling with the encoder added; ceilings and ours in turn. */
export async function* watchSuite(): AsyncGenerator<Figure> {
  const clip = benchClip();
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  try {
    const bare = { model: await modelPath('yolox-nano'), input: 'images', shape: [1, 3, 416, 416] };
    const layout = await bestLayout(bare);
    await watchFps(clip, folder);
    const rounds: { a: number; b: number; ours: number; ceiling: number; ratio: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const a = decodeScaleEncodeFps(clip, FRAMES, '416:234', join(folder, 'ceiling.mp4'));
      const b = await bareFps(bare, layout, 400);
      const ours = await watchFps(clip, folder);
      const ceiling = 1 / (1 / a + 1 / b);
      rounds.push({ a, b, ours, ceiling, ratio: ours / ceiling });
    }
    const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
    const ffmpeg = `${ffmpegVersion()}: decode, scale, x264 veryfast in one process`;
    yield { suite: 'watch', name: 'ffmpeg decode + scale + x264, 1080p', value: of('a'), unit: 'fps', note: ffmpeg };
    yield { suite: 'watch', name: 'bare onnxruntime-node, yolox-nano-416', value: of('b'), unit: 'fps' };
    yield {
      suite: 'watch',
      name: 'detect + track + count + draw + encode, 1080p',
      value: of('ours'),
      unit: 'fps',
      ceiling: of('ceiling'),
      ratio: of('ratio'),
      target: '>= 0.85',
      ok: of('ratio') >= 0.85,
      note: `median of ${ROUNDS} rounds: ${rounds.map(({ ratio }) => ratio.toFixed(3)).join(' ')}`,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
