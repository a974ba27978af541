import { Fault, fail, toFault } from '../core/index.js';
import type { Backend, BackendRequest, BackendResult, OpenBackend, RequestContext, RequestLine } from './backend.js';
import type { HostReport, HostRequest, HostResult, HostSurroundings, ModelHost } from './host.js';
import type { ModelDefinition, ModelSpec, ProviderAttempt } from './port.js';

/** Of a request that says nothing besides its inputs. */
const NO_CONTEXT: RequestContext = Object.freeze({ id: '', parameters: new Map(), priority: 0, timeoutMs: 0, several: false });

/** Of a request whose caller takes what `execute` returns, and nothing else. */
const NO_LINE: RequestLine = Object.freeze({
  signal: new AbortController().signal,
  respond: async () => fail('FAILED_PRECONDITION', 'nobody takes further answers to this request'),
  finish: () => fail('FAILED_PRECONDITION', 'nobody takes a later answer to this request'),
});

class BackendHost implements ModelHost {
  readonly backend = true;
  readonly providers: readonly ProviderAttempt[];
  readonly maxBatch = Infinity;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly definition: ModelDefinition,
    private readonly made: Backend,
  ) {
    this.providers = made.providers ?? [{ provider: 'cpu', taken: true }];
  }

  get spec(): ModelSpec {
    return this.made.spec;
  }

  execute(requests: readonly HostRequest[]): Promise<HostReport> {
    return this.#afterLast(() => this.#execute(requests));
  }

  endSequence(id: bigint | string, reason: string): Promise<void> {
    return this.#afterLast(async () => {
      try {
        await this.made.onSequenceEnd?.(id, reason);
      } catch {
        // The sequence is over, whatever the backend makes of it.
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.made[Symbol.asyncDispose]();
  }

  #afterLast<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #execute(requests: readonly HostRequest[]): Promise<HostReport> {
    const startMs = performance.now();
    const results = await this.#results(requests.map(toBackendRequest));
    return { results, inputMs: 0, runMs: performance.now() - startMs, outputMs: 0 };
  }

  async #results(requests: readonly BackendRequest[]): Promise<readonly HostResult[]> {
    try {
      const results = await this.made.execute(requests);
      if (results.length === requests.length) return results.map(toHostResult);
      return fail(
        'INTERNAL',
        `the backend gave ${results.length} results for ${requests.length} requests; execute returns one for each, in their order`,
      );
    } catch (error) {
      const fault = toHostResult(toFault(error));
      return requests.map(() => fault);
    }
  }
}

function toBackendRequest({ inputs, context = NO_CONTEXT, line = NO_LINE }: HostRequest): BackendRequest {
  return {
    ...context,
    inputs,
    signal: line.signal,
    respond: (response) => line.respond(response),
    finish: (last) => line.finish(last),
  };
}

/** What the engine makes of a backend's result. */
export function toHostResult(result: BackendResult): HostResult {
  if (result === undefined) return { outputs: [], answers: [], empty: true };
  if (typeof result === 'string') return { pending: result };
  if (result instanceof Error) {
    const { code, message } = toFault(result);
    return { fault: { code, message } };
  }
  const { outputs, parameters } = result;
  return parameters ? { outputs, answers: [], parameters } : { outputs, answers: [] };
}

async function load(url: string): Promise<OpenBackend> {
  if (!URL.canParse(url)) fail('CONFIG_INVALID', `weights.path: ${url} is no URL; a module is named by one, such as file:///models/adder/backend.js`);
  let loaded: { readonly openRuntime?: unknown };
  try {
    loaded = (await import(url)) as typeof loaded;
  } catch (error) {
    const missing = (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND';
    throw error instanceof Fault ? error : toFault(error, missing ? 'NOT_FOUND' : 'INPUT_CORRUPT', `${url} does not load: `);
  }
  if (typeof loaded.openRuntime !== 'function') fail('CONFIG_INVALID', `${url}: exports no function openRuntime; export one that returns a backend`);
  return loaded.openRuntime as OpenBackend;
}

/**
 * Opens the module that the weights name.
 * @throws Fault CONFIG_INVALID, NOT_FOUND (no such module), INPUT_CORRUPT (it does not load), and what its `openRuntime` throws
 */
export async function openBackendHost(definition: ModelDefinition, { instance, ask }: HostSurroundings): Promise<ModelHost> {
  const { name, weights, options = {}, head, picture } = definition;
  if (head || picture) fail('CONFIG_INVALID', `${name}: a module takes and gives tensors; picture and head are for networks`);
  const openRuntime = await load(weights.path);
  try {
    return new BackendHost(definition, await openRuntime({ name, weights, options, instance, ask }));
  } catch (error) {
    throw toFault(error, 'UNKNOWN', `${weights.path}: `);
  }
}
