import { AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import {
  avChannelLayoutDefault,
  avChannelLayoutDescribe,
  avGetCodecName,
  avGetSampleFmtName,
  Codec,
  CodecContext,
  Dictionary,
  Packet,
  Rational,
  type Stream,
} from 'node-av/lib';
import { type Log, type TimeBase, comparePts, fail } from '../../core/index.js';
import { checked } from './calls.js';
import { type DecodeCounts, Decoder } from './decoder.js';
import { type Demuxer, openDemuxer } from './demuxer.js';
import { FilterChain } from './filters.js';
import { FrameStore } from './native-frames.js';
import type { Container } from './output.js';

/** Sound on its way from one file into another; packets come in order, each in `timeBase`. */
export interface Sound extends AsyncDisposable {
  readonly how: 'copied' | 'transcoded';
  /** Time base of the packets. */
  readonly timeBase: TimeBase;
  /** Tells the new stream what it will carry. */
  describe(stream: Stream): void;
  /** The next packet, or null at the end; valid until the next call. */
  next(): Promise<Packet | null>;
}

const fraction = ({ num, den }: TimeBase): TimeBase => ({ num, den });

function copied(demuxer: Demuxer, stream: Stream): Sound {
  const packet = new Packet();
  packet.alloc();
  return {
    how: 'copied',
    timeBase: fraction(stream.timeBase),
    describe(to) {
      stream.codecpar.copy(to.codecpar);
      // A tag of the old container means nothing in the new one.
      to.codecpar.codecTag = 0;
    },
    async next() {
      packet.unref();
      for (;;) {
        if ((await demuxer.format.readFrame(packet)) < 0) return null;
        if (packet.streamIndex === stream.index && packet.pts !== AV_NOPTS_VALUE) return packet;
        packet.unref();
      }
    },
    async [Symbol.asyncDispose]() {
      packet.free();
      await demuxer[Symbol.asyncDispose]();
    },
  };
}

const BITS_PER_CHANNEL = 64_000n;

async function openAac({ codecpar }: Stream): Promise<CodecContext> {
  const codec = Codec.findEncoderByName('aac' as never) ?? fail('UNSUPPORTED', 'this build of libav has no AAC encoder');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = codecpar.sampleRate;
  // A container that tells only the number of channels means their usual places.
  context.channelLayout = codecpar.channelLayout.mask === 0n ? avChannelLayoutDefault(codecpar.channels) : codecpar.channelLayout;
  context.sampleFormat = codec.sampleFormats?.[0] ?? context.sampleFormat;
  context.bitRate = BITS_PER_CHANNEL * BigInt(codecpar.channels);
  context.timeBase = new Rational(1, codecpar.sampleRate);
  using flags = Dictionary.fromObject({ flags: '+global_header' });
  checked(await context.open2(codec, flags), `opening the AAC encoder at ${codecpar.sampleRate} Hz`, 'UNSUPPORTED');
  return context;
}

/** Decoder, filters and encoder of one transcoding. */
class Transcoder {
  readonly #store = new FrameStore(4);
  readonly #packet = new Packet();
  #chain: FilterChain | null = null;
  #finished = false;
  constructor(
    readonly decoder: Decoder,
    readonly encoder: CodecContext,
    readonly stream: Stream,
  ) {
    this.#packet.alloc();
  }

  async next(): Promise<Packet | null> {
    this.#packet.unref();
    while (this.encoder.receivePacketSync(this.#packet) < 0) {
      if (this.#finished) return null;
      await this.#feed();
    }
    return this.#packet;
  }

  async #feed(): Promise<void> {
    const frames = await this.decoder.next();
    for (const frame of frames ?? []) {
      if (frame.pts === AV_NOPTS_VALUE) frame.pts = frame.bestEffortTimestamp;
      this.#chain ??= this.#createChain(frame.format, frame.sampleRate, avChannelLayoutDescribe(frame.channelLayout) ?? 'stereo');
      await this.#encode(frame);
      this.#store.give(frame);
    }
    if (frames) return;
    await this.#encode(null);
    this.#finished = true;
    await this.encoder.sendFrame(null);
  }

  async #encode(frame: Parameters<FilterChain['push']>[0]): Promise<void> {
    for (const part of (await this.#chain?.push(frame, this.#store)) ?? []) {
      await this.encoder.sendFrame(part);
      this.#store.give(part);
    }
  }

  #createChain(format: number, sampleRate: number, layout: string): FilterChain {
    const { timeBase } = this.stream;
    const name = avGetSampleFmtName(format as never);
    const feed = `abuffer=time_base=${timeBase.num}/${timeBase.den}:sample_rate=${sampleRate}:sample_fmt=${name}:channel_layout=${layout}`;
    const wanted = avGetSampleFmtName(this.encoder.sampleFormat);
    const to = `aformat=sample_fmts=${wanted}:sample_rates=${this.encoder.sampleRate}:channel_layouts=${avChannelLayoutDescribe(this.encoder.channelLayout)}`;
    return new FilterChain(feed, [to, `asettb=1/${this.encoder.sampleRate}`, `asetnsamples=n=${this.encoder.frameSize}:p=0`], 'abuffersink');
  }

  close(): void {
    this.#chain?.[Symbol.dispose]();
    this.decoder[Symbol.dispose]();
    this.#packet.free();
    this.#store.close();
    this.encoder.freeContext();
  }
}

async function transcoded(demuxer: Demuxer, stream: Stream, name: string): Promise<Sound> {
  const counts: DecodeCounts = { packets: 0, corruptPackets: 0, damagedFrames: 0, lastTicks: 0n };
  const decoder = await Decoder.open(demuxer, stream, new FrameStore(2), counts, name, 1);
  const encoder = await openAac(stream);
  const transcoder = new Transcoder(decoder, encoder, stream);
  return {
    how: 'transcoded',
    timeBase: { num: 1, den: encoder.sampleRate },
    describe: (to) => void to.codecpar.fromContext(encoder),
    next: () => transcoder.next(),
    async [Symbol.asyncDispose]() {
      transcoder.close();
      await demuxer[Symbol.asyncDispose]();
    },
  };
}

/** The sound of `uri`, copied where `container` takes it and made AAC elsewhere; undefined when it has none. @throws Fault as `Media.probe` */
export async function openSound(uri: string, container: Container, log: Log): Promise<Sound | undefined> {
  const demuxer = await openDemuxer(uri, {}, AVMEDIA_TYPE_AUDIO);
  try {
    const { stream } = demuxer;
    if (!stream) {
      log.info(`${uri} has no sound; the video is written without`);
      await demuxer[Symbol.asyncDispose]();
      return undefined;
    }
    const codec = avGetCodecName(stream.codecpar.codecId) ?? 'unknown';
    if (!container.sound || container.sound.includes(codec)) return copied(demuxer, stream);
    log.info(`${container.name} does not take ${codec} sound; it is made AAC`);
    return await transcoded(demuxer, stream, uri);
  } catch (error) {
    await demuxer[Symbol.asyncDispose]();
    throw error;
  }
}

/** What plays in [from, to) of the pictures, in order; asked for as the pictures advance. */
export class SoundTrack {
  #next: Packet | null = null;
  #ended = false;
  constructor(readonly sound: Sound) {}

  /** Hands `write` each packet that starts at `from` or later and before `to`. */
  async advance(from: Time, to: Time, write: (packet: Packet) => Promise<void>): Promise<void> {
    while (!this.#ended) {
      this.#next ??= await this.sound.next();
      if (!this.#next) {
        this.#ended = true;
        return;
      }
      const at: Time = { ticks: this.#next.pts, timeBase: this.sound.timeBase };
      if (comparePts(at, to) >= 0) return;
      if (comparePts(at, from) >= 0) await write(this.#next);
      this.#next = null;
    }
  }
}

type Time = Parameters<typeof comparePts>[0];
