import {
  AVDISCARD_ALL,
  AVDISCARD_DEFAULT,
  AVFMT_FLAG_CUSTOM_IO,
  AVMEDIA_TYPE_VIDEO,
  AVMEDIA_TYPE_DATA,
  AVMEDIA_TYPE_ATTACHMENT,
  AV_DISPOSITION_ATTACHED_PIC,
} from 'node-av/constants';
import { FormatContext, type Stream } from 'node-av/lib';
import { fail, throwIfAborted } from '../../../core/index.js';
import type { ByteSource } from '../../rewrite.js';
import { libavText } from '../calls.js';
import { openDemuxer } from '../demuxer.js';
import { Watch } from '../watch.js';
import { ByteInput } from './byte-input.js';

/** A video to rewrite, with all its streams; whoever opens it closes it, and not while a call on it is under way. */
export interface OpenedInput extends AsyncDisposable {
  readonly name: string;
  readonly format: FormatContext;
  readonly watch: Watch;
  readonly pictures: Stream;
  /** @throws Fault that the source of the bytes met: to libav it looks like an end */
  throwIfBroken(): void;
}

const NOT_COPIED: ReadonlySet<number> = new Set([AVMEDIA_TYPE_DATA, AVMEDIA_TYPE_ATTACHMENT]);

/** Streams beside the pictures that are copied. */
export const copiedStreams = ({ format, pictures }: OpenedInput): Stream[] =>
  format.streams.filter(
    (stream) => stream.index !== pictures.index && stream.codecpar.codecType !== AVMEDIA_TYPE_VIDEO && !NOT_COPIED.has(stream.codecpar.codecType),
  );

async function openFile(path: string, signal: AbortSignal | undefined): Promise<OpenedInput> {
  const demuxer = await openDemuxer(path, { signal });
  const { format, watch, stream } = demuxer;
  if (!stream) {
    await demuxer[Symbol.asyncDispose]();
    return fail('INPUT_CORRUPT', `${path}: has no pictures, only ${format.nbStreams === 1 ? 'another stream' : 'other streams'}`);
  }
  for (const each of format.streams) each.discard = AVDISCARD_DEFAULT;
  return { name: path, format, watch, pictures: stream, throwIfBroken() {}, [Symbol.asyncDispose]: () => demuxer[Symbol.asyncDispose]() };
}

async function openBytes(source: ByteSource, signal: AbortSignal | undefined): Promise<OpenedInput> {
  const name = 'the video';
  const input = new ByteInput(source, signal);
  const format = new FormatContext();
  format.allocContext();
  format.pb = input.io;
  format.setFlags(AVFMT_FLAG_CUSTOM_IO);
  const close = async (): Promise<void> => {
    format.pb = null;
    await format.closeInput();
    format.freeContext();
    await input.close();
  };
  const throwIfBroken = (): void => {
    throwIfAborted(signal);
    if (input.failure) throw input.failure;
  };
  try {
    const opened = await format.openInput('');
    throwIfBroken();
    if (opened < 0) fail('INPUT_CORRUPT', `${name}: is not a format that can be read, or damaged from its first bytes (${libavText(opened)})`);
    const found = await format.findStreamInfo();
    throwIfBroken();
    if (found < 0) fail('INPUT_CORRUPT', `${name}: holds no stream that can be read: ${libavText(found)}`);
    const pictures = format.streams[format.findBestStream(AVMEDIA_TYPE_VIDEO)];
    if (!pictures || pictures.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)) return fail('INPUT_CORRUPT', `${name}: has no pictures`);
    return { name, format, watch: new Watch(name, format), pictures, throwIfBroken, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens a file, or bytes as they come. @throws Fault as `Media.open`, and what the source of the bytes met */
export async function openInput(input: string | ByteSource, signal: AbortSignal | undefined): Promise<OpenedInput> {
  const opened = await (typeof input === 'string' ? openFile(input, signal) : openBytes(input, signal));
  const read = new Set([opened.pictures.index, ...copiedStreams(opened).map(({ index }) => index)]);
  for (const stream of opened.format.streams) if (!read.has(stream.index)) stream.discard = AVDISCARD_ALL;
  return opened;
}
