import { fail, type Tensor } from '../../../core/index.js';
import { type InferRequest, inferRequest, type InferResponse, NO_CONTROLS } from '../../../wire/infer.js';
import type { CallOptions, ModelContext } from './model.js';
import type { ModelOrder } from './model-order.js';
import { parametersOf } from './parameters-of.js';

/** What a model's code asks the server. */
export type ModelQuestion =
  | { readonly kind: 'infer'; readonly request: InferRequest }
  | { readonly kind: 'ready' | 'load' | 'unload'; readonly model: string; readonly version: string }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };

type Ask = (question: ModelQuestion, signal?: AbortSignal) => Promise<unknown>;

function requestOf(model: string, inputs: readonly Tensor[], options: CallOptions): InferRequest {
  const { version = '', id = '', outputs = [], parameters = {}, sequence } = options;
  const controls = sequence
    ? { ...NO_CONTROLS, sequenceId: sequence.id, sequenceStart: sequence.start ?? false, sequenceEnd: sequence.end ?? false }
    : NO_CONTROLS;
  return inferRequest({
    modelName: model,
    modelVersion: version,
    id,
    inputs,
    controls,
    parameters: parametersOf(parameters),
    outputs: outputs.map((name) => ({ name, binary: true, classification: 0 })),
  });
}

/** What a model's code may use, over the engine's way to ask. */
export function createContext({ name, version, path, parameters }: ModelOrder, instance: number, ask: Ask): ModelContext {
  const inferAll = async (model: string, inputs: readonly Tensor[], options: CallOptions = {}): Promise<readonly InferResponse[]> =>
    (await ask({ kind: 'infer', request: requestOf(model, inputs, options) }, options.signal)) as readonly InferResponse[];
  return {
    name,
    version,
    path,
    parameters,
    instance,
    inferAll,
    async infer(model, inputs, options) {
      const [first] = await inferAll(model, inputs, options);
      return first ?? fail('INTERNAL', `model '${model}' ended without an answer`);
    },
    isReady: async (model, wanted = '') => (await ask({ kind: 'ready', model, version: wanted })) === true,
    load: async (model) => void (await ask({ kind: 'load', model, version: '' })),
    unload: async (model) => void (await ask({ kind: 'unload', model, version: '' })),
  };
}
