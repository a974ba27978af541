import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AV_DISPOSITION_ATTACHED_PIC, AVDISCARD_ALL, AVMEDIA_TYPE_VIDEO, type AVMediaType } from 'node-av/constants';
import { FormatContext, type Stream } from 'node-av/lib';
import { Fault, fail } from '../../core/index.js';
import { libavText } from './calls.js';
import { Watch, type WatchOptions, watched } from './watch.js';

/** An open container; whoever opens it closes it, and not while a call on it is under way. */
export interface Demuxer extends AsyncDisposable {
  readonly format: FormatContext;
  /** Ends calls that wait for the network. */
  readonly watch: Watch;
  /** The best stream of the kind asked for, unless there is none. Packets of other streams are not read. */
  readonly stream?: Stream;
}

const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/** True for an address such as `rtsp://`; everything else is a path. */
export const isAddress = (uri: string): boolean => ADDRESS.test(uri) && !uri.startsWith('file://');

/** What messages and frames call a source: the file's name. */
export const nameOf = (uri: string): string => (isAddress(uri) ? uri : basename(pathOf(uri)));

/** The path that `uri` means. */
export const pathOf = (uri: string): string => (uri.startsWith('file://') ? fileURLToPath(uri) : uri);

const CAUSES: Record<string, readonly ['NOT_FOUND' | 'PERMISSION_DENIED', string]> = {
  ENOENT: ['NOT_FOUND', 'no such file'],
  ENOTDIR: ['NOT_FOUND', 'no such file: a part of its path is not a folder'],
  EACCES: ['PERMISSION_DENIED', 'the file may not be read by this user'],
  EPERM: ['PERMISSION_DENIED', 'the file may not be read by this user'],
};

function fileFault(path: string, error: unknown): Fault {
  const row = CAUSES[(error as NodeJS.ErrnoException).code ?? ''];
  if (row) return new Fault(row[0], `${path}: ${row[1]}`, { cause: error });
  return new Fault('INPUT_CORRUPT', `${path}: cannot be opened: ${(error as Error).message}`, { cause: error });
}

/** Says what is wrong with a path before libav sees it, and returns its first bytes. */
async function headOf(path: string): Promise<Buffer> {
  const entry = await stat(path).catch((error: unknown) => {
    throw fileFault(path, error);
  });
  if (entry.isDirectory()) fail('INPUT_CORRUPT', `${path}: is a folder, not a video; name one file in it`);
  if (!entry.isFile()) return Buffer.alloc(0);
  if (entry.size === 0) fail('INPUT_CORRUPT', `${path}: the file is empty`);
  const file = await open(path).catch((error: unknown) => {
    throw fileFault(path, error);
  });
  try {
    const head = Buffer.alloc(12);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refusal(uri: string, head: Buffer, code: number): Fault {
  const isMp4 = head.subarray(4, 8).toString('latin1') === 'ftyp';
  const why = isMp4
    ? 'the MP4 has no index: it is cut off, or was still being written'
    : 'not a video, picture or sound format that can be read, or damaged from its first bytes';
  return new Fault('INPUT_CORRUPT', `${uri}: ${why} (${libavText(code)})`);
}

/** Opens the container; whoever gets it closes it. */
async function openFormat(uri: string, options: WatchOptions): Promise<Watch> {
  const address = isAddress(uri);
  const path = pathOf(uri);
  const head = address ? Buffer.alloc(0) : await headOf(path);
  const format = new FormatContext();
  format.allocContext();
  const watch = new Watch(uri, format, address ? options.stallAfterMs : undefined);
  try {
    await watched(watch, options.signal, async () => {
      const opened = await watch.during(() => format.openInput(address ? uri : `file:${path}`));
      if (opened >= 0) return;
      if (address) fail('UNAVAILABLE', `${uri}: cannot be opened: ${libavText(opened)}`);
      throw refusal(path, head, opened);
    });
    return watch;
  } catch (error) {
    watch.close();
    format.freeContext();
    throw error;
  }
}

/** Opens `uri` and chooses its best stream of a kind, pictures unless told. @throws Fault NOT_FOUND, PERMISSION_DENIED, INPUT_CORRUPT, UNAVAILABLE for an address, or CANCELLED on abort */
export async function openDemuxer(uri: string, options: WatchOptions = {}, kind: AVMediaType = AVMEDIA_TYPE_VIDEO): Promise<Demuxer> {
  const watch = await openFormat(uri, options);
  const { format } = watch;
  const close = async (): Promise<void> => {
    watch.close();
    await format.closeInput();
    format.freeContext();
  };
  try {
    await watched(watch, options.signal, async () => {
      const found = await watch.during(() => format.findStreamInfo());
      // What was cut short may have found something all the same.
      if (watch.interrupted || found < 0 || format.nbStreams === 0)
        fail('INPUT_CORRUPT', `${uri}: holds no stream that can be read${found < 0 ? `: ${libavText(found)}` : ''}`);
    });
  } catch (error) {
    await close();
    throw error;
  }
  const { streams } = format;
  const best = streams[format.findBestStream(kind)];
  // The cover of an album is a picture, but not what a video is.
  const chosen = best?.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) ? undefined : best;
  for (const stream of streams) if (stream !== chosen) stream.discard = AVDISCARD_ALL;
  return { format, watch, ...(chosen ? { stream: chosen } : {}), [Symbol.asyncDispose]: close };
}
