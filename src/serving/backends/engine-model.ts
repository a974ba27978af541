import type { Tensor } from '../../core/index.js';
import type { InferenceRequest, LoadedModel } from '../../inference/index.js';
import type { BackendModel, BackendRequest, BackendResponse } from './port.js';

const MICROSECONDS = 1000;

/** A model that the engine hosts, as a backend's. */
export class EngineModel implements BackendModel {
  constructor(
    readonly hosted: LoadedModel,
    /** Outputs that are told; all when absent. */
    readonly served?: ReadonlySet<string>,
  ) {}

  async infer(asked: BackendRequest): Promise<BackendResponse | undefined> {
    const { outputs, times, parameters, sequenceId, empty } = await this.hosted.infer(this.#requestOf(asked));
    if (empty) return undefined;
    const told = sequenceId === undefined ? parameters : new Map([...(parameters ?? []), ['sequence_id', sequenceId] as const]);
    return { outputs: this.#told(outputs, asked), times, ...(told && { parameters: told }) };
  }

  #requestOf({ request, inputs, signal, respond }: BackendRequest): InferenceRequest {
    const { controls, id, parameters, outputs } = request;
    const { sequenceId = 0n, sequenceStart, sequenceEnd, priority, timeoutMicroseconds } = controls;
    const inSequence = sequenceStart || sequenceEnd || controls.sequenceId !== undefined;
    return {
      inputs,
      answer: 'tensors',
      priority: Number(priority),
      timeoutMs: Number(timeoutMicroseconds) / MICROSECONDS,
      id,
      parameters,
      ...(outputs.length > 0 && { outputs: outputs.map(({ name }) => name) }),
      ...(inSequence && { sequence: { id: sequenceId, start: sequenceStart, end: sequenceEnd } }),
      ...(signal && { signal }),
      ...(respond && { onResponse: (response) => respond({ ...response, outputs: this.#told(response.outputs, { request }) }) }),
    };
  }

  /** A state of a sequence is told to those who name it. */
  #told(outputs: readonly Tensor[], { request }: Pick<BackendRequest, 'request'>): readonly Tensor[] {
    const { served } = this;
    return served ? outputs.filter(({ name }) => served.has(name) || request.outputs.some((asked) => asked.name === name)) : outputs;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.hosted[Symbol.asyncDispose]();
  }
}
