import { Codec, getFFmpegInfo } from 'node-av/lib';
import { toFault } from '../../core/index.js';

/** What the FFmpeg inside node-av is. @throws Fault UNSUPPORTED when it cannot be asked */
export async function aboutLibav(): Promise<{ readonly version: string; readonly configuration: string; readonly h264Encoder: boolean }> {
  try {
    const { version, configuration } = getFFmpegInfo();
    return { version, configuration, h264Encoder: Codec.findEncoderByName('libx264' as Parameters<typeof Codec.findEncoderByName>[0]) !== null };
  } catch (error) {
    throw toFault(error, 'UNSUPPORTED', 'the video library does not answer: ');
  }
}
