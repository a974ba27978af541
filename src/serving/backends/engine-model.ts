import type { Tensor } from '../../core/index.js';
import type { InferenceRequest, InferenceResponse, LoadedModel } from '../../inference/index.js';
import { NO_CONTROLS } from '../../wire/infer.js';
import type { BackendModel, BackendRequest, BackendResponse } from './port.js';

const MICROSECONDS = 1000;

/** A model that the engine hosts, as a backend's. */
export class EngineModel implements BackendModel {
  readonly takeMemory: BackendModel['takeMemory'];

  constructor(
    readonly hosted: LoadedModel,
    /** Outputs that are told; all when absent. */
    readonly served?: ReadonlySet<string>,
  ) {
    // Code may keep its inputs; a network is through with them.
    if (hosted.definition.weights.runtime !== 'module') this.takeMemory = (bytes) => new Uint8Array(hosted.buffers.take(bytes));
  }

  infer(asked: BackendRequest): Promise<BackendResponse | undefined> {
    return this.hosted.infer(this.#requestOf(asked)).then((response) => this.#answerOf(response, asked));
  }

  #answerOf({ outputs, times, parameters, sequenceId, empty }: InferenceResponse, asked: BackendRequest): BackendResponse | undefined {
    if (empty) return undefined;
    const told = sequenceId === undefined ? parameters : new Map([...(parameters ?? []), ['sequence_id', sequenceId] as const]);
    const answer = { outputs: this.#told(outputs, asked), times };
    return told ? { ...answer, parameters: told } : answer;
  }

  #requestOf({ request, inputs, signal, respond }: BackendRequest): InferenceRequest {
    const { controls, id, parameters, outputs } = request;
    const plain = { inputs, answer: 'tensors', sharedOutputs: true, id, parameters, ...(signal && { signal }) } as const;
    if (controls === NO_CONTROLS && outputs.length === 0 && !respond) return plain;
    const { sequenceId = 0n, sequenceStart, sequenceEnd, priority, timeoutMicroseconds } = controls;
    const inSequence = sequenceStart || sequenceEnd || controls.sequenceId !== undefined;
    return {
      ...plain,
      priority: Number(priority),
      timeoutMs: Number(timeoutMicroseconds) / MICROSECONDS,
      ...(outputs.length > 0 && { outputs: outputs.map(({ name }) => name) }),
      ...(inSequence && { sequence: { id: sequenceId, start: sequenceStart, end: sequenceEnd } }),
      ...(respond && { onResponse: (response) => respond({ ...response, outputs: this.#told(response.outputs, { request }) }) }),
    };
  }

  /** A state of a sequence is told to those who name it. */
  #told(outputs: readonly Tensor[], { request }: Pick<BackendRequest, 'request'>): readonly Tensor[] {
    const { served } = this;
    if (!served || outputs.every(({ name }) => served.has(name))) return outputs;
    return outputs.filter(({ name }) => served.has(name) || request.outputs.some((asked) => asked.name === name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.hosted[Symbol.asyncDispose]();
  }
}
