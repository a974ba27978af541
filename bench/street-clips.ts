import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const VIDEOS = resolve(import.meta.dirname, '../../shared/assets/videos');

/** Scenes of cars and of people, 100 frames each; the tall one is cut to the shape of the others. */
const SCENES = [
  { file: 'street-traffic-ahmetozlu.mp4', from: 200, cut: '' },
  { file: 'campus-walkers.mp4', from: 100, cut: 'crop=768:432:0:72,' },
  { file: 'intel-car-detection.mp4', from: 20, cut: '' },
  { file: 'intel-people-detection.264', from: 60, cut: '' },
] as const;
const SCENE_FRAMES = 100;

/** Frames of each of {@link streetClips}. */
export const STREET_FRAMES = SCENES.length * SCENE_FRAMES;

/** The scenes in a row, beginning with the scene `first`, as 720p30 H.264. */
function makeClip(first: number, clip: string): void {
  const scenes = SCENES.map((_, at) => SCENES[(first + at) % SCENES.length]!);
  const inputs = scenes.flatMap(({ file }) => ['-i', join(VIDEOS, file)]);
  const cut = scenes.map(
    ({ from, cut: crop }, at) =>
      `[${at}:v]trim=start_frame=${from}:end_frame=${from + SCENE_FRAMES},${crop}scale=1280:720,setsar=1,settb=1/30,setpts=N[s${at}]`,
  );
  const graph = `${cut.join(';')};${scenes.map((_, at) => `[s${at}]`).join('')}concat=n=${scenes.length}[v]`;
  const encode = ['-map', '[v]', '-r', '30', '-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '3M', '-pix_fmt', 'yuv420p', '-an'];
  const part = clip.replace('.mp4', '.part.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', graph, ...encode, part]);
  renameSync(part, clip);
}

/**
 * 720p clips of {@link STREET_FRAMES} frames, one for each of `streams`: the same scenes, each clip beginning with another one, so that streams
 * have the same work to do but not the same at the same time. Made once.
 */
export function streetClips(streams: number): string[] {
  const folder = join(tmpdir(), 'ocellus-bench');
  if (!existsSync(VIDEOS)) throw new Error(`the bench makes its clips from ${VIDEOS}, which is not here`);
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: streams }, (_, stream) => {
    const first = stream % SCENES.length;
    const clip = join(folder, `street-720p30-${STREET_FRAMES}-${first}.mp4`);
    if (!existsSync(clip)) makeClip(first, clip);
    return clip;
  });
}
