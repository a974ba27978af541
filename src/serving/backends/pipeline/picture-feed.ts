import { Fault, type Frame, MICROSECONDS } from '../../../core/index.js';
import type { Media, VideoInfo, VideoSource } from '../../../media/index.js';
import { Arrivals } from '../../model/arrivals.js';

/** The address under which a pipeline finds the pictures that requests bring. */
export const FEED_URI = 'request:';

/** What a source says of its pictures before there is one; each brings its own size. */
const INFO: VideoInfo = {
  codec: 'picture',
  size: { width: 1920, height: 1080 },
  codedSize: { width: 1920, height: 1080 },
  rotation: 0,
  timeBase: MICROSECONDS,
  variableFrameRate: true,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  interlaced: false,
  alpha: false,
};

/** A source of a pipeline whose frames are pushed, one for each request, as media that know no other source. */
export class PictureFeed {
  readonly #frames = new Arrivals<Frame>();
  #count = 0;

  /** Gives a frame to the pipeline, which closes it. Its number is the request's. */
  push(frame: Frame): void {
    const number = this.#count++;
    // A picture has no time; so that trackers see some pass, each is a second later.
    this.#frames.push(frame.retain('request', { stream: 'request', number, pts: { ticks: BigInt(number) * 1_000_000n, timeBase: MICROSECONDS } }));
  }

  /** No more will come. */
  end(): void {
    this.#frames.end();
  }

  get media(): Media {
    const source: VideoSource = {
      info: { uri: FEED_URI, container: 'request', live: false, audio: [], video: INFO },
      losses: { corruptPackets: 0, damagedFrames: 0, truncated: false },
      frames: () => this.#frames,
      seek: () => Promise.reject(new Fault('UNSUPPORTED', 'requests cannot be sought in')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const none = (): Promise<never> =>
      Promise.reject(new Fault('UNSUPPORTED', 'a pipeline that is served reads pictures of requests, and writes nothing'));
    return {
      name: 'requests',
      probe: () => Promise.resolve(source.info),
      open: () => Promise.resolve(source),
      createWriter: none,
      createComposer: none,
      encodeImage: none,
    };
  }
}
