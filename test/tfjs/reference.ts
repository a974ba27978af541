import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Where TF.js computes: `cpu` knows all operators, `wasm` is quick. */
export type Backend = 'cpu' | 'wasm';

/** A tensor as TF.js answers it. */
export interface Answer {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** TF.js itself on a graph model: what a converted file has to agree with. */
export interface Reference extends Disposable {
  run(name: string, shape: readonly number[], data: Float32Array, outputs: readonly string[]): Promise<Answer[]>;
}

interface Files {
  readonly json: unknown;
  readonly weights: readonly Uint8Array[];
}

interface Artifacts {
  readonly weightsManifest: readonly { readonly weights: readonly object[] }[];
}

// TF.js tells in several lines how to make itself faster; the report of the tests is no place for that.
tf.env().set('IS_TEST', true);
setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);

/** Operators whose outputs have sizes that depend on what is in their inputs run by themselves only. */
const BY_ITSELF = /executeAsync/;

async function answersOf(model: GraphModel, inputs: Record<string, tf.Tensor>, outputs: string[]): Promise<tf.Tensor[]> {
  try {
    const answers = model.execute(inputs, outputs);
    return Array.isArray(answers) ? answers : [answers];
  } catch (error) {
    if (!BY_ITSELF.test(String(error))) throw error;
    const answers = await model.executeAsync(inputs, outputs);
    return Array.isArray(answers) ? answers : [answers];
  }
}

/** Opens a model in TF.js. */
export async function openReference({ json, weights }: Files, backend: Backend): Promise<Reference> {
  await tf.setBackend(backend);
  await tf.ready();
  const bytes = Uint8Array.from(Buffer.concat(weights));
  const artifacts = {
    ...(json as object),
    weightSpecs: (json as Artifacts).weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer,
  };
  const model = await loadGraphModel(tf.io.fromMemory(artifacts as never));
  return {
    async run(name, shape, data, outputs) {
      const integer = model.inputs[0]?.dtype === 'int32';
      const given = integer ? tf.tensor(Int32Array.from(data), [...shape], 'int32') : tf.tensor(data, [...shape]);
      const answers = await answersOf(model, { [name]: given }, [...outputs]);
      const read = answers.map((answer) => ({ shape: answer.shape, data: answer.dataSync() }));
      tf.dispose([given, ...answers]);
      return read;
    },
    [Symbol.dispose]: () => model.dispose(),
  };
}
