import type { DataOf, Datatype, Tensor } from '../../../core/index.js';
import type { InferResponse, Parameters } from '../../../wire/index.js';

/** Parameters as code writes them: whole numbers become 64-bit integers. */
export type ParametersInput = Readonly<Record<string, boolean | bigint | number | string>>;

/** Values of one output as code may give them: a tensor's shape and data, or just the values, whose shape then follows from the configuration. */
export type OutputValue =
  | { readonly shape: readonly number[]; readonly data: DataOf[Datatype] | readonly (number | bigint | string)[] }
  | DataOf[Datatype]
  | readonly (number | bigint | string | boolean)[]
  | string
  | number
  | bigint
  | boolean;

/** Outputs by name. */
export type Outputs = Readonly<Record<string, OutputValue>>;

/** Outputs with parameters beside them; made by {@link answer}. */
export interface Answer {
  readonly [ANSWER]: true;
  readonly outputs: Outputs;
  readonly parameters: ParametersInput;
}

/** Shared by every copy of this module in a thread. */
export const ANSWER = Symbol.for('ocellus.serving.answer');

/** An answer that says something besides its outputs. */
export const answer = (outputs: Outputs, parameters: ParametersInput): Answer => ({ [ANSWER]: true, outputs, parameters }) as Answer;

/** What `execute` may return: outputs, or several answers one after the other (of a decoupled model), as an async generator gives them. */
export type Executed = Outputs | Answer | undefined | AsyncIterable<Outputs | Answer> | Iterable<Outputs | Answer>;

/** A request as a model's code sees it. Its tensors belong to the code. */
export interface ModelRequest {
  /** The client's name for it; '' when it gave none. */
  readonly id: string;
  readonly parameters: Parameters;
  /** Outputs wanted; all when absent. */
  readonly outputs?: readonly string[];
  /** Where it stands in its sequence; absent outside of one. */
  readonly sequence?: { readonly id: bigint | string; readonly start: boolean; readonly end: boolean };
  readonly inputs: readonly Tensor[];
  /** Aborted when the client no longer wants the answer. */
  readonly signal: AbortSignal;
  /** An input by name. @throws Fault INVALID_ARGUMENT when the request lacks it */
  input(name: string): Tensor;
  /** An input by name as numbers. @throws Fault INVALID_ARGUMENT when it is missing, or BYTES, or of 64-bit integers */
  numbers(name: string): ArrayLike<number>;
  /** The elements of a BYTES input as text. @throws Fault INVALID_ARGUMENT when it is missing or of another type */
  texts(name: string): string[];
}

/** What a model's code may use besides its requests. */
export interface ModelContext {
  readonly name: string;
  readonly version: number;
  /** The version's folder, where its files lie. */
  readonly path: string;
  /** The configuration's `parameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Number of this instance in its model. */
  readonly instance: number;
  /**
   * Asks another model of the server, in the same way as a client. Inputs are handed over.
   * @returns its answer; the first of a decoupled model's
   * @throws Fault that the model or the server answered
   */
  infer(model: string, inputs: readonly Tensor[], options?: CallOptions): Promise<InferResponse>;
  /** The same for a model that gives any number of answers. */
  inferAll(model: string, inputs: readonly Tensor[], options?: CallOptions): Promise<readonly InferResponse[]>;
  /** Whether another model serves. */
  isReady(model: string, version?: string): Promise<boolean>;
  /** Loads another model, where the server lets clients do so. @throws Fault */
  load(model: string): Promise<void>;
  /** Unloads another model, where the server lets clients do so. @throws Fault */
  unload(model: string): Promise<void>;
}

/** What a call to another model may say. */
export interface CallOptions {
  /** '' and the default is the newest. */
  readonly version?: string;
  readonly id?: string;
  readonly outputs?: readonly string[];
  readonly parameters?: ParametersInput;
  readonly sequence?: { readonly id: bigint | string; readonly start?: boolean; readonly end?: boolean };
  readonly signal?: AbortSignal;
}

/**
 * A model written in TypeScript: the default export of `model.ts` (or `.js`) in a version's folder is a class of this form. It lives in a
 * worker thread of its own; what it throws fails the request alone.
 */
export interface ServedModel {
  /** Called once, before the first request. */
  init?(context: ModelContext): void | Promise<void>;
  /** Answers one request. Of `execute` and `executeBatch` one must be there. */
  execute?(request: ModelRequest, context: ModelContext): Executed | Promise<Executed>;
  /** Answers requests that came together, in their order. */
  executeBatch?(requests: readonly ModelRequest[], context: ModelContext): readonly Executed[] | Promise<readonly Executed[]>;
  /** A sequence is over: `end`, `idle`, `restarted`, `cancelled`, `lost` or `unload`. Its state may go. */
  onSequenceEnd?(id: bigint | string, reason: string): void | Promise<void>;
  /** Called once, when the model is unloaded. */
  finalize?(): void | Promise<void>;
}
