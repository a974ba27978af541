import { AV_NOPTS_VALUE, AV_PKT_DATA_DISPLAYMATRIX, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import type { Frame, Stream } from 'node-av/lib';
import { type TimeBase, fail } from '../../core/index.js';
import type { MediaInfo, MediaLosses, VideoInfo } from '../port.js';
import { type DecodeCounts, Decoder } from './decoder.js';
import { type Demuxer, openDemuxer } from './demuxer.js';
import { orientationOf } from './display-matrix.js';
import { hasTimes, mediaInfo } from './info.js';
import type { FrameStore } from './native-frames.js';
import { Timing } from './timing.js';
import { Upright } from './upright.js';

/** How to open a {@link Reel}. */
export interface ReelOptions {
  /** Names the source in messages. */
  readonly name: string;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stallAfterMs?: number | undefined;
}

const LONG_AGO = -(2n ** 62n);

/** Ticks of the stream's end as the container tells it; undefined when it does not, or tells of other streams too. */
function endTicks(stream: Stream): bigint | undefined {
  const { duration, startTime } = stream;
  if (duration === AV_NOPTS_VALUE || duration <= 0n) return undefined;
  return (startTime === AV_NOPTS_VALUE ? 0n : startTime) + duration;
}

/**
 * One pass over the pictures of a file, decoded, upright and timed. Not to be closed while a call is under way: whoever holds it awaits
 * its calls first.
 */
export class Reel implements AsyncDisposable {
  readonly timeBase: TimeBase;
  readonly #timing: Timing;
  readonly #upright: Upright;
  #ended = false;
  #sought = false;

  private constructor(
    readonly info: MediaInfo & { readonly video: VideoInfo },
    readonly stream: Stream,
    readonly demuxer: Demuxer,
    readonly decoder: Decoder,
    readonly store: FrameStore,
  ) {
    this.timeBase = info.video.timeBase;
    this.#timing = new Timing(this.timeBase, info.video.frameRate);
    const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
    this.#upright = new Upright(this.timeBase, orientationOf(matrix), store);
  }

  /** @throws Fault as `Media.open` */
  static async open(uri: string, store: FrameStore, { name, threads, signal, stallAfterMs }: ReelOptions): Promise<Reel> {
    const demuxer = await openDemuxer(uri, { signal, stallAfterMs });
    try {
      const stream = demuxer.stream ?? fail('INPUT_CORRUPT', `${uri}: holds no pictures${demuxer.format.nbStreams ? ', only sound or data' : ''}`);
      const counts: DecodeCounts = { packets: 0, corruptPackets: 0, damagedFrames: 0, lastTicks: LONG_AGO };
      const decoder = await Decoder.open(demuxer, stream, store, counts, name, threads);
      const info = mediaInfo(uri, demuxer.format, stream) as MediaInfo & { readonly video: VideoInfo };
      return new Reel(info, stream, demuxer, decoder, store);
    } catch (error) {
      await demuxer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What this pass has lost so far. */
  get losses(): MediaLosses {
    const { corruptPackets, damagedFrames } = this.decoder.counts;
    return { corruptPackets, damagedFrames, truncated: this.#truncated() };
  }

  /** The next frames, with their pts in `pts`: none to a few; null at the end. The caller owns them. */
  async next(): Promise<Frame[] | null> {
    if (this.#ended) return null;
    const decoded = await this.decoder.next();
    const out: Frame[] = [];
    for (const frame of decoded ?? []) {
      frame.pts = this.#timing.next(frame.bestEffortTimestamp);
      out.push(...(await this.#upright.push(frame)));
    }
    if (decoded) return out;
    this.#ended = true;
    return this.#upright.flush();
  }

  /** Goes to the key frame at or before `ticks`; false when the container cannot. */
  async seek(ticks: bigint): Promise<boolean> {
    if (!hasTimes(this.demuxer.format)) return false;
    if ((await this.demuxer.format.seekFrame(this.stream.index, ticks, AVSEEK_FLAG_BACKWARD)) < 0) return false;
    this.decoder.flush();
    this.#upright[Symbol.dispose]();
    this.#timing.reset();
    this.#sought = true;
    this.#ended = false;
    return true;
  }

  /**
   * True when a whole pass found less than the container announced: fewer packets than its index counts and, since an edit list may hide
   * some on purpose, an end that lies before its duration by more than two frames.
   */
  #truncated(): boolean {
    if (!this.#ended || this.#sought) return false;
    const { packets, lastTicks } = this.decoder.counts;
    const announced = this.info.video.frameCount;
    const end = endTicks(this.stream);
    if (end === undefined || (announced !== undefined && packets >= announced)) return false;
    const share = BigInt(Math.max(packets, 1));
    const frameTicks = packets > 0 ? (lastTicks - (end - this.stream.duration)) / share : 0n;
    return packets === 0 || lastTicks + 2n * frameTicks < end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#upright[Symbol.dispose]();
    this.decoder[Symbol.dispose]();
    await this.demuxer[Symbol.asyncDispose]();
  }
}
