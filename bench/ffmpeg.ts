import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** First line of `ffmpeg -version`, shortened. */
export function ffmpegVersion(): string {
  return execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }).split(' ').slice(0, 3).join(' ');
}

const FOOTAGE = resolve(import.meta.dirname, '../../shared/assets/videos/crowd-faces-facenet.mp4');

/** A 1080p30 H.264 clip of 600 frames at 6 Mbit/s, made once from real footage (people walking towards the camera). */
export function benchClip(): string {
  const folder = join(tmpdir(), 'ocellus-bench');
  const clip = join(folder, 'people-1080p30-600.mp4');
  if (existsSync(clip)) return clip;
  if (!existsSync(FOOTAGE)) throw new Error(`the bench makes its clip from ${FOOTAGE}, which is not here`);
  mkdirSync(folder, { recursive: true });
  const part = join(folder, 'part.mp4');
  const args = ['-v', 'error', '-y', '-stream_loop', '-1', '-i', FOOTAGE, '-vf', 'scale=1920:1080,fps=30', '-frames:v', '600', '-an'];
  execFileSync('ffmpeg', [...args, '-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '6M', '-pix_fmt', 'yuv420p', part]);
  renameSync(part, clip);
  return clip;
}

/** Flags of the ceiling: what ffmpeg does by itself, at the model's size, with the scaler that Ocellus uses. */
export const SCALE_FLAGS = 'bilinear';

/** Frames a second of ffmpeg's own decode and scale, in one process that writes nothing. */
export function decodeScaleFps(clip: string, frames: number, size: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-i', clip, '-an', '-vf', `scale=${size}:flags=${SCALE_FLAGS}`, '-pix_fmt', 'bgr24', '-f', 'null', '-'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return (frames / (performance.now() - started)) * 1000;
}

/** As {@link decodeScaleFps}, with one process for each clip, all at once: frames of all of them a second. */
export async function decodersFps(clips: readonly string[], frames: number, size: string): Promise<number> {
  const started = performance.now();
  const filter = `scale=${size}:flags=${SCALE_FLAGS}`;
  await Promise.all(
    clips.map(async (clip) => {
      const args = ['-v', 'error', '-i', clip, '-an', '-vf', filter, '-pix_fmt', 'bgr24', '-f', 'null', '-'];
      const [code] = (await once(spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'close')) as [number | null];
      if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
    }),
  );
  return ((frames * clips.length) / (performance.now() - started)) * 1000;
}

/** Frames a second of ffmpeg's own decode, scale for the model and x264, in one process that writes `out`. */
export function decodeScaleEncodeFps(clip: string, frames: number, size: string, out: string): number {
  const started = performance.now();
  const graph = `[0:v]split[a][b];[a]scale=${size}:flags=${SCALE_FLAGS},format=bgr24[small]`;
  const args = ['-v', 'error', '-y', '-i', clip, '-an', '-filter_complex', graph, '-map', '[small]', '-f', 'null', '-'];
  const { status, stderr } = spawnSync('ffmpeg', [...args, '-map', '[b]', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', out], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return (frames / (performance.now() - started)) * 1000;
}
