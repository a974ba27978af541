import { toFault } from '../core/index.js';
import { type ModelDefinition, openRuntime } from '../models/index.js';
import type { RunReport, RunResult } from './instance.js';
import type { InferenceRequest } from './port.js';

/** Stand-in until the models room has its own. */
export async function openModelHost(definition: ModelDefinition) {
  const runtime = await openRuntime(definition.weights, definition.options);
  const free = runtime.spec.inputs.every(({ shape }) => shape[0] === -1);
  return {
    spec: runtime.spec,
    providers: runtime.providers,
    maxBatch: free ? Infinity : 1,
    async execute(requests: readonly InferenceRequest[]): Promise<RunReport> {
      const from = performance.now();
      const results: RunResult[] = [];
      for (const { inputs } of requests) {
        try {
          results.push({ outputs: await runtime.infer(inputs), detections: [] });
        } catch (error) {
          const { code, message } = toFault(error);
          results.push({ fault: { code, message } });
        }
      }
      return { results, inputMs: 0, runMs: performance.now() - from, outputMs: 0 };
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

export type ModelHost = Awaited<ReturnType<typeof openModelHost>>;
