import type { Log, Tensor } from '../../core/index.js';
import type { Engine, InferenceTimes, LoadedModel } from '../../inference/index.js';
import type { InferRequest, InferResponse, ModelConfig, Parameters } from '../../wire/index.js';

/** A request as a backend gets it: checked against the configuration, every input with its data. */
export interface BackendRequest {
  readonly request: InferRequest;
  /** Handed over: the sender reads them no more. */
  readonly inputs: readonly Tensor[];
  readonly signal?: AbortSignal | undefined;
  /** Where a decoupled model sends its answers; absent for the others. */
  readonly respond?: ((response: BackendResponse) => void | Promise<void>) | undefined;
}

/** An answer of a backend. */
export interface BackendResponse {
  /** Any of the model's outputs; those not asked for are dropped. */
  readonly outputs: readonly Tensor[];
  readonly parameters?: Parameters;
  /** Where its time went; absent where the backend cannot tell. */
  readonly times?: InferenceTimes;
}

/** A version of a model that runs. */
export interface BackendModel extends AsyncDisposable {
  /** The answer; of a decoupled model, the last one, or nothing when it ends without one. @throws Fault */
  infer(request: BackendRequest): Promise<BackendResponse | undefined>;
  /** Memory for the bytes of an input that is handed over, which the backend uses again afterwards; where it is absent, any will do. */
  readonly takeMemory?: ((bytes: number) => Uint8Array) | undefined;
  /** What the engine hosts it as, for its queue's counters; absent for backends of their own. */
  readonly hosted?: LoadedModel;
}

/** Answers a request to another model of the server, as a client would be answered. */
export type CallModel = (request: InferRequest, signal?: AbortSignal) => AsyncIterable<InferResponse>;

/** Control of the server's models from within. */
export interface ModelControl {
  /** Whether a version serves; '' is the newest. */
  modelReady(name: string, version: string): boolean;
  /** @throws Fault */
  load(name: string): Promise<void>;
  /** @throws Fault */
  unload(name: string): Promise<void>;
}

/** Where a version lies and what it is to be. */
export interface VersionOrder {
  readonly config: ModelConfig;
  readonly version: number;
  /** The model's folder. */
  readonly folder: string;
  /** The version's folder. */
  readonly path: string;
  readonly engine: Engine;
  readonly log: Log;
  readonly call: CallModel;
  /** What a model's code may do to other models. */
  readonly control: ModelControl;
  /** The configuration of another model that serves; version '' is its newest. @throws Fault when it does not serve */
  readonly configOf: (model: string, version: string) => ModelConfig;
}

/** Where a model's folder is, before it has a whole configuration. */
export interface ModelFolder {
  readonly name: string;
  readonly folder: string;
  /** Version folders that hold something, ascending. */
  readonly versions: readonly number[];
}

/** Runs models of one kind. A new one is a file and a row in `BACKENDS`. */
export interface Backend {
  /** Names in `backend:` of a configuration; the first is the one that `/config` shows. */
  readonly names: readonly string[];
  /** Older spellings in `platform:`. */
  readonly platforms?: readonly string[];
  /** Files in a version's folder by which the backend knows its own; the first is the default. */
  readonly files?: readonly string[];
  /** Instances of a group that does not say how many; 1 when absent. */
  readonly defaultInstances?: number;
  /** Whether a model may take nothing. */
  readonly mayLackInputs?: boolean;
  /** Fills in what the configuration leaves open and the files tell. Changes `config`. @throws Fault when the files cannot be read */
  complete?(config: ModelConfig, folder: ModelFolder): Promise<void>;
  /** @throws Fault saying why the version cannot be served */
  open(order: VersionOrder): Promise<BackendModel>;
}
