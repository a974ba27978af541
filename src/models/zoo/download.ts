import { open, readFile, rm, stat, statfs, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault, fail, systemClock, throwIfAborted, toFault } from '../../core/index.js';
import { isPassingError, isPassingStatus, offlineFault, statusFault, thingOf, type Wanted } from './network-fault.js';
import type { Patience, Progress } from './options.js';
import { Interrupted, patiently } from './patience.js';
import type { Reply, Transport } from './transport.js';

/** One file to fetch. */
export interface DownloadRequest extends Wanted, Patience {
  /** Where bytes are collected; what an interrupted download left there is taken up again. The folder exists. */
  readonly part: string;
  /** Size of the file where it is known beforehand. */
  readonly bytes?: number;
  readonly transport: Transport;
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Free bytes at a folder; the file system's word when absent. */
  freeBytes?(folder: string): Promise<number>;
}

const fileSystemFreeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Makes sure that a download fits; `thing` is what the fault calls it. @throws Fault RESOURCE_EXHAUSTED when `neededBytes` do not fit into `folder` */
export async function checkSpace(thing: string, folder: string, neededBytes: number, freeBytes = fileSystemFreeBytes): Promise<void> {
  const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
  if (free >= neededBytes) return;
  const text = `${thing} needs ${neededBytes} bytes in ${folder}, which has ${free} left. Free some, or name a folder on another disk with OCELLUS_CACHE.`;
  fail('RESOURCE_EXHAUSTED', text);
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** The validator of the bytes in `part`, kept beside it: a strong ETag, or the date. */
const validatorFile = (part: string): string => `${part}.from`;

async function readValidator(part: string, url: string): Promise<string | undefined> {
  const [from, validator] = (await readFile(validatorFile(part), 'utf8').catch(() => '')).split('\n');
  return from === url && validator ? validator : undefined;
}

function validatorOf(reply: Reply): string {
  const etag = reply.header('etag');
  if (etag && !etag.startsWith('W/')) return etag;
  return reply.header('last-modified') ?? '';
}

/** Removes an unfinished download with all that belongs to it. */
export async function discardPart(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(validatorFile(part), { force: true })]);
}

/** Takes up the words of a `Content-Range: bytes 5-9/10`. */
function parseContentRange(text: string | undefined): { readonly start: number; readonly total: number | undefined } | undefined {
  const parts = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(text ?? '');
  if (!parts) return undefined;
  return { start: Number(parts[1]), total: parts[2] === '*' ? undefined : Number(parts[2]) };
}

interface Plan {
  /** Bytes of `part` that stay. */
  readonly keepBytes: number;
  readonly totalBytes: number | undefined;
}

/** What to do with an answer to a request for the bytes after `haveBytes`. */
function planOf(request: DownloadRequest, reply: Reply, haveBytes: number): Plan | 'complete' | 'start-over' {
  const { status } = reply;
  if (status === 206) {
    const range = parseContentRange(reply.header('content-range'));
    return range?.start === haveBytes ? { keepBytes: haveBytes, totalBytes: range.total } : 'start-over';
  }
  if (status === 416 && haveBytes > 0) return reply.header('content-range') === `bytes */${haveBytes}` ? 'complete' : 'start-over';
  if (isPassingStatus(status)) {
    const seconds = Number(reply.header('retry-after') ?? Number.NaN);
    throw new Interrupted(statusFault(request, status), Number.isFinite(seconds) ? seconds * 1000 : undefined);
  }
  if (status !== 200) throw statusFault(request, status);
  const length = reply.header('content-length');
  return { keepBytes: 0, totalBytes: length === undefined ? undefined : Number(length) };
}

/** Copies the body to the end of the file; a disk's error becomes a fault here, so that only the network's errors look like interruptions. */
async function copyBody(request: DownloadRequest, reply: Reply, plan: Plan, file: FileHandle, alive: () => void): Promise<number> {
  let receivedBytes = plan.keepBytes;
  const totalBytes = plan.totalBytes ?? request.bytes;
  const tell = (): void => request.onProgress?.({ name: request.name, receivedBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  tell();
  for await (const chunk of reply.body) {
    alive();
    receivedBytes += chunk.length;
    if (request.bytes !== undefined && receivedBytes > request.bytes)
      fail('INTEGRITY', `${thingOf(request)}: ${request.url} sends more than the ${request.bytes} bytes that the file has`);
    await file.appendFile(chunk).catch((error: unknown) => {
      throw diskFault(request, error);
    });
    tell();
  }
  return receivedBytes;
}

function diskFault(request: DownloadRequest, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code;
  return toFault(
    error,
    code === 'ENOSPC' || code === 'EDQUOT' ? 'RESOURCE_EXHAUSTED' : 'OUTPUT_FAILED',
    `${thingOf(request)}: cannot write ${request.part}: `,
  );
}

async function receive(request: DownloadRequest, reply: Reply, plan: Plan, alive: () => void): Promise<void> {
  const { part, url } = request;
  const totalBytes = plan.totalBytes ?? request.bytes;
  if (totalBytes !== undefined) await checkSpace(thingOf(request), dirname(part), totalBytes - plan.keepBytes, request.freeBytes);
  await writeFile(validatorFile(part), `${url}\n${validatorOf(reply)}`).catch((error: unknown) => {
    throw diskFault(request, error);
  });
  const file = await open(part, plan.keepBytes > 0 ? 'a' : 'w').catch((error: unknown) => {
    throw diskFault(request, error);
  });
  try {
    const receivedBytes = await copyBody(request, reply, plan, file, alive);
    if (totalBytes !== undefined && receivedBytes < totalBytes)
      throw new Interrupted(new Error(`the connection ended after ${receivedBytes} of ${totalBytes} bytes`));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** One request. @throws Interrupted for what may pass, Fault for what will not */
async function attempt(request: DownloadRequest): Promise<void> {
  const { part, url, signal, idleMs = 30_000, clock = systemClock } = request;
  const silence = new AbortController();
  let disarm = (): void => {};
  const alive = (): void => {
    disarm();
    disarm = clock.after(idleMs, () => silence.abort(new Error(`no byte came for ${idleMs} ms`)));
  };
  const haveBytes = await sizeOf(part);
  const validator = haveBytes > 0 ? await readValidator(part, url) : undefined;
  const headers = {
    'accept-encoding': 'identity',
    ...(haveBytes > 0 ? { range: `bytes=${haveBytes}-`, ...(validator ? { 'if-range': validator } : {}) } : {}),
  };
  try {
    alive();
    const reply = await request.transport.get(url, { headers, signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal });
    const plan = planOf(request, reply, haveBytes);
    if (plan === 'complete') return;
    if (plan === 'start-over') {
      await discardPart(part);
      throw new Interrupted(new Error('the server has another file now than when the download began'), 0);
    }
    await receive(request, reply, plan, alive);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Fault || error instanceof Interrupted) throw error;
    const reason = silence.signal.aborted ? silence.signal.reason : error;
    throw isPassingError(error) ? new Interrupted(reason) : offlineFault(request, reason);
  } finally {
    disarm();
    // Ends the request where its answer was not read to the end; otherwise nobody listens any more.
    silence.abort();
  }
}

/**
 * Fetches an address into `part`, taking up what an earlier download left there (HTTP Range), and trying again with growing waits.
 * The bytes are not checked here. On any failure what was received stays in `part`, except where it is of another file.
 * @throws Fault UNAVAILABLE (no network, server down), NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, RESOURCE_EXHAUSTED (disk), OUTPUT_FAILED, INTEGRITY
 * (too long), CANCELLED
 */
export async function download(request: DownloadRequest): Promise<void> {
  if (request.bytes !== undefined && (await sizeOf(request.part)) > request.bytes) await discardPart(request.part);
  await patiently(
    request,
    () => attempt(request),
    () => sizeOf(request.part),
  );
}
