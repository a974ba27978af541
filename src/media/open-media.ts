import type { Media } from './port.js';
import { syntheticMedia } from './synthetic.js';
import { threadedMedia } from './thread/threaded-media.js';

/** One way to read media and the addresses that it takes. */
export interface MediaRow {
  readonly name: string;
  /** Whether this row takes the address; the first that does is used. */
  takes(uri: string): boolean;
  create(): Media;
}

/** Every built-in way to read media, in the order in which addresses are offered. */
export const BUILT_IN_MEDIA: readonly MediaRow[] = [
  { name: 'synthetic', takes: (uri) => uri.startsWith('synthetic:'), create: syntheticMedia },
  { name: 'libav', takes: () => true, create: () => threadedMedia() },
];

/** A media that hands each address to the row that takes it; rows are made on first use. Videos are written by the last row. */
export function openMedia(rows: readonly MediaRow[] = BUILT_IN_MEDIA): Media {
  const made = new Map<MediaRow, Media>();
  const mediaOf = (row: MediaRow): Media => {
    const media = made.get(row) ?? row.create();
    made.set(row, media);
    return media;
  };
  const forAddress = (uri: string): Media => mediaOf(rows.find((row) => row.takes(uri)) ?? rows.at(-1)!);
  return {
    name: 'built-in',
    probe: (uri, options) => forAddress(uri).probe(uri, options),
    open: (uri, options) => forAddress(uri).open(uri, options),
    createWriter: (path, options) => mediaOf(rows.at(-1)!).createWriter(path, options),
  };
}
