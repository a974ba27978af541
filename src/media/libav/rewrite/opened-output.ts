import {
  AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
  AVFMT_FLAG_CUSTOM_IO,
} from 'node-av/constants';
import { Dictionary, FormatContext, type Packet, type Stream } from 'node-av/lib';
import { Scope, type TimeBase } from '../../../core/index.js';
import type { ByteSink } from '../../rewrite.js';
import { checked } from '../calls.js';
import { muxerOptions } from '../writer.js';
import { ByteOutput } from './byte-output.js';
import { copiedStreams, type OpenedInput } from './opened-input.js';
import type { PictureEncoder } from './picture-encoder.js';

const SIDE_DATA = [AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_CONTENT_LIGHT_LEVEL] as const;

/** Length of a fragment of what is sent as it comes. */
const FRAGMENT_US = 500_000;

const LIVE_OPTIONS = { movflags: 'frag_keyframe+delay_moov+default_base_moof', frag_duration: String(FRAGMENT_US), flush_packets: '1' };

function copyDescription(from: Stream, to: Stream): void {
  to.disposition = from.disposition;
  const words = from.metadata?.getAll() ?? {};
  if (Object.keys(words).length > 0) to.metadata = Dictionary.fromObject(words);
}

/** An MP4 that is being written. */
export class OpenedOutput implements AsyncDisposable {
  private constructor(
    readonly name: string,
    readonly format: FormatContext,
    readonly pictures: Stream,
    readonly timeBase: TimeBase,
    /** By number of the input's stream. */
    readonly copies: ReadonlyMap<number, { readonly from: Stream; readonly to: Stream }>,
    readonly bytes: ByteOutput | undefined,
    readonly scope: Scope,
  ) {}

  /** @throws Fault OUTPUT_FAILED */
  static async open(output: string | ByteSink, input: OpenedInput, encoder: PictureEncoder, timeBase: TimeBase): Promise<OpenedOutput> {
    await using scope = new Scope();
    const name = typeof output === 'string' ? output : 'the answer';
    const format = new FormatContext();
    checked(format.allocOutputContext2(null, 'mp4', typeof output === 'string' ? `file:${output}` : null), `${name}: no mp4 muxer`, 'UNSUPPORTED');
    scope.defer(() => format.freeContext());
    const pictures = format.newStream();
    checked(pictures.codecpar.fromContext(encoder.context), `${name}: stream parameters`);
    pictures.timeBase = encoder.context.timeBase;
    pictures.avgFrameRate = input.pictures.avgFrameRate;
    for (const type of SIDE_DATA) {
      const data = input.pictures.codecpar.getCodedSideData(type);
      if (data) pictures.codecpar.addCodedSideData(type, data);
    }
    copyDescription(input.pictures, pictures);
    const copies = new Map(copiedStreams(input).map((from) => [from.index, { from, to: format.newStream() }] as const));
    for (const { from, to } of copies.values()) {
      from.codecpar.copy(to.codecpar);
      // A tag of the old container means nothing in the new one.
      to.codecpar.codecTag = 0;
      to.timeBase = from.timeBase;
      copyDescription(from, to);
    }
    const words = input.format.metadata?.getAll() ?? {};
    if (Object.keys(words).length > 0) format.metadata = Dictionary.fromObject(words);
    const bytes = typeof output === 'string' ? undefined : new ByteOutput(output);
    if (bytes) {
      format.pb = bytes.io;
      format.setFlags(AVFMT_FLAG_CUSTOM_IO);
      scope.defer(() => {
        format.pb = null;
        bytes.io.freeContext();
      });
    } else {
      checked(await format.openOutput(), name, 'OUTPUT_FAILED');
      scope.defer(() => format.closeOutput());
    }
    using options = Dictionary.fromObject(
      bytes ? { ...muxerOptions({ name: 'mp4' }, timeBase), ...LIVE_OPTIONS } : muxerOptions({ name: 'mp4' }, timeBase),
    );
    checked(await format.writeHeader(options), `${name}: the header`, 'OUTPUT_FAILED');
    return new OpenedOutput(name, format, pictures, timeBase, copies, bytes, scope.move());
  }

  /** Writes a packet of the encoder. */
  async writePicture(packet: Packet): Promise<void> {
    packet.streamIndex = this.pictures.index;
    packet.rescaleTs(this.timeBase, this.pictures.timeBase);
    await this.#write(packet);
  }

  /** Writes a packet of the input as it is; false where its stream is not copied. */
  async copy(packet: Packet): Promise<boolean> {
    const copy = this.copies.get(packet.streamIndex);
    if (!copy) return false;
    packet.streamIndex = copy.to.index;
    packet.rescaleTs(copy.from.timeBase, copy.to.timeBase);
    await this.#write(packet);
    return true;
  }

  async #write(packet: Packet): Promise<void> {
    const written = await this.format.interleavedWriteFrame(packet);
    if (this.bytes?.failure) throw this.bytes.failure;
    checked(written, this.name, 'OUTPUT_FAILED');
  }

  /** Completes the video. */
  async finish(): Promise<void> {
    const written = await this.format.writeTrailer();
    if (this.bytes?.failure) throw this.bytes.failure;
    checked(written, this.name, 'OUTPUT_FAILED');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.scope.close();
  }
}
