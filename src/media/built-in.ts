import { fail } from '../core/index.js';
import type { Media } from './port.js';
import { syntheticMedia } from './synthetic.js';
import { threadedMedia } from './thread/threaded-media.js';

/** One adapter and the URIs that are its own. */
export interface MediaEntry {
  readonly name: string;
  /** One sentence for lists and help. */
  readonly summary: string;
  /** True for a URI or path that this adapter opens or writes. */
  handles(uri: string): boolean;
  create(): Media;
}

/** What opens a URI: the first entry that handles it. With yours: `[mine, ...BUILT_IN_MEDIA]`. */
export const BUILT_IN_MEDIA: readonly MediaEntry[] = [
  {
    name: 'synthetic',
    summary: 'Moving rectangles with known truth: synthetic:?width=640&height=360&frames=100.',
    handles: (uri) => uri.startsWith('synthetic:'),
    create: syntheticMedia,
  },
  {
    name: 'libav',
    summary: 'Files and addresses, by the FFmpeg inside node-av, on a thread of its own.',
    handles: () => true,
    create: () => threadedMedia(),
  },
];

/** One `Media` over several: each URI goes to the first entry that handles it. @throws Fault of that adapter */
export function createMedia(entries: readonly MediaEntry[] = BUILT_IN_MEDIA): Media {
  const made = new Map<MediaEntry, Media>();
  const mediaOf = (uri: string): Media => {
    const entry =
      entries.find((each) => each.handles(uri)) ?? fail('UNSUPPORTED', `${uri}: none of ${entries.map(({ name }) => name).join(', ')} opens it`);
    const media = made.get(entry) ?? entry.create();
    made.set(entry, media);
    return media;
  };
  return {
    name: entries.map(({ name }) => name).join('+'),
    probe: async (uri, options) => mediaOf(uri).probe(uri, options),
    open: async (uri, options) => mediaOf(uri).open(uri, options),
    createWriter: async (path, options) => mediaOf(path).createWriter(path, options),
    createComposer: async () => mediaOf('picture').createComposer(),
    encodeImage: async (image, format) => mediaOf(`picture.${format.type}`).encodeImage(image, format),
  };
}
