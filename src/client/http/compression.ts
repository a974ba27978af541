import { fail } from '../../core/index.js';
import { joined } from '../../wire/index.js';

/** What the client reads, as the header accept-encoding says it. */
export const READABLE_ENCODINGS = 'gzip, deflate';

async function through(
  chunks: readonly Uint8Array[],
  transform: { readonly readable: ReadableStream; readonly writable: WritableStream },
): Promise<Uint8Array> {
  const writer = transform.writable.getWriter();
  const written = (async () => {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  })();
  const pieces: Uint8Array[] = [];
  const read = (async () => {
    for await (const piece of transform.readable as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  })();
  await Promise.all([read, written]);
  return joined(pieces);
}

/** Packs a body. */
export const compress = (chunks: readonly Uint8Array[], encoding: 'gzip' | 'deflate'): Promise<Uint8Array> =>
  through(chunks, new CompressionStream(encoding));

/** Unpacks a body as its header content-encoding says. @throws Fault UNSUPPORTED for another encoding, INPUT_CORRUPT when it is not packed so */
export async function decompress(body: Uint8Array, encoding: string | undefined): Promise<Uint8Array> {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate') return fail('UNSUPPORTED', `the server answers in the unknown encoding "${encoding}"`);
  return through([body], new DecompressionStream(encoding)).catch((error: unknown) =>
    fail('INPUT_CORRUPT', `the answer could not be unpacked as ${encoding}`, error),
  );
}
