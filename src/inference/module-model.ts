import type { ModelDefinition, ModelSpec } from '../models/index.js';

/** A model whose backend is written out here: for tests, which have no module on disk. */
export interface ModuleText {
  readonly spec?: ModelSpec;
  /** Body of `async execute(requests)`; `order` is what `openRuntime` was given, `own` an empty object that lives as long as the instance. */
  readonly execute: string;
  /** Body of `onSequenceEnd(id, reason)`. */
  readonly onSequenceEnd?: string;
}

/** FP32 `input` [-1, 4] to `output` of the same shape. */
const FOUR: ModelSpec = {
  inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 4] }],
  outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 4] }],
};

/** A definition whose module is a `data:` URL, which threads and processes import as they do files. */
export function moduleModel(name: string, { spec = FOUR, execute, onSequenceEnd = '' }: ModuleText): ModelDefinition {
  const text = `
    const answer = (input, by, name = 'output') => ({ ...input, name, data: input.data.map((value) => value + by) });
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    export function openRuntime(order) {
      const own = {};
      return {
        spec: ${JSON.stringify(spec)},
        async execute(requests) { ${execute} },
        async onSequenceEnd(id, reason) { ${onSequenceEnd} },
        async [Symbol.asyncDispose]() {},
      };
    }`;
  return { name, weights: { runtime: 'module', path: `data:text/javascript,${encodeURIComponent(text)}` } };
}
