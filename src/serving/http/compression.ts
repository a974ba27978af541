import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import { fail } from '../../core/index.js';

/** How a body may be packed. */
export type BodyEncoding = 'gzip' | 'deflate';

const PACK = { gzip: promisify(gzip), deflate: promisify(deflate) };
const UNPACK: Record<BodyEncoding, (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/** Packs a body. */
export const packBody = (bytes: Uint8Array, encoding: BodyEncoding): Promise<Uint8Array> => PACK[encoding](bytes);

/** Unpacks a body as its header says. @throws Fault UNSUPPORTED for another encoding, INVALID_ARGUMENT when it is not packed so or too large */
export async function unpackBody(bytes: Uint8Array, encoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return bytes;
  if (name !== 'gzip' && name !== 'deflate') return fail('UNSUPPORTED', 'Unsupported compression type');
  try {
    return await UNPACK[name](bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      return fail(
        'INVALID_ARGUMENT',
        `decompressed request size exceeds the maximum allowed input size of ${maxBytes} bytes. Use --http-max-input-size to increase the limit.`,
        error,
      );
    return fail('INVALID_ARGUMENT', `the request body could not be decompressed as ${name}`, error);
  }
}

/** The encoding that a client likes best of those that there are; undefined for none. */
export function acceptedEncoding(header: string | undefined): BodyEncoding | undefined {
  if (header === undefined || header === '') return undefined;
  let best: { readonly name: BodyEncoding | undefined; readonly weight: number } = { name: undefined, weight: 0 };
  for (const part of header.split(',')) {
    const [name = '', ...settings] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = Number(settings.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    const known = name === 'gzip' || name === 'deflate' ? name : name === 'identity' ? undefined : null;
    if (known === null || !(quality > best.weight)) continue;
    best = { name: known, weight: quality };
  }
  return best.name;
}
