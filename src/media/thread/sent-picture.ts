import type { Frame, Size } from '../../core/index.js';
import type { MediaThread } from './media-thread.js';
import type { SentPicture } from './protocol.js';
import { RemotePixels } from './remote-pixels.js';

/** A frame as it goes to the media thread: by name where it is there already, else as RGB of `size` pixels. The frame stays open until the call is answered. */
export async function sentPicture(thread: MediaThread, frame: Frame, size: Size = frame.size): Promise<SentPicture> {
  const { pixels } = frame;
  if (pixels instanceof RemotePixels && pixels.thread === thread) return { frame: pixels.notice.frame };
  return { rgb: await frame.render({ size, order: 'rgb', layout: 'packed' }), size };
}

/** The memory that goes along with pictures. */
export const memoryOf = (pictures: readonly (SentPicture | undefined)[]): ArrayBuffer[] =>
  pictures.flatMap((picture) => (picture && 'rgb' in picture ? [picture.rgb.buffer as ArrayBuffer] : []));
