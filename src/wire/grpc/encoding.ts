import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import { Fault, fail } from '../../core/index.js';

/** How a message may be packed. */
export type Encoding = 'identity' | 'gzip' | 'deflate';

const PACK = { gzip: promisify(gzip), deflate: promisify(deflate) };
const UNPACK: Record<'gzip' | 'deflate', (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/** What this layer reads, as the header grpc-accept-encoding says it. */
export const ACCEPTED = 'identity,deflate,gzip';

/** Whether a header names an encoding that this layer knows. */
export const isEncoding = (name: string): name is Encoding => name === 'identity' || Object.hasOwn(PACK, name);

/** Packs one message. */
export const pack = (bytes: Uint8Array, encoding: 'gzip' | 'deflate'): Promise<Uint8Array> => PACK[encoding](bytes);

/** The fault of a message over the limit, in gRPC's words. */
export const tooLarge = (got: number | string, most: number): Fault =>
  new Fault('PAYLOAD_TOO_LARGE', `Received message larger than max (${got} vs. ${most})`);

/** Unpacks one message. @throws Fault PAYLOAD_TOO_LARGE over `maxBytes`, INTERNAL when it is not packed so */
export async function unpack(bytes: Uint8Array, encoding: Encoding, maxBytes: number): Promise<Uint8Array> {
  if (encoding === 'identity') fail('INTERNAL', 'a message is marked as compressed, but the call names no grpc-encoding');
  try {
    return await UNPACK[encoding](bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('more after decompression', maxBytes);
    return fail('INTERNAL', `a message could not be decompressed as ${encoding}`, error);
  }
}
