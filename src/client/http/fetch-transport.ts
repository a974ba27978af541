import { Fault, throwIfAborted } from '../../core/index.js';
import { joined } from '../../wire/index.js';
import type { HttpAnswer, HttpHead, HttpRequest, HttpTransport } from './transport.js';

const headOf = ({ status, headers }: Response): HttpHead => ({ status, header: (name) => headers.get(name) ?? undefined });

async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Carries requests with `fetch`, as browsers do. From a page of another origin the server must allow that origin (CORS) and expose the header
 * `Inference-Header-Content-Length`. @param base `http://host:port/prefix`
 */
export function createFetchTransport(base: string): HttpTransport {
  const send = async ({ method, path, headers, chunks, signal }: HttpRequest): Promise<Response> => {
    throwIfAborted(signal);
    try {
      const body = method === 'POST' ? { body: joined(chunks) } : {};
      return await fetch(base + path, { method, headers: { ...headers }, ...body, ...(signal && { signal }) });
    } catch (error) {
      throw broken(error, signal);
    }
  };
  const broken = (error: unknown, signal: AbortSignal | undefined): unknown => {
    throwIfAborted(signal);
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return new Fault('UNAVAILABLE', `no answer from ${base}: ${why}`, { cause: error });
  };
  const exchange = async (request: HttpRequest): Promise<HttpAnswer> => {
    const response = await send(request);
    try {
      return { ...headOf(response), body: new Uint8Array(await response.arrayBuffer()) };
    } catch (error) {
      throw broken(error, request.signal);
    }
  };
  return {
    exchange,
    prepare: (request) => () => exchange(request),
    async stream(request) {
      const response = await send(request);
      return { ...headOf(response), body: pieces(response) };
    },
    close: () => Promise.resolve(),
  };
}
