import { throwIfAborted } from '../../core/index.js';
import type { Media } from '../port.js';
import { LibavComposer } from './composer.js';
import { openDemuxer } from './demuxer.js';
import { encodeLibavImage } from './image-encoder.js';
import { mediaInfo } from './info.js';
import { hearLibav, quietLibav } from './quiet.js';
import { LibavSource } from './source.js';
import { createLibavWriter } from './writer.js';

/**
 * Reads and writes with the FFmpeg inside node-av, in this process and off the calling thread. libav's own log is silenced for the whole
 * process; with a `log`, it is heard there at debug.
 */
export function libavMedia(): Media {
  quietLibav();
  return {
    name: 'libav',
    async probe(uri, { signal, log, stallAfterMs } = {}) {
      throwIfAborted(signal);
      const unhear = hearLibav(log);
      try {
        await using demuxer = await openDemuxer(uri, { signal, stallAfterMs });
        return mediaInfo(uri, demuxer.format, demuxer.stream);
      } finally {
        unhear();
      }
    },
    open: (uri, options) => LibavSource.open(uri, options),
    createWriter: (path, options) => createLibavWriter(path, options),
    createComposer: async () => new LibavComposer(),
    encodeImage: (image, format) => encodeLibavImage(image, format),
  };
}
