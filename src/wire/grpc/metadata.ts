import type { OutgoingHttpHeaders } from 'node:http2';

/** Headers and trailers of a call beside gRPC's own. Names are lower-case; those that end in `-bin` hold bytes. */
export type Metadata = ReadonlyMap<string, string | Uint8Array>;

const RESERVED = /^(:|grpc-|content-type$|te$|user-agent$|date$)/;

/** Metadata as headers. */
export function toHeaders(metadata: Metadata | undefined): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of metadata ?? []) {
    const key = name.toLowerCase();
    if (!RESERVED.test(key)) headers[key] = typeof value === 'string' ? value : Buffer.from(value).toString('base64');
  }
  return headers;
}

/** Headers as metadata, gRPC's own left out; of several values of one name, those of text are joined by a comma. */
export function toMetadata(headers: Iterable<readonly [string, string | readonly string[] | undefined]>): Metadata {
  const metadata = new Map<string, string | Uint8Array>();
  for (const [name, value] of headers) {
    if (value === undefined || RESERVED.test(name)) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    metadata.set(name, name.endsWith('-bin') ? new Uint8Array(Buffer.from(text.split(',')[0]!, 'base64')) : text);
  }
  return metadata;
}
