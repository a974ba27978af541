import { fail } from '../../core/index.js';
import {
  decodeHttpError,
  decodeHttpInferResponse,
  encodeHttpInferRequest,
  HEADER_LENGTH,
  joined,
  messageFromJson,
  ModelConfigSchema,
  ModelMetadataResponseSchema,
  ModelStatisticsResponseSchema,
  parseJson,
  RepositoryIndexResponseSchema,
  ServerMetadataResponseSchema,
  SystemSharedMemoryStatusResponse_RegionStatusSchema,
  writeJson,
  type InferRequest,
  type InferResponse,
  type JsonInput,
  type JsonObject,
  type JsonValue,
} from '../../wire/index.js';
import { modelMetadataOf, regionOf, repositoryEntryOf, serverMetadataOf } from '../answers.js';
import type { Attempt, ModelName, Operations } from '../operations.js';
import type { LoadOptions, LogSettings, RegisteredRegion, TraceChanges, TraceSettings } from '../port.js';
import { compress, READABLE_ENCODINGS } from './compression.js';
import { isStream, objectsOf, STREAM_TYPES, textsOf } from './event-stream.js';
import { generateBody, responseOfObject } from './generate.js';
import type { HttpAnswer, HttpRequest, HttpTransport } from './transport.js';

/** How Triton refuses a decoupled model over `infer`. */
const NOT_IMPLEMENTED = 501;
const NEWER = { ignoreUnknown: true } as const;
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const HEADER_LENGTH_KEY = HEADER_LENGTH.toLowerCase();

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Path of a model below `/v2`. */
const modelPath = ({ model, version }: ModelName): string =>
  `/v2/models/${encodeURIComponent(model)}${version === '' ? '' : `/versions/${encodeURIComponent(version)}`}`;

const base64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
};

/** The array that a message of a list takes as its one member. */
const listIn = (member: string, bytes: Uint8Array): string => `{"${member}":${decode(bytes)}}`;

function settingsOf(bytes: Uint8Array): [string, JsonValue][] {
  const value = parseJson(bytes);
  return value instanceof Map ? [...(value as JsonObject)] : fail('INPUT_CORRUPT', 'the server answered settings that are no JSON object');
}

const inferPath = ({ modelName, modelVersion }: InferRequest): string => `${modelPath({ model: modelName, version: modelVersion })}/infer`;

function bodyOf(
  request: InferRequest,
  binary: boolean,
): { readonly chunks: readonly Uint8Array[]; readonly headers: Readonly<Record<string, string>> } {
  const { chunks, contentType, headerLengthBytes } = encodeHttpInferRequest(request, { binary });
  return { chunks, headers: { 'content-type': contentType, ...(headerLengthBytes !== undefined && { [HEADER_LENGTH]: String(headerLengthBytes) }) } };
}

/** The operations over HTTP. */
export class HttpOperations implements Operations {
  constructor(
    private readonly transport: HttpTransport,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly compression: 'gzip' | 'deflate' | undefined,
  ) {}

  #request(
    method: 'GET' | 'POST',
    path: string,
    body: readonly Uint8Array[],
    headers: Readonly<Record<string, string>>,
    attempt: Attempt,
  ): HttpRequest {
    return {
      method,
      path,
      chunks: body,
      headers: { ...this.headers, ...headers, ...attempt.headers },
      ...(attempt.signal && { signal: attempt.signal }),
    };
  }

  async #answer(method: 'GET' | 'POST', path: string, body: JsonInput | undefined, attempt: Attempt): Promise<HttpAnswer> {
    const chunks = body === undefined ? [] : [encode(writeJson(body))];
    return this.transport.exchange(this.#request(method, path, chunks, chunks.length > 0 ? JSON_TYPE : {}, attempt));
  }

  async #bytes(method: 'GET' | 'POST', path: string, body: JsonInput | undefined, attempt: Attempt): Promise<Uint8Array> {
    return checked(await this.#answer(method, path, body, attempt)).body;
  }

  /** Health answers by status: 400 is no, and what else is wrong is told. */
  async #healthy(path: string, attempt: Attempt): Promise<boolean> {
    const answer = await this.#answer('GET', path, undefined, attempt);
    if (answer.status === 400) return false;
    checked(answer);
    return true;
  }

  isLive(attempt: Attempt): Promise<boolean> {
    return this.#healthy('/v2/health/live', attempt);
  }
  isReady(attempt: Attempt): Promise<boolean> {
    return this.#healthy('/v2/health/ready', attempt);
  }
  isModelReady(name: ModelName, attempt: Attempt): Promise<boolean> {
    return this.#healthy(`${modelPath(name)}/ready`, attempt);
  }
  async serverMetadata(attempt: Attempt): ReturnType<Operations['serverMetadata']> {
    const bytes = await this.#bytes('GET', '/v2', undefined, attempt);
    return serverMetadataOf(messageFromJson(ServerMetadataResponseSchema, decode(bytes), 'server metadata', NEWER));
  }
  async modelMetadata(name: ModelName, attempt: Attempt): ReturnType<Operations['modelMetadata']> {
    const bytes = await this.#bytes('GET', modelPath(name), undefined, attempt);
    return modelMetadataOf(messageFromJson(ModelMetadataResponseSchema, decode(bytes), 'model metadata', NEWER));
  }
  async modelConfig(name: ModelName, attempt: Attempt): ReturnType<Operations['modelConfig']> {
    const bytes = await this.#bytes('GET', `${modelPath(name)}/config`, undefined, attempt);
    return messageFromJson(ModelConfigSchema, decode(bytes), 'model configuration', NEWER);
  }
  async statistics(name: ModelName, attempt: Attempt): ReturnType<Operations['statistics']> {
    const path = name.model === '' ? '/v2/models' : modelPath(name);
    const bytes = await this.#bytes('GET', `${path}/stats`, undefined, attempt);
    return messageFromJson(ModelStatisticsResponseSchema, decode(bytes), 'statistics', NEWER).modelStats;
  }
  async repositoryIndex(ready: boolean, attempt: Attempt): ReturnType<Operations['repositoryIndex']> {
    const bytes = await this.#bytes('POST', '/v2/repository/index', { ready }, attempt);
    return messageFromJson(RepositoryIndexResponseSchema, listIn('models', bytes), 'repository index', NEWER).models.map(repositoryEntryOf);
  }
  async loadModel(model: string, { config, files = {} }: Pick<LoadOptions, 'config' | 'files'>, attempt: Attempt): Promise<void> {
    const overrides = Object.entries(files).map(([path, bytes]) => [`file:${path}`, base64(bytes)] as const);
    const parameters = { ...(config !== undefined && { config }), ...Object.fromEntries(overrides) };
    const body = Object.keys(parameters).length > 0 ? { parameters } : {};
    await this.#bytes('POST', `/v2/repository/models/${encodeURIComponent(model)}/load`, body, attempt);
  }
  async unloadModel(model: string, dependents: boolean, attempt: Attempt): Promise<void> {
    const body = dependents ? { parameters: { unload_dependents: true } } : {};
    await this.#bytes('POST', `/v2/repository/models/${encodeURIComponent(model)}/unload`, body, attempt);
  }
  async traceSettings(model: string, changes: TraceChanges | undefined, attempt: Attempt): Promise<TraceSettings> {
    const path = `/v2${model === '' ? '' : `/models/${encodeURIComponent(model)}`}/trace/setting`;
    const bytes = await this.#bytes(changes ? 'POST' : 'GET', path, changes, attempt);
    return Object.fromEntries(settingsOf(bytes).map(([key, value]) => [key, [value].flat().map(String)]));
  }
  async logSettings(changes: LogSettings | undefined, attempt: Attempt): Promise<LogSettings> {
    const bytes = await this.#bytes(changes ? 'POST' : 'GET', '/v2/logging', changes, attempt);
    return Object.fromEntries(settingsOf(bytes).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : (value as string)]));
  }
  async sharedMemoryStatus(name: string, attempt: Attempt): Promise<readonly RegisteredRegion[]> {
    const region = name === '' ? '' : `/region/${encodeURIComponent(name)}`;
    const list = parseJson(await this.#bytes('GET', `/v2/systemsharedmemory${region}/status`, undefined, attempt));
    if (!Array.isArray(list)) return fail('INPUT_CORRUPT', 'the server answered regions that are no list');
    const schema = SystemSharedMemoryStatusResponse_RegionStatusSchema;
    return (list as JsonValue[]).map((row) => regionOf(messageFromJson(schema, writeJson(row as JsonInput), 'region', NEWER)));
  }
  async registerSharedMemory({ name, key, offsetBytes, sizeBytes }: RegisteredRegion, attempt: Attempt): Promise<void> {
    const body = { key, offset: offsetBytes, byte_size: sizeBytes };
    await this.#bytes('POST', `/v2/systemsharedmemory/region/${encodeURIComponent(name)}/register`, body, attempt);
  }
  async unregisterSharedMemory(name: string, attempt: Attempt): Promise<void> {
    const region = name === '' ? '' : `/region/${encodeURIComponent(name)}`;
    await this.#bytes('POST', `/v2/systemsharedmemory${region}/unregister`, {}, attempt);
  }

  prepare(request: InferRequest): () => Promise<void> {
    const { chunks, headers } = bodyOf(request, true);
    const send = this.transport.prepare(this.#request('POST', inferPath(request), [joined(chunks)], headers, {}));
    return async () => void checked(await send());
  }

  async infer(request: InferRequest, binary: boolean, attempt: Attempt): Promise<InferResponse> {
    const { chunks, headers } = bodyOf(request, binary);
    // Other bodies stay as they are: Triton unpacks those of inference requests only.
    const body = this.compression ? [await compress(chunks, this.compression)] : chunks;
    const packed = this.compression && { 'content-encoding': this.compression, 'accept-encoding': READABLE_ENCODINGS };
    const answer = checked(await this.transport.exchange(this.#request('POST', inferPath(request), body, { ...headers, ...packed }, attempt)));
    return decodeHttpInferResponse(answer.body, answer.header(HEADER_LENGTH_KEY), request.outputs);
  }

  /**
   * Asks `infer` for a stream, which Ocellus gives. Other servers answer a model that answers once as ever, and refuse a decoupled one, which
   * then goes by way of `generate_stream`; there outputs have lost their shapes.
   */
  async *inferStream(request: InferRequest, attempt: Attempt): AsyncGenerator<InferResponse> {
    const { chunks, headers } = bodyOf(request, true);
    const answer = await this.transport.stream(this.#request('POST', inferPath(request), chunks, { ...headers, accept: STREAM_TYPES }, attempt));
    const contentType = answer.header('content-type');
    if (answer.status === 200 && isStream(contentType)) {
      for await (const text of textsOf(answer.body, contentType)) yield decodeHttpInferResponse(encode(text), undefined, request.outputs);
      return;
    }
    const body = await collected(answer.body);
    if (answer.status !== NOT_IMPLEMENTED)
      yield decodeHttpInferResponse(checked({ ...answer, body }).body, answer.header(HEADER_LENGTH_KEY), request.outputs);
    else yield* this.#generatedStream(request, attempt);
  }

  async *#generatedStream(request: InferRequest, attempt: Attempt): AsyncGenerator<InferResponse> {
    const name = { model: request.modelName, version: request.modelVersion };
    const { outputs } = await this.modelMetadata(name, attempt);
    for await (const object of this.generateStream(name, generateBody(request), attempt)) yield responseOfObject(object, outputs);
  }

  /** One JSON object in, one out. */
  async generate(name: ModelName, body: string, attempt: Attempt): Promise<JsonObject> {
    const request = this.#request('POST', `${modelPath(name)}/generate`, [encode(body)], JSON_TYPE, attempt);
    const value = parseJson(checked(await this.transport.exchange(request)).body);
    return value instanceof Map ? (value as JsonObject) : fail('INPUT_CORRUPT', 'the server answered what is no JSON object');
  }

  /** One JSON object in, any number out, as they are made. */
  async *generateStream(name: ModelName, body: string, attempt: Attempt): AsyncGenerator<JsonObject> {
    const headers = { ...JSON_TYPE, accept: STREAM_TYPES };
    const answer = await this.transport.stream(this.#request('POST', `${modelPath(name)}/generate_stream`, [encode(body)], headers, attempt));
    if (answer.status !== 200) throw decodeHttpError(answer.status, await collected(answer.body));
    yield* objectsOf(answer.body, answer.header('content-type'));
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}

/** An answer that is no error. @throws Fault that the server answered */
function checked(answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw decodeHttpError(answer.status, answer.body);
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return joined(pieces);
}
