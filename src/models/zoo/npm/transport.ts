import fetch from 'npm-registry-fetch';
import type { Reply, Transport } from '../transport.js';
import type { NpmSettings } from './config.js';

/** Settings that say how to reach the network, without those that say who the user is. */
const NETWORK_SETTINGS = ['proxy', 'httpsProxy', 'noProxy', 'ca', 'strictSSL', 'localAddress', 'maxSockets', 'timeout', 'userAgent'] as const;

/** The network part of npm's settings: for addresses that are no registry, which must not see the user's registry credentials. */
export function withoutCredentials(settings: NpmSettings): NpmSettings {
  return Object.fromEntries(NETWORK_SETTINGS.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}

interface HttpFailure {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

const isHttpFailure = (error: unknown): error is HttpFailure => typeof (error as Partial<HttpFailure> | undefined)?.statusCode === 'number';

function failureReply({ statusCode, headers }: HttpFailure): Reply {
  const lower = new Map(Object.entries(headers ?? {}).map(([name, values]) => [name.toLowerCase(), [values].flat()[0]]));
  return { status: statusCode, header: (name) => lower.get(name) as string | undefined, body: (async function* () {})() };
}

/** What npm's streams have in common with Node's. */
interface Pushing {
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
}

/**
 * The bytes of a stream, all of them even when an error follows: npm's own iterator throws away what it holds when the connection breaks,
 * and those bytes are what a continued download builds upon. Listens at once; to stop it, abort the request.
 */
export function everyByte(stream: Pushing): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wake = (): void => {};
  const end = (how: { readonly error?: unknown }): void => {
    ending ??= how;
    wake();
  };
  stream.on('data', (chunk) => {
    chunks.push(chunk);
    wake();
  });
  stream.on('end', () => end({}));
  stream.on('error', (error) => end({ error }));
  return (async function* () {
    for (;;) {
      // All that is there at once: npm's streams do not wait for their reader, who would fall behind with a chunk per turn of the event loop.
      if (chunks.length > 0) yield Buffer.concat(chunks.splice(0));
      else if (ending) {
        if ('error' in ending) throw ending.error;
        return;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  })();
}

/** npm's own fetch as a transport: proxies, certificates and, by address, the registry's credentials are those of `settings`. */
export function npmTransport(settings: NpmSettings): Transport {
  return {
    async get(url, { headers, signal }) {
      // No HTTP cache: a partial answer must not be stored, and the bytes are kept in a cache of their own.
      const options = {
        ...settings,
        headers,
        signal,
        retry: { retries: 0 },
        cache: null,
        integrity: null,
        preferOffline: false,
        preferOnline: false,
      };
      try {
        const response = await fetch(url, options as unknown as fetch.Options);
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body: everyByte(response.body as unknown as Pushing),
        };
      } catch (error) {
        if (isHttpFailure(error)) return failureReply(error);
        throw error;
      }
    },
  };
}
