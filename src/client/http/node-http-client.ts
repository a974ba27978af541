import type { ClientOptions } from '../port.js';
import { serverAddress } from '../server-address.js';
import { createHttpClientOver, type HttpInferenceClient } from './http-client.js';
import { createSocketTransport, type SocketTransportOptions } from './socket-transport.js';
import type { HttpTransport } from './transport.js';

/** What an HTTP client is made with. */
export interface HttpClientOptions extends ClientOptions, SocketTransportOptions {
  /** Carries the requests instead of our own sockets. */
  readonly transport?: HttpTransport;
}

/**
 * A client over HTTP; it connects with the first call. `url` is `host:port`, `http://...` or `https://...`, with a path where the server is
 * behind one. @throws Fault INVALID_ARGUMENT for an address that is none
 */
export function createHttpClient(url: string, options: HttpClientOptions = {}): HttpInferenceClient {
  return createHttpClientOver(url, options.transport ?? createSocketTransport(serverAddress(url, 8000), options), options);
}
