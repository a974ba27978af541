import { availableParallelism } from 'node:os';
import { AV_FRAME_FLAG_CORRUPT, AV_NOPTS_VALUE, AV_PKT_FLAG_CORRUPT, type AVFrameFlag } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, type Frame, Packet, type Stream } from 'node-av/lib';
import { fail } from '../../core/index.js';
import { AGAIN, END, checked } from './calls.js';
import type { Demuxer } from './demuxer.js';
import type { FrameStore } from './native-frames.js';

/** What decoding met on its way; the decoder counts, the source reports. */
export interface DecodeCounts {
  /** Picture packets read. */
  packets: number;
  corruptPackets: number;
  damagedFrames: number;
  /** Where the last packet ends, in ticks of the stream. */
  lastTicks: bigint;
}

/** Gets each packet of another stream on the way; it is valid until what it answers settles. */
export type PacketTaker = (packet: Packet) => Promise<void>;

/** Two threads keep a scaler fed; more than four add memory and delay, not pace, beside an inference engine. */
const DEFAULT_THREADS = Math.min(availableParallelism(), 4);

/** A decoder that fails this often in a row while it empties will not recover; without a limit it could fail for ever. */
const DRAIN_ERRORS = 64;

async function openCodec(stream: Stream, threads: number, name: string): Promise<CodecContext> {
  const { codecpar } = stream;
  const codec = Codec.findDecoder(codecpar.codecId) ?? fail('UNSUPPORTED', `${name}: this build of libav has no decoder for its pictures`);
  const context = new CodecContext();
  context.allocContext3(codec);
  try {
    checked(context.parametersToContext(codecpar), `${name}: stream parameters`, 'INPUT_CORRUPT');
    context.pktTimebase = stream.timeBase;
    // Setting threadCount on the context has no effect; as options they have.
    using options = Dictionary.fromObject({ threads: String(threads), thread_type: 'frame' });
    checked(await context.open2(codec, options), `${name}: opening the ${codec.name} decoder`, 'INPUT_CORRUPT');
    return context;
  } catch (error) {
    context.freeContext();
    throw error;
  }
}

/**
 * Packets in, decoded frames out, in presentation order. Each asynchronous call costs about 50 us of the main thread, so a frame takes
 * two of them: read and send; what the send decoded is then taken synchronously, which decodes nothing.
 */
export class Decoder implements Disposable {
  readonly #packet = new Packet();
  #ended = false;
  private constructor(
    readonly demuxer: Pick<Demuxer, 'format' | 'watch'>,
    readonly stream: Stream,
    readonly store: FrameStore,
    readonly counts: DecodeCounts,
    readonly codec: CodecContext,
    readonly others?: PacketTaker,
  ) {
    this.#packet.alloc();
  }

  /** @throws Fault UNSUPPORTED without a decoder, INPUT_CORRUPT when it refuses the stream */
  static async open(
    demuxer: Pick<Demuxer, 'format' | 'watch'>,
    stream: Stream,
    store: FrameStore,
    counts: DecodeCounts,
    name: string,
    threads?: number,
    others?: PacketTaker,
  ): Promise<Decoder> {
    return new Decoder(demuxer, stream, store, counts, await openCodec(stream, threads ?? DEFAULT_THREADS, name), others);
  }

  /** The next frames: none to a few; null at the end. The caller owns them. Damage is counted and stepped over. */
  async next(): Promise<Frame[] | null> {
    if (this.#ended) return null;
    const out: Frame[] = [];
    if (await this.#read()) {
      await this.#send(this.#packet, out);
      this.#packet.unref();
    } else {
      this.#ended = true;
      await this.codec.sendPacket(null);
      await this.#drain(out);
    }
    return out;
  }

  /** Forgets what was sent, after a seek. */
  flush(): void {
    this.codec.flushBuffers();
    this.#ended = false;
  }

  /** Puts the next picture packet into `#packet`; false at the end. A read error in mid-file ends it like the file's end. */
  async #read(): Promise<boolean> {
    const { format, watch } = this.demuxer;
    for (;;) {
      const result = await watch.during(() => format.readFrame(this.#packet));
      if (result === AGAIN) continue;
      if (result < 0) {
        watch.throwIfStalled();
        if (result !== END && !watch.interrupted) this.counts.corruptPackets++;
        return false;
      }
      if (this.#packet.streamIndex !== this.stream.index) {
        await this.others?.(this.#packet);
        this.#packet.unref();
        continue;
      }
      this.#note();
      return true;
    }
  }

  #note(): void {
    const { pts, dts, duration, flags } = this.#packet;
    this.counts.packets++;
    if (flags & AV_PKT_FLAG_CORRUPT) this.counts.corruptPackets++;
    const at = pts === AV_NOPTS_VALUE ? dts : pts;
    if (at !== AV_NOPTS_VALUE && at + duration > this.counts.lastTicks) this.counts.lastTicks = at + duration;
  }

  async #send(packet: Packet, out: Frame[]): Promise<void> {
    let result = await this.codec.sendPacket(packet);
    if (result === AGAIN) {
      await this.#drain(out);
      result = await this.codec.sendPacket(packet);
    }
    if (result < 0 && result !== AGAIN && result !== END) this.counts.corruptPackets++;
    const frame = this.store.take();
    this.#settle(this.codec.receiveFrameSync(frame), frame, out);
  }

  async #drain(out: Frame[]): Promise<void> {
    let open = true;
    for (let errors = 0; open && errors < DRAIN_ERRORS;) {
      const before = out.length;
      const frame = this.store.take();
      open = this.#settle(await this.codec.receiveFrame(frame), frame, out);
      errors = out.length > before ? 0 : errors + 1;
    }
  }

  /** Files one answer of the decoder; false when it has no more to say for now. */
  #settle(result: number, frame: Frame, out: Frame[]): boolean {
    if (result >= 0) {
      if (frame.decodeErrorFlags !== 0 || frame.hasFlags(AV_FRAME_FLAG_CORRUPT as AVFrameFlag)) this.counts.damagedFrames++;
      out.push(frame);
      return true;
    }
    this.store.give(frame);
    if (result === AGAIN || result === END) return false;
    this.counts.corruptPackets++;
    return true;
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.codec.freeContext();
  }
}
