import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Dictionary, FormatContext, type Packet, type Stream } from 'node-av/lib';
import { type Frame, NULL_LOG, type Pts, Scope, type TimeBase, comparePts, fail, rescale } from '../../core/index.js';
import type { Shape } from '../../vision/index.js';
import { moveIndexForward } from '../faststart.js';
import type { VideoWriter, WriterOptions } from '../port.js';
import { checked } from './calls.js';
import { pathOf } from './demuxer.js';
import { checkEncoderOptions, Encoder } from './encoder.js';
import { claimOutput, type Container, containerOf, outputFault } from './output.js';
import { hearLibav, quietLibav } from './quiet.js';
import { openSound, type Sound, SoundTrack } from './sound.js';

/** Everything that exists once the first frame has told the colours. */
interface Writing {
  readonly encoder: Encoder;
  readonly format: FormatContext;
  readonly pictures: Stream;
  readonly sound?: { readonly stream: Stream; readonly track: SoundTrack };
  readonly close: Scope;
}

/** Length of a fragment (MP4) or cluster (Matroska): what is lost, beside what the encoder holds, when the process dies. */
const UNIT_MS = 500;

/** MP4 keeps the start of a stream in units of the whole file; fine enough units keep it exact. */
function movieTimescale({ den }: TimeBase): number {
  let scale = den;
  while (scale < 1000) scale *= 2;
  return Math.min(scale, 2 ** 31 - 1);
}

/**
 * MP4 is written in fragments, so that what is on disk plays whenever the process dies, and becomes an ordinary MP4 at the end, whose index
 * then goes to the front. The header waits for the first packets, or the delay of B-frames would shift every pts.
 */
export function muxerOptions(container: Container, timeBase: TimeBase): Record<string, string> {
  if (container.name !== 'mp4') return { flush_packets: '1', cluster_time_limit: String(UNIT_MS) };
  return {
    flush_packets: '1',
    movflags: 'hybrid_fragmented+delay_moov+frag_keyframe',
    frag_duration: String(UNIT_MS * 1000),
    movie_timescale: String(movieTimescale(timeBase)),
  };
}

class LibavWriter implements VideoWriter {
  #writing: Writing | null = null;
  #busy = false;
  #state: 'open' | 'finished' | 'closed' = 'open';
  #turn: Promise<unknown> = Promise.resolve();
  #first: Pts | null = null;
  #last: Pts | null = null;
  #frames = 0;
  readonly #step: bigint;
  #packets = 0;
  #duration: bigint;

  constructor(
    readonly path: string,
    readonly options: WriterOptions,
    readonly container: Container,
    readonly sound: Sound | undefined,
    readonly abandon: () => Promise<void>,
    readonly unhear: () => void,
  ) {
    const { frameRate, timeBase } = options;
    this.#step = frameRate ? rescale({ ticks: 1n, timeBase: { num: frameRate.den, den: frameRate.num } }, timeBase).ticks : 1n;
    this.#duration = this.#step > 0n ? this.#step : 1n;
  }

  async write(frame: Frame, shapes: readonly Shape[] = []): Promise<void> {
    this.#enter();
    this.#turn = this.#write(frame, shapes).finally(() => (this.#busy = false));
    await this.#turn;
  }

  async finish(): Promise<Awaited<ReturnType<VideoWriter['finish']>>> {
    this.#enter();
    const turn = this.#finish().finally(() => (this.#busy = false));
    this.#turn = turn;
    return turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    await this.#turn.catch(() => {});
    if (!this.#writing) await this.abandon();
    await this.#close();
  }

  #enter(): void {
    if (this.#state !== 'open') fail('FAILED_PRECONDITION', `${this.path}: the writer is ${this.#state}`);
    if (this.#busy) fail('FAILED_PRECONDITION', `${this.path}: await each write before the next`);
    this.#busy = true;
  }

  async #write(frame: Frame, shapes: readonly Shape[]): Promise<void> {
    const pts = rescale(frame.pts, this.options.timeBase);
    const last = this.#last;
    if (last && comparePts(pts, last) <= 0)
      fail('INVALID_ARGUMENT', `${this.path}: pts ${pts.ticks} of frame ${frame.number} is not above ${last.ticks}, the one before`);
    this.#writing ??= await this.#begin(frame);
    if (last && !this.options.frameRate) this.#duration = pts.ticks - last.ticks;
    this.#first ??= pts;
    this.#last = pts;
    this.#frames++;
    const writing = this.#writing;
    const { ticks } = pts;
    await writing.encoder.encode(frame, { ticks, duration: this.#duration, shapes }, (packet) => this.#mux(writing, packet));
  }

  async #begin(first: Frame | undefined): Promise<Writing> {
    await using scope = new Scope();
    const encoder = scope.use(await Encoder.open(this.options, first));
    const format = new FormatContext();
    checked(
      format.allocOutputContext2(null, this.container.name, `file:${this.path}`),
      `${this.path}: no ${this.container.name} muxer`,
      'UNSUPPORTED',
    );
    scope.defer(() => format.freeContext());
    const pictures = format.newStream();
    checked(pictures.codecpar.fromContext(encoder.context), `${this.path}: stream parameters`);
    pictures.timeBase = encoder.context.timeBase;
    if (this.options.frameRate) pictures.avgFrameRate = encoder.context.framerate;
    const sound = this.sound ? { stream: format.newStream(), track: new SoundTrack(this.sound) } : undefined;
    if (sound) this.sound!.describe(sound.stream);
    checked(await format.openOutput(), this.path, 'OUTPUT_FAILED');
    scope.defer(() => format.closeOutput());
    using options = Dictionary.fromObject(muxerOptions(this.container, this.options.timeBase));
    checked(await format.writeHeader(options), `${this.path}: the ${this.container.name} header`, 'OUTPUT_FAILED');
    return { encoder, format, pictures, ...(sound ? { sound } : {}), close: scope.move() };
  }

  /** Sound first, up to the time of this picture, so that the two lie side by side in the file. */
  async #mux(writing: Writing, packet: Packet): Promise<void> {
    await this.#advanceSound(writing, { ticks: packet.dts, timeBase: this.options.timeBase });
    this.#closeGap(packet);
    packet.streamIndex = writing.pictures.index;
    packet.rescaleTs(this.options.timeBase, writing.pictures.timeBase);
    checked(await writing.format.interleavedWriteFrame(packet), this.path, 'OUTPUT_FAILED');
  }

  /**
   * The last packet lasts until the film is over. Where a fragment ends among B-frames, the MP4 muxer takes the pts of the packet after it
   * for the end of the track; a picture from before the cut that is shown later than all after it would lie behind the end of the edit
   * list, and players leave it out.
   */
  #closeGap(packet: Packet): void {
    this.#packets++;
    // Each frame becomes one packet.
    if (this.#packets === this.#frames) packet.duration = this.#last!.ticks + this.#duration - packet.pts;
  }

  async #advanceSound({ format, sound }: Writing, until: Pts): Promise<void> {
    await sound?.track.advance(this.#first!, until, async (packet) => {
      packet.streamIndex = sound.stream.index;
      packet.rescaleTs(sound.track.sound.timeBase, sound.stream.timeBase);
      checked(await format.interleavedWriteFrame(packet), this.path, 'OUTPUT_FAILED');
    });
  }

  async #finish(): Promise<Awaited<ReturnType<VideoWriter['finish']>>> {
    this.#writing ??= await this.#begin(undefined);
    const writing = this.#writing;
    await writing.encoder.finish((packet) => this.#mux(writing, packet));
    if (this.#last) await this.#advanceSound(writing, { ...this.#last, ticks: this.#last.ticks + this.#duration });
    checked(await writing.format.writeTrailer(), this.path, 'OUTPUT_FAILED');
    this.#state = 'finished';
    await this.#close();
    if (this.container.name === 'mp4') await this.#moveIndex();
    const { size } = await stat(this.path);
    return { frames: this.#frames, bytes: size, audio: this.sound?.how ?? 'none' };
  }

  /** The video is complete by now: where this fails, it stays as it is, which plays too. */
  async #moveIndex(): Promise<void> {
    const { log = NULL_LOG } = this.options;
    try {
      await moveIndexForward(this.path);
    } catch (error) {
      log.warn(`${this.path}: the index stays at the end of the file: ${outputFault(this.path, error).message}`);
    }
  }

  async #close(): Promise<void> {
    const writing = this.#writing;
    this.#writing = null;
    await writing?.close.close();
    await this.sound?.[Symbol.asyncDispose]();
    this.unhear();
  }
}

/**
 * Writes H.264 in MP4 (.mp4, .m4v, .mov) or Matroska (.mkv). Pts stay exact in MP4; Matroska rounds them to milliseconds. An odd width or
 * height grows by one, repeating the last column or row. Sound is taken from where the pictures begin to where they end.
 * @throws Fault as `Media.createWriter`
 */
export async function createLibavWriter(path: string, options: WriterOptions): Promise<VideoWriter> {
  quietLibav();
  const container = containerOf(path);
  checkEncoderOptions(path, options);
  const { audioFrom, log = NULL_LOG } = options;
  if (audioFrom !== undefined && resolve(pathOf(audioFrom)) === resolve(path)) fail('INVALID_ARGUMENT', `${path}: cannot take its sound from itself`);
  const sound = audioFrom === undefined ? undefined : await openSound(audioFrom, container, log);
  try {
    const abandon = await claimOutput(path, options.overwrite ?? false);
    return new LibavWriter(path, options, container, sound, abandon, hearLibav(options.log));
  } catch (error) {
    await sound?.[Symbol.asyncDispose]();
    throw error;
  }
}
