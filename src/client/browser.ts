import { createFetchTransport } from './http/fetch-transport.js';
import { createHttpClientOver, type HttpInferenceClient } from './http/http-client.js';
import type { ClientOptions } from './port.js';
import { serverAddress } from './server-address.js';

export { createFetchTransport } from './http/fetch-transport.js';
export type { HttpInferenceClient, PlainObject, PlainValue } from './http/http-client.js';
export type { HttpAnswer, HttpHead, HttpRequest, HttpStreamAnswer, HttpTransport } from './http/transport.js';
export { type ClassificationRow, InferResult } from './infer-result.js';
export * from './port.js';
export { type SendInfer, Session, type SessionInferOptions, type SessionOptions } from './session.js';
export { type ElementOf, tensor } from './tensor.js';

/**
 * A client over HTTP, on `fetch`. `url` is `host:port`, `http://...` or `https://...`, with a path where the server is behind one.
 * @throws Fault INVALID_ARGUMENT for an address that is none
 */
export function createHttpClient(url: string, options: ClientOptions = {}): HttpInferenceClient {
  const { origin, prefix } = serverAddress(url, 8000);
  return createHttpClientOver(url, createFetchTransport(origin + prefix), options);
}
