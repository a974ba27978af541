import { writeJson, type JsonInput, type JsonObject, type JsonValue } from '../../wire/index.js';
import { fixedHeaders, ProtocolClient } from '../client.js';
import { startDeadline } from '../deadline.js';
import type { ClientOptions, InferenceClient, ModelCallOptions } from '../port.js';
import { HttpOperations } from './http-operations.js';
import type { HttpTransport } from './transport.js';

/** A client over HTTP. */
export interface HttpInferenceClient extends InferenceClient {
  readonly protocol: 'http';
  /** Triton's generate: inputs and parameters as members of one object, outputs as members of another. @throws Fault as `infer` */
  generate(model: string, body: { readonly [name: string]: JsonInput }, options?: ModelCallOptions): Promise<PlainObject>;
  /** Triton's generate_stream: one object for each response, as it is made. Leaving the loop cancels. @throws Fault as `infer` */
  generateStream(model: string, body: { readonly [name: string]: JsonInput }, options?: ModelCallOptions): AsyncGenerator<PlainObject>;
}

/** What JSON holds; integers beyond 2^53 are bigints. */
export type PlainValue = null | boolean | number | bigint | string | readonly PlainValue[] | PlainObject;

/** A JSON object of a server. */
export interface PlainObject {
  readonly [name: string]: PlainValue;
}

function plainValue(value: JsonValue): PlainValue {
  if (value instanceof Map) return plainObject(value as JsonObject);
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(plainValue) : (value as PlainValue);
}

const plainObject = (object: JsonObject): PlainObject => Object.fromEntries([...object].map(([name, value]) => [name, plainValue(value)]));

const nameOf = (model: string, { version = '' }: ModelCallOptions) => ({ model, version });

class HttpProtocolClient extends ProtocolClient<HttpOperations> implements HttpInferenceClient {
  declare readonly protocol: 'http';

  async generate(model: string, body: { readonly [name: string]: JsonInput }, options: ModelCallOptions = {}): Promise<PlainObject> {
    return plainObject(await this.once(options, (attempt) => this.operations.generate(nameOf(model, options), writeJson(body), attempt)));
  }

  async *generateStream(model: string, body: { readonly [name: string]: JsonInput }, options: ModelCallOptions = {}): AsyncGenerator<PlainObject> {
    using deadline = startDeadline(options.signal, options.timeoutMs ?? this.options.timeoutMs);
    const attempt = { ...(deadline.signal && { signal: deadline.signal }), ...(options.headers && { headers: options.headers }) };
    for await (const object of this.operations.generateStream(nameOf(model, options), writeJson(body), attempt)) yield plainObject(object);
  }
}

/** A client over HTTP on a given transport. */
export function createHttpClientOver(url: string, transport: HttpTransport, options: ClientOptions): HttpInferenceClient {
  return new HttpProtocolClient(url, 'http', new HttpOperations(transport, fixedHeaders(options), options.compression), options);
}
