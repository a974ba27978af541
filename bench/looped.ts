import type { Frame } from 'ocellus/core';
import type { Media, VideoSource } from 'ocellus/media';

/** A media that plays every source again and again until `frames` frames have come, numbered through. */
export function looped(media: Media, frames: number): Media {
  return {
    name: `${media.name} looped`,
    probe: (uri, options) => media.probe(uri, options),
    createWriter: (path, options) => media.createWriter(path, options),
    async open(uri, options): Promise<VideoSource> {
      const source = await media.open(uri, options);
      return {
        info: source.info,
        get losses() {
          return source.losses;
        },
        seek: (timeMs) => source.seek(timeMs),
        frames: (how) => again(source, frames, how?.signal),
        [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
      };
    },
  };
}

async function* again(source: VideoSource, frames: number, signal?: AbortSignal): AsyncGenerator<Frame> {
  for (let number = 0; number < frames;) {
    for await (const frame of source.frames(signal ? { signal } : {})) {
      const numbered = frame.retain('bench', { number: number++ });
      frame.close();
      yield numbered;
      if (number === frames) return;
    }
    await source.seek(0);
  }
}
