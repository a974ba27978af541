import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Log, toFault } from '../../core/index.js';
import { type GazeRedirector, redirectVideo, type RedirectSummary } from '../../eye-contact/index.js';
import type { ByteChannel } from './byte-channel.js';
import type { CallInput } from './call-input.js';
import type { EncodingChoice } from './encoding-of.js';

/** The video of one call. */
export interface VideoJob {
  readonly input: CallInput;
  readonly output: ByteChannel;
  readonly redirector: GazeRedirector;
  readonly encoding: EncodingChoice;
  readonly temporaryFolder: string | undefined;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Works on the video while it comes; the answer begins before its end, as a fragmented MP4. */
export function streamVideo({ input, output, redirector, encoding, signal, log }: VideoJob): Promise<RedirectSummary> {
  return redirectVideo({ input: input.bytes(), output: (bytes) => output.push(bytes), redirector, encoding, signal, log });
}

/** The client knows nothing of files here: of a message, what is about the video is left. */
function withoutPath(error: unknown, path: string): unknown {
  const fault = toFault(error);
  fault.message = fault.message.replaceAll(path, 'the video');
  return fault;
}

/** Takes the whole video in first, on disk; the answer is an MP4 with its index in front. The files are gone when this settles. */
export async function transactVideo({ input, output, redirector, encoding, temporaryFolder, signal, log }: VideoJob): Promise<RedirectSummary> {
  const folder = await mkdtemp(join(temporaryFolder ?? tmpdir(), 'ocellus-eye-contact-'));
  const [source, made] = [join(folder, 'in'), join(folder, 'out.mp4')];
  try {
    await pipeline(Readable.from(input.bytes(), { objectMode: true, highWaterMark: 1 }), createWriteStream(source), { signal });
    const summary = await redirectVideo({ input: source, output: made, redirector, encoding, signal, log });
    for await (const bytes of createReadStream(made, { signal })) await output.push(bytes as Uint8Array);
    return summary;
  } catch (error) {
    throw withoutPath(error, source);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
