import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMedia } from 'ocellus/media';
import { type BoxShape, Painter, type Shape, createAnnotator, yuv420Surface } from 'ocellus/vision';
import { benchClip, ffmpegVersion } from './ffmpeg.js';
import { type Figure, median } from './figure.js';

const SIZE = { width: 1920, height: 1080 };
const FRAMES = 600;
const ROUNDS = 3;
const BOXES = 50;

/** Fifty boxes that move, with the number and confidence of each in its tag: no two frames have the same texts. */
function boxesOf(frame: number): BoxShape[] {
  return Array.from({ length: BOXES }, (_, i) => {
    const x = ((i * 379 + frame * 2) % 1700) + 10;
    const y = ((i * 97 + frame) % 800) + 40;
    const colour = [(i * 50) % 256, (i * 90) % 256, (i * 130) % 256] as const;
    return {
      kind: 'box',
      box: { x1: x, y1: y, x2: x + 80 + i, y2: y + 160 + i },
      colour,
      thicknessPx: 3,
      tag: `person ${i + 1}  ${40 + ((i * 7 + frame) % 60)}%`,
    };
  });
}

async function drawing(): Promise<Figure> {
  const { width, height } = SIZE;
  const plane = (bytes: number, value: number): Uint8Array => new Uint8Array(bytes).fill(value);
  const planes = {
    size: SIZE,
    y: plane(width * height, 90),
    u: plane((width * height) / 4, 128),
    v: plane((width * height) / 4, 128),
    strides: [width, width / 2, width / 2],
    colours: { matrix: 'bt709', range: 'limited' },
  } as const;
  const painter = new Painter();
  const times: number[] = [];
  for (let frame = 0; frame < 400; frame++) {
    const shapes = boxesOf(frame);
    const startMs = performance.now();
    await painter.paint(yuv420Surface(planes), shapes);
    if (frame >= 100) times.push(performance.now() - startMs);
  }
  const value = median(times);
  const best = times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)]!;
  return {
    suite: 'draw',
    name: `${BOXES} boxes with tags on a 1080p frame`,
    value,
    unit: 'ms',
    target: '< 1.5',
    ok: value < 1.5,
    note: `median of ${times.length} frames; a tenth takes ${best.toFixed(2)} or less`,
  };
}

/** Frames a second of ffmpeg's own decode and encode, in one process that writes the file. */
function transcodeFps(clip: string, out: string): number {
  const startedMs = performance.now();
  const args = ['-v', 'error', '-y', '-i', clip, '-an', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', out];
  const { status, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return (FRAMES / (performance.now() - startedMs)) * 1000;
}

/** Frames a second of decoding, drawing what `shapesOf` gives, and encoding. */
async function annotateFps(clip: string, out: string, shapesOf: (frame: number) => readonly Shape[]): Promise<number> {
  const media = createMedia();
  const startedMs = performance.now();
  await using source = await media.open(clip);
  const { size, timeBase, frameRate } = source.info.video;
  await using writer = await media.createWriter(out, { size, timeBase, ...(frameRate ? { frameRate } : {}), overwrite: true });
  let frames = 0;
  for await (const frame of source.frames()) {
    frames++;
    await writer.write(frame, shapesOf(frame.number));
    frame.close();
  }
  await writer.finish();
  return (frames / (performance.now() - startedMs)) * 1000;
}

/** Nine boxes of a real scene's size with trails, as the annotator makes them. */
function annotated(): (frame: number) => readonly Shape[] {
  const annotator = createAnnotator({ header: true });
  const line = { name: 'gate', from: { x: 200, y: 600 }, to: { x: 1700, y: 700 }, counts: { in: 12, out: 9 } };
  return (frame) => {
    const objects = boxesOf(frame)
      .slice(0, 9)
      .map(({ box }, i) => ({
        id: i,
        node: 'detector',
        label: 'person',
        classId: 0,
        confidence: 0.4 + ((i + frame) % 50) / 100,
        box,
        trackId: i + 1,
        attributes: [],
      }));
    const pts = { ticks: BigInt(frame), timeBase: { num: 1, den: 30 } };
    return annotator.shapes({ stream: 'bench', frame, pts, size: SIZE, inferred: {}, objects }, [line]);
  };
}

async function* encoding(): AsyncGenerator<Figure> {
  const clip = benchClip();
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  const out = join(folder, 'out.mp4');
  try {
    const rounds: { readonly ceiling: number; readonly plain: number; readonly drawn: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const ceiling = transcodeFps(clip, out);
      const plain = await annotateFps(clip, out, () => []);
      const drawn = await annotateFps(clip, out, annotated());
      rounds.push({ ceiling, plain, drawn });
    }
    const ceiling = median(rounds.map((round) => round.ceiling));
    for (const [key, name] of [
      ['plain', 'decode + encode'],
      ['drawn', 'decode + draw + encode'],
    ] as const) {
      // prettier-ignore
      const ratio = median(rounds.map((round) => round[key] / round.ceiling));
      const spread = rounds.map((round) => (round[key] / round.ceiling).toFixed(3)).join(' ');
      yield {
        suite: 'draw',
        name: `${name}, 1080p, x264 veryfast`,
        value: median(rounds.map((round) => round[key])),
        unit: 'fps',
        ceiling,
        ratio,
        target: '>= 0.85',
        ok: ratio >= 0.85,
        note: `median of ${ROUNDS} rounds: ${spread}; ceiling: ${ffmpegVersion()}'s own decode and encode`,
      };
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What drawing costs by itself, and what is left of ffmpeg's own pace when every frame is drawn on and encoded. */
export async function* drawSuite(): AsyncGenerator<Figure> {
  yield await drawing();
  yield* encoding();
}
