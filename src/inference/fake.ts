import { type TensorSpec, fail, toFault } from '../core/index.js';
import type { HostResult, ModelDefinition, ModelHost, ModelSpec } from '../models/index.js';
import type { Answer } from '../vision/index.js';
import type { Tensor } from '../core/index.js';
import { type EngineOptions, createEngineOver } from './engine.js';
import { type OpenHost, openInline } from './inline-instance.js';
import type { OpenInstance } from './instance.js';
import type { Engine, InferenceRequest } from './port.js';

/** What a fake answers to one request; what is absent is empty. */
export interface FakeAnswer {
  readonly outputs?: readonly Tensor[];
  /** One for each row. */
  readonly answers?: readonly Answer[];
}

/** How a fake engine answers. */
export interface FakeEngineOptions extends EngineOptions {
  /** Answers instead of a network; may throw a Fault. Absent: definitions must have weights of the `fake` runtime. */
  readonly answer?: (
    request: Pick<InferenceRequest, 'inputs' | 'answer' | 'thresholds'>,
    definition: ModelDefinition,
  ) => FakeAnswer | Promise<FakeAnswer>;
  /** Inputs and outputs that models claim to have. Absent: one FP32 input in the size of the definition's picture, and no outputs. */
  readonly spec?: ModelSpec;
}

/** An engine for tests. */
export interface FakeEngine extends Engine {
  /** Requests that were run, in order. */
  readonly requests: readonly Pick<InferenceRequest, 'inputs' | 'answer' | 'thresholds'>[];
}

function pictureInput({ name, picture }: ModelDefinition): TensorSpec {
  const { input, fit } = picture ?? fail('INVALID_ARGUMENT', `fake engine: model "${name}" has no picture; give the fake a spec`);
  const channels = fit.order === 'gray' ? 1 : 3;
  const { width, height } = fit.size;
  return { name: input, datatype: 'FP32', shape: fit.layout === 'planar' ? [-1, channels, height, width] : [-1, height, width, channels] };
}

const hostOver =
  (answer: NonNullable<FakeEngineOptions['answer']>, spec: ModelSpec | undefined): OpenHost =>
  async (definition): Promise<ModelHost> => ({
    definition,
    spec: spec ?? { inputs: [pictureInput(definition)], outputs: [] },
    providers: [{ provider: 'cpu', taken: true }],
    maxBatch: Infinity,
    async execute(requests) {
      const startMs = performance.now();
      const results = await Promise.all(
        requests.map(async (request): Promise<HostResult> => {
          try {
            const { outputs = [], answers = [] } = await answer(request, definition);
            return { outputs, answers };
          } catch (error) {
            const { code, message } = toFault(error);
            return { fault: { code, message } };
          }
        }),
      );
      return { results, inputMs: 0, runMs: performance.now() - startMs, outputMs: 0 };
    },
    async [Symbol.asyncDispose]() {},
  });

/**
 * The engine with its real queue, batching, limits and statistics, but every instance on the calling thread whatever its placement,
 * and answers by a function where one is given: for tests of whatever uses an engine.
 */
export function fakeEngine({ answer, spec, ...options }: FakeEngineOptions = {}): FakeEngine {
  const requests: Pick<InferenceRequest, 'inputs' | 'answer' | 'thresholds'>[] = [];
  const openHost = answer && hostOver(answer, spec);
  const open: OpenInstance = async (order) => {
    const instance = await openInline(order, openHost);
    return {
      ...instance,
      run(batch) {
        requests.push(...batch);
        instance.run(batch);
      },
    };
  };
  return Object.assign(createEngineOver({ inline: open, thread: open, process: open }, options), { requests });
}
