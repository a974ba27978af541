import { createGrpcClient, createHttpClient, type InferenceClient } from '../../client/index.js';
import { fail, Fault, toFault, type Tensor } from '../../core/index.js';
import type { ModelRuntime, ModelSpec, ProviderAttempt } from '../port.js';
import { parseEngineUrl, type EngineAddress } from './engine-url.js';

/** Time for a server to say what a model takes; a run has none, as elsewhere. */
const OPEN_TIMEOUT_MS = 30_000;

/** A tensor in memory of its own: what came over the wire shares its buffer with its neighbours. */
function owned(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (tensor.datatype === 'BYTES') return { ...tensor, data: tensor.data.map((bytes) => new Uint8Array(bytes)) };
  const { buffer, byteLength } = data as Float32Array;
  return byteLength === buffer.byteLength ? tensor : ({ ...tensor, data: (data as Float32Array).slice() } as Tensor);
}

/** The fault with the address that it came from. */
function at(url: string, error: unknown): Fault {
  const fault = toFault(error);
  return new Fault(fault.code, `${url}: ${fault.message}`, { cause: fault });
}

class RemoteModel implements ModelRuntime {
  readonly providers: readonly ProviderAttempt[];
  readonly #running = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly address: EngineAddress,
    private readonly client: InferenceClient,
    readonly spec: ModelSpec,
  ) {
    this.providers = [{ provider: address.protocol, taken: true }];
  }

  async infer(inputs: readonly Tensor[]): Promise<readonly Tensor[]> {
    if (this.#released) fail('FAILED_PRECONDITION', `${this.url} was released; open it again`);
    const run = this.#infer(inputs);
    this.#running.add(run);
    try {
      return await run;
    } catch (error) {
      throw at(this.url, error);
    } finally {
      this.#running.delete(run);
    }
  }

  async #infer(inputs: readonly Tensor[]): Promise<readonly Tensor[]> {
    const { model, version } = this.address;
    const result = await this.client.infer(model, inputs, { version });
    return this.spec.outputs.map(({ name }) => owned(result.output(name)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.client.close();
  }
}

/** Asks the server what the model takes. @throws Fault CONFIG_INVALID, UNAVAILABLE (no server), NOT_FOUND (no such model), as the server answers */
export async function openRemoteModel(url: string): Promise<ModelRuntime> {
  const address = parseEngineUrl(url);
  const { protocol, server, model, version } = address;
  if (model === '') fail('CONFIG_INVALID', `"${url}" names no model; write ${url.replace(/\/$/, '')}/MODEL`);
  const client = protocol === 'grpc' ? createGrpcClient(server) : createHttpClient(server);
  try {
    const { inputs, outputs } = await client.modelMetadata(model, { version, timeoutMs: OPEN_TIMEOUT_MS });
    return new RemoteModel(url, address, client, { inputs, outputs });
  } catch (error) {
    await client.close();
    throw at(url, error);
  }
}
