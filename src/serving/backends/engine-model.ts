import type { Tensor } from '../../core/index.js';
import type { InferenceRequest, LoadedModel } from '../../inference/index.js';
import type { BackendModel, BackendRequest, BackendResponse } from './port.js';

/** A request of the engine that keeps what the client sent: an instance of ours finds it in the batch. */
export interface ServedRequest extends InferenceRequest {
  readonly served: BackendRequest;
}

/** A model that the engine hosts, as a backend's. */
export class EngineModel implements BackendModel {
  constructor(
    readonly hosted: LoadedModel,
    readonly answered: (outputs: readonly Tensor[]) => readonly Tensor[] = (outputs) => outputs,
  ) {}

  async infer(served: BackendRequest): Promise<BackendResponse> {
    const { inputs, signal } = served;
    const request: ServedRequest = { inputs, answer: 'tensors', ...(signal && { signal }), served };
    const { outputs, times } = await this.hosted.infer(request);
    return { outputs: this.answered(outputs), times };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.hosted[Symbol.asyncDispose]();
  }
}
