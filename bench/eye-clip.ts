import { writeFile } from 'node:fs/promises';
import { pictureBytes, toMs } from 'ocellus/core';
import { libavMedia } from 'ocellus/media';
import type { RgbPicture, TrackedFace } from '../dist/eye-contact/index.js';
import { eyeTile } from './eye-sheet.js';

/** Options of the command line that look at the eyes of a clip. */
export const EYE_CLIP_OPTIONS = {
  every: { type: 'string', default: '25' },
  from: { type: 'string', default: '0' },
  zoom: { type: 'string', default: '4' },
  width: { type: 'string' },
  limit: { type: 'string', default: '1000000' },
} as const;

/** What they say. */
export interface EyeClipValues {
  readonly every: string;
  readonly from: string;
  readonly zoom: string;
  readonly width?: string | undefined;
  readonly limit: string;
}

/** A picture of a clip. */
export interface ClipPicture {
  readonly at: number;
  readonly seconds: number;
  readonly picture: RgbPicture;
  /** Whether it is one to be shown. */
  readonly due: boolean;
}

/** The pictures of a clip, as the options want them. */
export async function* clipPictures(clip: string, { every, from, width, limit }: EyeClipValues): AsyncGenerator<ClipPicture> {
  await using source = await libavMedia().open(clip);
  let at = 0;
  for await (const frame of source.frames()) {
    using held = frame;
    const across = Number(width ?? held.size.width);
    const size = { width: across, height: Math.round((held.size.height * across) / held.size.width) };
    const request = { size, order: 'rgb', layout: 'packed' } as const;
    const data = await held.render(request, new Uint8Array(pictureBytes(request)));
    yield { at, seconds: toMs(held.pts) / 1000, picture: { size, data }, due: at >= Number(from) && (at - Number(from)) % Number(every) === 0 };
    if (++at >= Number(limit)) return;
  }
}

const [TILE_WIDTH, TILE_HEIGHT] = [640, 200];

/** Tiles of enlarged eyes, one below the other. */
export class EyeSheet {
  readonly #tiles: Uint8Array[] = [];

  constructor(readonly zoom: number) {}

  get rows(): number {
    return this.#tiles.length;
  }

  add(picture: RgbPicture, face: TrackedFace): void {
    this.#tiles.push(eyeTile(picture, face, TILE_WIDTH, TILE_HEIGHT, this.zoom));
  }

  /** Writes a PNG; nothing where there are no tiles. */
  async write(path: string): Promise<void> {
    if (this.#tiles.length === 0) return;
    const rgb = Buffer.concat(this.#tiles);
    const image = { size: { width: TILE_WIDTH * 2, height: TILE_HEIGHT * this.#tiles.length }, rgb };
    await writeFile(path, await libavMedia().encodeImage(image, { type: 'png' }));
  }
}

/** Milliseconds of processor time that `work` takes. */
export async function cpuMsOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1000 };
}
