import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Frame, throwIfAborted, workerEnvironment } from '../../core/index.js';
import type { Media, MediaInfo } from '../port.js';
import { MediaThread } from './media-thread.js';
import type { SentOptions } from './protocol.js';
import { RemoteComposer } from './remote-composer.js';
import { type OpenedSource, RemoteSource } from './remote-source.js';
import { RemoteWriter } from './remote-writer.js';
import { memoryOf, sentPicture } from './sent-picture.js';

function sendable<T extends { readonly log?: unknown; readonly signal?: unknown }>(options: T): SentOptions<T> {
  const { log, signal: _, ...rest } = options;
  return { ...rest, hears: log !== undefined };
}

/** Most that lives here is native; a small young generation keeps the resident set small. */
const OPTIONS = { resourceLimits: { maxYoungGenerationSizeMb: 6 }, execArgv: [], env: workerEnvironment() };

/**
 * libav on a thread of its own. Steering libav costs its caller about half a millisecond a frame at 1080p; here the calling thread only
 * passes messages, and the pictures that a model asks of every frame are made before it asks. The thread starts with the first source and
 * ends by itself when nothing has been open for a while.
 */
export function threadedMedia(start = (): Worker => new Worker(new URL('./worker-entry.js', import.meta.url), OPTIONS)): Media {
  const thread = new MediaThread(start);
  return {
    name: 'libav thread',
    async probe(uri, options = {}) {
      throwIfAborted(options.signal);
      return thread.call<MediaInfo>({ op: 'probe', uri, options: sendable(options) }, options);
    },
    async open(uri, options = {}) {
      throwIfAborted(options.signal);
      const opened = await thread.call<OpenedSource>({ op: 'open', uri, options: sendable(options) }, options);
      return new RemoteSource(thread, opened, options.stream ?? basename(uri), options);
    },
    async createWriter(path, options) {
      return new RemoteWriter(thread, await thread.call<number>({ op: 'create-writer', path, options: sendable(options) }, options));
    },
    async createComposer() {
      return new RemoteComposer(thread, await thread.call<number>({ op: 'create-composer' }));
    },
    async encodeImage(image, format) {
      using held = image instanceof Frame ? image.retain('image') : undefined;
      // A copy to give away: the caller's may be a part of something large, or be changed meanwhile.
      const picture = image instanceof Frame ? await sentPicture(thread, held!) : { size: image.size, rgb: new Uint8Array(image.rgb) };
      return thread.call<Uint8Array>({ op: 'encode-image', picture, format }, { transfer: memoryOf([picture]) });
    },
  };
}
