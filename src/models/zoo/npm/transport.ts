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
          body: response.body as unknown as AsyncIterable<Uint8Array>,
        };
      } catch (error) {
        if (isHttpFailure(error)) return failureReply(error);
        throw error;
      }
    },
  };
}
