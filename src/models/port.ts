import type { Tensor, TensorSpec } from '../core/index.js';
import type { FitTarget } from '../vision/index.js';
import type { HeadSpec } from './heads/port.js';

/** Inputs and outputs of a network, as its file says. */
export interface ModelSpec {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** One provider that was asked for, and what became of it. */
export interface ProviderAttempt {
  readonly provider: string;
  readonly taken: boolean;
  /** Why it was not taken; absent when it was. */
  readonly reason?: string;
}

/** A loaded network. `infer` may block the calling thread; the engine decides which thread that is. */
export interface ModelRuntime extends AsyncDisposable {
  readonly spec: ModelSpec;
  /** In the order asked for; exactly one is taken. */
  readonly providers: readonly ProviderAttempt[];
  /** Borrows `inputs` until it settles; the returned tensors belong to the caller. Outputs come in the order of `spec.outputs`. */
  infer(inputs: readonly Tensor[]): Promise<readonly Tensor[]>;
}

/** How a runtime is set up; plain data, crosses threads. */
export interface RuntimeOptions {
  /** Execution providers, best first: the first that works is taken. `['cpu']` when absent. */
  readonly providers?: readonly string[];
  /** Threads inside one operator; 1 when absent: several instances of one thread beat one of many. */
  readonly threads?: number;
  /** Whether idle threads spin; false when absent: spinning steals from the decoder. */
  readonly spinning?: boolean;
  /** Number of the GPU for providers that use one; the first when absent. */
  readonly device?: number;
}

/** From a picture's bytes to the network's numbers: `(byte - mean) / std` per channel, in the channel order of `fit.order`. */
export interface PictureInput {
  /** Name of the input tensor. */
  readonly input: string;
  readonly fit: FitTarget;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Where the weights are and which runtime takes them; plain data, crosses threads. */
export interface Weights {
  /** A row of `RUNTIMES`, or `module` for code instead of a network. */
  readonly runtime: string;
  /** Path of the file, absolute; of a `module` its URL, such as `file:///models/adder/backend.js`. */
  readonly path: string;
  /** Folder to load the runtime's package from; the installed one when absent. */
  readonly binding?: string;
  /** What a `module` needs to know besides; plain data, crosses threads and processes. */
  readonly settings?: unknown;
}

/** All that an instance needs to know of a model; plain data, crosses threads and processes. */
export interface ModelDefinition {
  readonly name: string;
  readonly weights: Weights;
  readonly options?: RuntimeOptions;
  /** How a picture becomes the input; absent for a model that takes tensors only. */
  readonly picture?: PictureInput;
  /** How outputs become answers, such as detections; absent for a model that answers tensors only. */
  readonly head?: HeadSpec;
  /** Names of the classes by id. */
  readonly labels?: readonly string[];
}

/** Opens weights of one kind. */
export interface RuntimeAdapter {
  readonly runtime: string;
  /** @throws Fault NOT_FOUND, INPUT_CORRUPT (not a model), UNSUPPORTED (no provider works) */
  open(weights: Weights, options: RuntimeOptions): Promise<ModelRuntime>;
}
