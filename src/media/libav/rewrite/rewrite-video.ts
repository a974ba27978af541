import { resolve } from 'node:path';
import { AV_NOPTS_VALUE, AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants';
import type { Frame, Packet } from 'node-av/lib';
import { fail, NULL_LOG, Scope, throwIfAborted, toMs } from '../../../core/index.js';
import { moveIndexForward } from '../../faststart.js';
import type { MediaInfo, VideoInfo } from '../../port.js';
import type { RewriteOptions, RewriteSummary } from '../../rewrite.js';
import { type DecodeCounts, Decoder } from '../decoder.js';
import { pathOf } from '../demuxer.js';
import { type Orientation, orientationOf } from '../display-matrix.js';
import { mediaInfo } from '../info.js';
import { FrameStore } from '../native-frames.js';
import { claimOutput, outputFault } from '../output.js';
import { hearLibav, quietLibav } from '../quiet.js';
import { Scalers } from '../scalers.js';
import { Timing } from '../timing.js';
import { openInput, type OpenedInput } from './opened-input.js';
import { OpenedOutput } from './opened-output.js';
import { patchFrame, uprightRgb } from './patch-frame.js';
import { PictureEncoder } from './picture-encoder.js';

/** Where the pictures go, once the first has told what they are like. */
interface Writing {
  readonly encoder: PictureEncoder;
  readonly output: OpenedOutput;
}

/** Packets of other streams that came before the first picture; they wait until the output is open. */
const MAX_EARLY_PACKETS = 10_000;

class Rewriting {
  readonly scope = new Scope();
  readonly counts: DecodeCounts = { packets: 0, corruptPackets: 0, damagedFrames: 0, lastTicks: 0n };
  readonly store: FrameStore;
  readonly #scalers = new Scalers();
  readonly #early: Packet[] = [];
  readonly #timing: Timing;
  readonly #step: bigint;
  readonly #turn: Orientation;
  #writing: Writing | undefined;
  #frames = 0;
  #changed = 0;
  #copied = 0;
  #encoded = 0;
  #lastEnd = 0n;

  constructor(
    readonly input: OpenedInput,
    readonly info: MediaInfo & { readonly video: VideoInfo },
    readonly options: RewriteOptions,
  ) {
    this.scope.use(input);
    this.store = new FrameStore();
    this.scope.defer(() => this.store.close());
    this.scope.defer(() => this.#scalers.release());
    this.scope.defer(() => this.#early.splice(0).forEach((packet) => packet.free()));
    const { timeBase, frameRate } = info.video;
    this.#timing = new Timing(timeBase, frameRate);
    const rate = frameRate ?? { num: 25, den: 1 };
    this.#step = BigInt(Math.max(1, Math.round((timeBase.den * rate.den) / (timeBase.num * rate.num))));
    this.#turn = orientationOf(input.pictures.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  }

  async run(): Promise<RewriteSummary> {
    const { input, options } = this;
    const others = (packet: Packet): Promise<void> => this.#copy(packet);
    const decoder = await Decoder.open(input, input.pictures, this.store, this.counts, input.name, undefined, others);
    this.scope.use(decoder);
    for (let going = true; going && !options.stop?.aborted;) {
      const frames = await decoder.next();
      input.throwIfBroken();
      throwIfAborted(options.signal);
      going = frames !== null;
      for (const [at, frame] of (frames ?? []).entries()) {
        try {
          await this.#picture(frame);
        } catch (error) {
          frames!.slice(at).forEach((left) => this.store.give(left));
          throw error;
        }
        this.store.give(frame);
      }
    }
    return this.#finish();
  }

  async #copy(packet: Packet): Promise<void> {
    if (this.#writing) {
      if (await this.#writing.output.copy(packet)) this.#copied++;
      return;
    }
    if (this.#early.length >= MAX_EARLY_PACKETS)
      fail('INPUT_CORRUPT', `${this.input.name}: no picture can be decoded within the first ${MAX_EARLY_PACKETS} packets of sound`);
    this.#early.push(packet.clone() ?? fail('RESOURCE_EXHAUSTED', 'no memory for a packet'));
  }

  async #begin(first: Frame): Promise<Writing> {
    const { input, options, info } = this;
    const { timeBase, frameRate } = info.video;
    const encoding = typeof options.encoding === 'function' ? options.encoding(info.video) : options.encoding;
    const encoder = this.scope.use(await PictureEncoder.open(first, timeBase, frameRate, encoding));
    const output = this.scope.use(await OpenedOutput.open(options.output, input, encoder, timeBase));
    for (const packet of this.#early.splice(0)) {
      if (await output.copy(packet)) this.#copied++;
      packet.free();
    }
    return { encoder, output };
  }

  async #picture(frame: Frame): Promise<void> {
    const writing = (this.#writing ??= await this.#begin(frame));
    const { encoder } = writing;
    const ticks = this.#timing.next(frame.pts === AV_NOPTS_VALUE ? frame.bestEffortTimestamp : frame.pts);
    const picture = await encoder.fitted(frame);
    try {
      await this.#edit(picture, ticks);
      picture.pts = ticks;
      picture.duration = frame.duration > 0n ? frame.duration : this.#step;
      this.#lastEnd = ticks + picture.duration;
      this.#frames++;
      await encoder.encode(picture, (packet) => this.#write(packet));
    } finally {
      if (picture !== frame) picture.free();
    }
  }

  async #edit(picture: Frame, ticks: bigint): Promise<void> {
    const upright = await uprightRgb(picture, this.#turn, this.#scalers);
    const seconds = toMs({ ticks, timeBase: this.info.video.timeBase }) / 1000;
    const patches = await this.options.edit({ ...upright, number: this.#frames, seconds });
    throwIfAborted(this.options.signal);
    if (patches.length === 0) return;
    patchFrame(picture, upright, this.#turn, patches);
    this.#changed++;
  }

  /** The last packet of a file lasts until the film is over; see the writer of videos. */
  async #write(packet: Packet): Promise<void> {
    this.#encoded++;
    if (this.#encoded === this.#frames && typeof this.options.output === 'string') packet.duration = this.#lastEnd - packet.pts;
    await this.#writing!.output.writePicture(packet);
  }

  async #finish(): Promise<RewriteSummary> {
    const { corruptPackets, damagedFrames, packets } = this.counts;
    if (!this.#writing) return fail('INPUT_CORRUPT', `${this.input.name}: none of its ${packets} packets of pictures can be decoded`);
    await this.#writing.encoder.finish((packet) => this.#write(packet));
    await this.#writing.output.finish();
    return { frames: this.#frames, changed: this.#changed, copiedPackets: this.#copied, corruptPackets, damagedFrames };
  }
}

async function indexForward(path: string, { log = NULL_LOG }: RewriteOptions): Promise<void> {
  try {
    await moveIndexForward(path);
  } catch (error) {
    log.warn(`${path}: the index stays at the end of the file: ${outputFault(path, error).message}`);
  }
}

async function claim({ input, output, overwrite = false }: RewriteOptions): Promise<() => Promise<void>> {
  if (typeof output !== 'string') return async () => {};
  if (!/\.(?:mp4|m4v|mov)$/i.test(output)) fail('INVALID_ARGUMENT', `${output}: the name of the new video must end in .mp4, .m4v or .mov`);
  if (typeof input === 'string' && resolve(pathOf(input)) === resolve(output))
    fail('INVALID_ARGUMENT', `${output}: is the input too; name another file`);
  return claimOutput(output, overwrite);
}

/**
 * Decodes a video, lets `edit` change pieces of its pictures, encodes them anew and copies everything else: sound and subtitles to the last
 * byte, times, colour tags, rotation and descriptions. Pixels that no patch covers reach the encoder as the decoder gave them. Memory is
 * bounded for any length. An H.264 encoder that cannot take the pixel format gets 4:2:0 of eight bits.
 * @throws Fault NOT_FOUND, INPUT_CORRUPT; ALREADY_EXISTS without `overwrite`; OUTPUT_FAILED; CANCELLED; and what `edit`, the source and the sink throw
 */
export async function rewriteVideo(options: RewriteOptions): Promise<RewriteSummary> {
  const { signal, log, output } = options;
  throwIfAborted(signal);
  quietLibav();
  const unhear = hearLibav(log);
  try {
    const input = await openInput(options.input, signal);
    const info = mediaInfo(input.name, input.format, input.pictures) as MediaInfo & { readonly video: VideoInfo };
    const rewriting = new Rewriting(input, info, options);
    let abandon = async (): Promise<void> => {};
    try {
      options.onInfo?.(info);
      abandon = await claim(options);
      const summary = await rewriting.run();
      await rewriting.scope.close();
      if (typeof output === 'string') await indexForward(output, options);
      return summary;
    } catch (error) {
      await rewriting.scope.close();
      await abandon();
      throw error;
    }
  } finally {
    unhear();
  }
}
