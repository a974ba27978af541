import { fail, Fault } from '../../core/index.js';
import {
  create,
  decodeInferResponse,
  decodeStreamResponse,
  encodeInferRequest,
  fromBinary,
  GRPCInferenceService,
  joined,
  toBinary,
  type InferRequest,
  type InferResponse,
  type MessageInitShape,
  type MessageShape,
  type ModelRepositoryParameterSchema,
  type RequestedOutput,
} from '../../wire/index.js';
import type { CallOptions as GrpcCallOptions, Encoding, GrpcClient } from '../../wire/grpc.js';
import { modelMetadataOf, regionOf, repositoryEntryOf, serverMetadataOf } from '../answers.js';
import type { Attempt, ModelName, Operations } from '../operations.js';
import type { LoadOptions, LogSettings, RegisteredRegion, TraceChanges, TraceSettings } from '../port.js';

const METHODS = GRPCInferenceService.method;
type MethodName = keyof typeof METHODS;

const pathOf = (method: MethodName): string => `/${GRPCInferenceService.typeName}/${METHODS[method].name}`;

const FINAL = 'triton_final_response';

/** An answer of a stream with the error that it may be instead. */
export type StreamAnswer = { readonly response: InferResponse; readonly final: boolean } | { readonly fault: Fault; readonly id: string };

function logSetting(value: boolean | number | string) {
  if (typeof value === 'boolean') return { parameterChoice: { case: 'boolParam', value } } as const;
  if (typeof value === 'number') return { parameterChoice: { case: 'uint32Param', value } } as const;
  return { parameterChoice: { case: 'stringParam', value } } as const;
}

function loadParameters({ config, files = {} }: Pick<LoadOptions, 'config' | 'files'>) {
  const parameters: Record<string, MessageInitShape<typeof ModelRepositoryParameterSchema>> = {};
  if (config !== undefined) parameters['config'] = { parameterChoice: { case: 'stringParam', value: config } };
  for (const [path, value] of Object.entries(files)) parameters[`file:${path}`] = { parameterChoice: { case: 'bytesParam', value } };
  return parameters;
}

/** The operations over gRPC. */
export class GrpcOperations implements Operations {
  readonly #metadata: readonly (readonly [string, string])[];

  constructor(
    private readonly grpc: GrpcClient,
    headers: Readonly<Record<string, string>>,
    private readonly encoding: Encoding | undefined,
  ) {
    this.#metadata = Object.entries(headers);
  }

  #options({ signal, timeoutMs, headers }: Attempt): GrpcCallOptions {
    const all = headers ? [...this.#metadata, ...Object.entries(headers)] : this.#metadata;
    return {
      ...(signal && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(this.encoding && { encoding: this.encoding }),
      ...(all.length > 0 && { metadata: new Map(all) }),
    };
  }

  async #unary<M extends MethodName>(
    method: M,
    request: MessageInitShape<(typeof METHODS)[M]['input']>,
    attempt: Attempt,
  ): Promise<MessageShape<(typeof METHODS)[M]['output']>> {
    const { input, output } = METHODS[method];
    const bytes = await this.grpc.unary(pathOf(method), toBinary(input, create(input, request as never)), this.#options(attempt));
    return fromBinary(output, bytes) as MessageShape<(typeof METHODS)[M]['output']>;
  }

  async isLive(attempt: Attempt): Promise<boolean> {
    return (await this.#unary('serverLive', {}, attempt)).live;
  }
  async isReady(attempt: Attempt): Promise<boolean> {
    return (await this.#unary('serverReady', {}, attempt)).ready;
  }
  async isModelReady({ model, version }: ModelName, attempt: Attempt): Promise<boolean> {
    return (await this.#unary('modelReady', { name: model, version }, attempt)).ready;
  }
  async serverMetadata(attempt: Attempt): ReturnType<Operations['serverMetadata']> {
    return serverMetadataOf(await this.#unary('serverMetadata', {}, attempt));
  }
  async modelMetadata({ model, version }: ModelName, attempt: Attempt): ReturnType<Operations['modelMetadata']> {
    return modelMetadataOf(await this.#unary('modelMetadata', { name: model, version }, attempt));
  }
  async modelConfig({ model, version }: ModelName, attempt: Attempt): ReturnType<Operations['modelConfig']> {
    const { config } = await this.#unary('modelConfig', { name: model, version }, attempt);
    return config ?? fail('INPUT_CORRUPT', `the server answered no configuration of model "${model}"`);
  }
  async statistics({ model, version }: ModelName, attempt: Attempt): ReturnType<Operations['statistics']> {
    return (await this.#unary('modelStatistics', { name: model, version }, attempt)).modelStats;
  }
  async repositoryIndex(ready: boolean, attempt: Attempt): ReturnType<Operations['repositoryIndex']> {
    return (await this.#unary('repositoryIndex', { ready }, attempt)).models.map(repositoryEntryOf);
  }
  async loadModel(modelName: string, options: Pick<LoadOptions, 'config' | 'files'>, attempt: Attempt): Promise<void> {
    await this.#unary('repositoryModelLoad', { modelName, parameters: loadParameters(options) }, attempt);
  }
  async unloadModel(modelName: string, dependents: boolean, attempt: Attempt): Promise<void> {
    const parameters = { unload_dependents: { parameterChoice: { case: 'boolParam', value: true } } } as const;
    await this.#unary('repositoryModelUnload', { modelName, ...(dependents && { parameters }) }, attempt);
  }
  async traceSettings(modelName: string, changes: TraceChanges | undefined, attempt: Attempt): Promise<TraceSettings> {
    const changed = Object.entries(changes ?? {}).map(([key, value]) => [key, { value: value === null ? [] : ([value].flat() as string[]) }]);
    const { settings } = await this.#unary('traceSetting', { modelName, settings: Object.fromEntries(changed) as never }, attempt);
    return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
  }
  async logSettings(changes: LogSettings | undefined, attempt: Attempt): Promise<LogSettings> {
    const changed = Object.entries(changes ?? {}).map(([key, value]) => [key, logSetting(value)]);
    const { settings } = await this.#unary('logSettings', { settings: Object.fromEntries(changed) as never }, attempt);
    return Object.fromEntries(Object.entries(settings).map(([key, { parameterChoice }]) => [key, parameterChoice.value ?? '']));
  }
  async sharedMemoryStatus(name: string, attempt: Attempt): Promise<readonly RegisteredRegion[]> {
    const { regions } = await this.#unary('systemSharedMemoryStatus', { name }, attempt);
    return Object.values(regions).map(regionOf);
  }
  async registerSharedMemory({ name, key, offsetBytes, sizeBytes }: RegisteredRegion, attempt: Attempt): Promise<void> {
    await this.#unary('systemSharedMemoryRegister', { name, key, offset: BigInt(offsetBytes), byteSize: BigInt(sizeBytes) }, attempt);
  }
  async unregisterSharedMemory(name: string, attempt: Attempt): Promise<void> {
    await this.#unary('systemSharedMemoryUnregister', { name }, attempt);
  }

  prepare(request: InferRequest): () => Promise<void> {
    const message = joined(encodeInferRequest(request));
    const path = pathOf('modelInfer');
    const options = this.#options({});
    return async () => void (await this.grpc.unary(path, message, options));
  }

  async infer(request: InferRequest, _binary: boolean, attempt: Attempt): Promise<InferResponse> {
    const bytes = await this.grpc.unary(pathOf('modelInfer'), encodeInferRequest(request), this.#options(attempt));
    return decodeInferResponse(bytes, request.outputs);
  }

  /** One stream with one request; it ends with the response that says that it is the final one. */
  async *inferStream(request: InferRequest, attempt: Attempt): AsyncGenerator<InferResponse> {
    const asked = { ...request, controls: { ...request.controls, emptyFinalResponse: true } };
    for await (const answer of this.exchange([asked], attempt)) {
      if ('fault' in answer) throw answer.fault;
      if (answer.response.outputs.length > 0 || !answer.final) yield answer.response;
      if (answer.final) return;
    }
  }

  /** Requests and answers of one ModelStreamInfer call. */
  async *exchange(requests: AsyncIterable<InferRequest> | Iterable<InferRequest>, attempt: Attempt): AsyncGenerator<StreamAnswer> {
    const wanted = new Map<string, readonly RequestedOutput[]>();
    const messages = async function* (): AsyncGenerator<readonly Uint8Array[]> {
      for await (const request of requests) {
        if (request.outputs.some(({ shared }) => shared)) wanted.set(request.id, request.outputs);
        yield encodeInferRequest(request);
      }
    };
    for await (const bytes of this.grpc.stream(pathOf('modelStreamInfer'), messages(), this.#options(attempt))) {
      const { errorMessage, response } = decodeStreamResponse(bytes, wanted.size === 0 ? [] : wanted.get(idOf(bytes)));
      if (errorMessage !== '') yield { fault: new Fault('UNKNOWN', errorMessage), id: response?.id ?? '' };
      else if (response) yield { response: withoutFinal(response), final: response.parameters.get(FINAL) === true };
    }
  }

  close(): Promise<void> {
    return this.grpc.close();
  }
}

/** A response of a stream does not say where its outputs in shared memory lie; its id tells which request knows. */
const idOf = (bytes: Uint8Array): string => fromBinary(METHODS.modelStreamInfer.output, bytes).inferResponse?.id ?? '';

function withoutFinal(response: InferResponse): InferResponse {
  return { ...response, parameters: new Map([...response.parameters].filter(([key]) => key !== FINAL)) };
}
