import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, inflateSync } from 'node:zlib';
import { fail, type Fault, toFault, type TensorSpec } from '../core/index.js';
import { openGrpcServer, type Method } from '../wire/grpc.js';
import {
  create,
  decodeHttpInferRequest,
  decodeInferRequest,
  encodeHttpError,
  encodeHttpInferResponse,
  encodeInferResponse,
  encodeStreamResponse,
  fromBinary,
  GRPCInferenceService,
  HEADER_LENGTH,
  joined,
  toBinary,
  writeJson,
  type InferRequest,
  type InferResponse,
  type InferTensor,
  type JsonInput,
} from '../wire/index.js';

/** A model of the test server. */
export interface ServedModel {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** @throws anything, which the client is told */
  infer(request: InferRequest, signal: AbortSignal): Promise<readonly InferTensor[]> | readonly InferTensor[];
  /** What the response says beside the outputs of the last `infer`. */
  parameters?(request: InferRequest): InferResponse['parameters'];
}

/** A request as the test server got it. */
export interface SeenRequest {
  readonly over: 'http' | 'grpc';
  readonly request: InferRequest;
  readonly headers: ReadonlyMap<string, string>;
}

/** A server with metadata and inference over both protocols; for tests of clients. */
export interface KserveTestServer extends AsyncDisposable {
  /** `host:port` of each protocol. */
  readonly http: string;
  readonly grpc: string;
  /** Inference requests, in order. */
  readonly seen: readonly SeenRequest[];
  /** Faults that the next inference requests are answered with, whatever they ask. */
  readonly faults: Fault[];
}

const METHODS = GRPCInferenceService.method;

class TestServer {
  readonly seen: SeenRequest[] = [];
  readonly faults: Fault[] = [];

  constructor(readonly models: Readonly<Record<string, ServedModel>>) {}

  model(name: string): ServedModel {
    return this.models[name] ?? fail('NOT_FOUND', `Request for unknown model: '${name}' is not found`);
  }

  async infer(request: InferRequest, over: SeenRequest['over'], headers: ReadonlyMap<string, string>, signal: AbortSignal): Promise<InferResponse> {
    this.seen.push({ over, request, headers });
    const fault = this.faults.shift();
    if (fault) throw fault;
    const model = this.model(request.modelName);
    const outputs = await model.infer(request, signal);
    const parameters = model.parameters?.(request) ?? new Map();
    return { modelName: request.modelName, modelVersion: '1', id: request.id, parameters, outputs };
  }

  metadata(name: string): { name: string; versions: string[]; platform: string; inputs: JsonInput[]; outputs: JsonInput[] } {
    const { inputs, outputs } = this.model(name);
    return { name, versions: ['1'], platform: 'test', inputs: inputs as unknown as JsonInput[], outputs: outputs as unknown as JsonInput[] };
  }
}

function headersOf(message: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
}

const UNPACK: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = { gzip: gunzipSync, deflate: inflateSync };

async function answerHttp(server: TestServer, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const [, name = '', action = ''] = /^\/v2\/models\/([^/]+)(?:\/versions\/\d+)?(?:\/(\w+))?$/.exec(message.url ?? '') ?? [];
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk as Uint8Array);
  const headers = headersOf(message);
  const packed = headers.get('content-encoding');
  const body = packed === undefined ? joined(chunks) : (UNPACK[packed] ?? fail('UNSUPPORTED', packed))(joined(chunks));
  if (action === '') return void response.end(writeJson(server.metadata(decodeURIComponent(name))));
  const modelName = decodeURIComponent(name);
  const request = decodeHttpInferRequest({ modelName, modelVersion: '', body, headerLength: headers.get(HEADER_LENGTH.toLowerCase()) });
  const answer = encodeHttpInferResponse(await server.infer(request, 'http', headers, gone.signal), request);
  response.setHeader('content-type', answer.contentType).setHeader('content-length', answer.sizeBytes);
  if (answer.headerLengthBytes !== undefined) response.setHeader(HEADER_LENGTH, answer.headerLengthBytes);
  for (const chunk of answer.chunks) response.write(chunk);
  response.end();
}

const texts = (metadata: ReadonlyMap<string, string | Uint8Array>): ReadonlyMap<string, string> =>
  new Map([...metadata].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));

function grpcMethods(server: TestServer): ReadonlyMap<string, Method> {
  const path = (method: keyof typeof METHODS): string => `/${GRPCInferenceService.typeName}/${METHODS[method].name}`;
  return new Map<string, Method>([
    [
      path('modelMetadata'),
      {
        kind: 'unary',
        handle(bytes) {
          const { input, output } = METHODS.modelMetadata;
          const { inputs, outputs, ...rest } = server.metadata(fromBinary(input, bytes).name);
          const specs = (all: unknown[]) => (all as TensorSpec[]).map((spec) => ({ ...spec, shape: spec.shape.map(BigInt) }));
          return toBinary(output, create(output, { ...rest, inputs: specs(inputs), outputs: specs(outputs) }));
        },
      },
    ],
    [
      path('modelInfer'),
      {
        kind: 'unary',
        async handle(bytes, { metadata, signal }) {
          return encodeInferResponse(await server.infer(decodeInferRequest(bytes), 'grpc', texts(metadata), signal));
        },
      },
    ],
    [
      path('modelStreamInfer'),
      {
        kind: 'stream',
        async *handle(requests, { metadata, signal }) {
          for await (const bytes of requests)
            try {
              const response = await server.infer(decodeInferRequest(bytes), 'grpc', texts(metadata), signal);
              yield encodeStreamResponse({ errorMessage: '', response: { ...response, parameters: new Map([['triton_final_response', true]]) } });
            } catch (error) {
              yield encodeStreamResponse({ errorMessage: toFault(error).message });
            }
        },
      },
    ],
  ]);
}

/** Starts the server on free ports of the loopback; disposing it cuts off what is under way. */
export async function openKserveServer(models: Readonly<Record<string, ServedModel>>): Promise<KserveTestServer> {
  const server = new TestServer(models);
  const http = createServer((message, response) => {
    answerHttp(server, message, response).catch((error: unknown) => {
      const { status, body } = encodeHttpError(error);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const grpc = await openGrpcServer({ methods: grpcMethods(server) });
  return {
    http: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    grpc: `127.0.0.1:${grpc.port}`,
    seen: server.seen,
    faults: server.faults,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await grpc.close(0);
    },
  };
}
