import { Fault, type FaultCode, type Tensor, toFault } from '../../core/index.js';
import type { FailureReason, InferenceTimes, ModelStatistics } from '../../inference/index.js';
import {
  bytesOfTensor,
  type InferRequest,
  type InferResponse,
  type InferTensor,
  type ModelConfig,
  type Parameters,
  type ParameterValue,
  type RequestedOutput,
} from '../../wire/index.js';
import type { BackendModel, BackendResponse } from '../backends/port.js';
import { copiedTensor } from '../backends/copied-tensor.js';
import type { InferCall, StreamedResponse } from '../port.js';
import type { SharedMemory } from '../shared-memory/port.js';
import type { Tracer } from '../trace/tracer.js';
import { about, checkRequest, requestRules, reshaped, type RequestRules } from './check-request.js';
import { classified } from './classification.js';
import { OwnStatistics } from './own-statistics.js';
import { rawInput } from './raw-input.js';
import { readShared } from './shared-input.js';
import { Arrivals } from './arrivals.js';

/** What a version is made of. */
export interface ServedVersionParts {
  readonly config: ModelConfig;
  readonly version: number;
  readonly backend: BackendModel;
  /** Names of classes by output. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly sharedMemory: SharedMemory;
  readonly tracer: Tracer;
}

const NONE: InferResponse['parameters'] = new Map();
const NO_RESPONSE: BackendResponse = Object.freeze({ outputs: [] });

/** How the engine's refusals are told to clients that know Triton's. */
const AS_TRITON: Partial<Record<FaultCode, readonly [FaultCode, string]>> = {
  RESOURCE_EXHAUSTED: ['UNAVAILABLE', 'Exceeds maximum queue size'],
  DEADLINE_EXCEEDED: ['UNAVAILABLE', 'Request timeout expired'],
};

/** Triton begins these with the request's id; what it says of sequences it does not. */
const OF_REQUEST = /^(Exceeds maximum |Request timeout )/;

function reasonOf({ code }: Fault): FailureReason | undefined {
  if (code === 'CANCELLED') return undefined;
  if (code === 'UNAVAILABLE' || code === 'RESOURCE_EXHAUSTED' || code === 'DEADLINE_EXCEEDED') return 'rejected';
  return code === 'INVALID_ARGUMENT' ? 'other' : 'backend';
}

/** The request parameter that asks where the time went. */
const TIMINGS = 'ocellus_timings';

const micros = (ms: number): bigint => BigInt(Math.round(ms * 1000));

const withTimes = (parameters: Parameters, { queueMs, inputMs, runMs, outputMs, batch }: InferenceTimes): Parameters =>
  new Map<string, ParameterValue>([
    ...parameters,
    ['queue_us', micros(queueMs)],
    ['compute_input_us', micros(inputMs)],
    ['compute_infer_us', micros(runMs)],
    ['compute_output_us', micros(outputMs)],
    ['batch_size', BigInt(batch)],
  ]);

/** A version that serves: checks what comes in, counts, and makes answers as they were asked for. */
export class ServedVersion implements AsyncDisposable {
  readonly config: ModelConfig;
  readonly version: string;
  readonly decoupled: boolean;
  /** Of a model that the engine does not host. */
  readonly #own = new OwnStatistics();
  #pending = 0;
  readonly #rules: RequestRules;
  readonly #reshapes: ReadonlyMap<string, (shape: readonly number[]) => number[]>;
  #idle: (() => void) | undefined;

  constructor(readonly parts: ServedVersionParts) {
    this.config = parts.config;
    this.version = String(parts.version);
    this.decoupled = parts.config.modelTransactionPolicy?.decoupled ?? false;
    this.#rules = requestRules(parts.config);
    const hasBatch = parts.config.maxBatchSize > 0;
    this.#reshapes = new Map(
      parts.config.output.flatMap(({ name, dims, reshape }) => {
        if (!reshape) return [];
        const [from, to] = [reshape.shape.map(Number), dims.map(Number)];
        return [[name, (shape: readonly number[]) => reshaped(shape, from, to, hasBatch)] as const];
      }),
    );
  }

  /** The counters at present. */
  statistics(): ModelStatistics {
    return this.parts.backend.hosted?.statistics() ?? this.#own.snapshot(this.#pending);
  }

  /** Answers with one response. @throws Fault in Triton's words */
  infer(request: InferRequest, call: InferCall): Promise<InferResponse> {
    return this.#run(request, call).then((response) => this.#respond(request, response ?? NO_RESPONSE));
  }

  /** Answers with any number of responses; the last is marked. @throws Fault in Triton's words */
  async *stream(request: InferRequest, call: InferCall): AsyncGenerator<StreamedResponse> {
    if (!this.decoupled) {
      yield { response: await this.infer(request, call), final: true };
      return;
    }
    const arrivals = new Arrivals<BackendResponse>();
    const running = this.#run(request, call, (response) => arrivals.push(response));
    running.then(
      () => arrivals.end(),
      (error: unknown) => arrivals.fail(error),
    );
    for await (const response of arrivals) yield { response: this.#respond(request, response), final: false };
    yield { response: this.#respond(request, (await running) ?? NO_RESPONSE), final: true };
  }

  /** One promise after another costs more here than a small model takes, so there is one for the run and one for its end. */
  #run(
    request: InferRequest,
    { signal, receivedMs }: InferCall,
    respond?: (response: BackendResponse) => void | Promise<void>,
  ): Promise<BackendResponse | undefined> {
    const { tracer, backend } = this.parts;
    const startMs = performance.now();
    this.#pending++;
    try {
      const { inputs, rows } = checkRequest(request, this.#inputsOf(request), this.#rules);
      // Whoever runs the model takes its inputs over.
      const traced = tracer.wants(this.config.name) ? inputs.map(copiedTensor) : undefined;
      return backend.infer({ request, inputs, signal, respond }).then(
        (response) => {
          if (!backend.hosted) this.#own.answered(Math.max(1, rows), performance.now() - startMs);
          if (traced)
            tracer.write(
              { model: this.config.name, version: this.version, request, inputs: traced, receivedMs, startMs },
              { endMs: performance.now(), times: response?.times, outputs: response?.outputs ?? [] },
            );
          this.#over();
          return response;
        },
        (error: unknown) => {
          this.#over();
          throw this.#failed(error, request, startMs);
        },
      );
    } catch (error) {
      this.#over();
      return Promise.reject(this.#failed(error, request, startMs));
    }
  }

  #over(): void {
    if (--this.#pending === 0) this.#idle?.();
  }

  #inputsOf(request: InferRequest): readonly Tensor[] {
    if (request.rawInput) return [rawInput(request, request.rawInput, this.#rules)];
    if (!request.inputs.some((input) => 'shared' in input)) return request.inputs as readonly Tensor[];
    return request.inputs.map((input) => ('shared' in input ? readShared(input, this.parts.sharedMemory, this.parts.backend, request) : input));
  }

  #failed(error: unknown, request: InferRequest, startMs: number): Fault {
    const fault = toFault(error);
    this.#own.failed(reasonOf(fault), performance.now() - startMs);
    const told = AS_TRITON[fault.code];
    if (told) return new Fault(told[0], about(request) + told[1], { cause: fault });
    if (OF_REQUEST.test(fault.message)) return new Fault(fault.code, about(request) + fault.message, { cause: fault });
    return fault.code === 'UNKNOWN' ? new Fault('INTERNAL', fault.message, { cause: fault }) : fault;
  }

  #respond(request: InferRequest, { outputs, parameters = NONE, times }: BackendResponse): InferResponse {
    const asked = request.outputs;
    const wanted = asked.length === 0 ? outputs : outputs.filter(({ name }) => asked.some((output) => output.name === name));
    const told = asked.length === 0 && this.#reshapes.size === 0 ? outputs : wanted.map((output) => this.#outputFor(output, request));
    return {
      modelName: this.config.name,
      modelVersion: this.version,
      id: request.id,
      parameters: times && request.parameters.get(TIMINGS) === true ? withTimes(parameters, times) : parameters,
      outputs: told,
    };
  }

  #outputFor(output: Tensor, request: InferRequest): InferTensor {
    const reshape = this.#reshapes.get(output.name);
    const told = reshape ? { ...output, shape: reshape(output.shape) } : output;
    const asked = request.outputs.find(({ name }) => name === output.name);
    if (!asked || (asked.classification === 0 && !asked.shared)) return told;
    return this.#delivered(told, asked);
  }

  #delivered(output: Tensor, { classification, shared }: RequestedOutput): InferTensor {
    const { name, datatype, shape } = output;
    if (classification > 0) return classified(output, classification, this.config.maxBatchSize > 0, this.parts.labels.get(name) ?? []);
    this.parts.sharedMemory.write(shared!, bytesOfTensor(output), { name, datatype, shape });
    return { name, datatype, shape, shared: shared! };
  }

  /** Lets what is under way end, then unloads. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.parts.backend[Symbol.asyncDispose]();
  }
}
