import type { Datatype, Tensor } from '../core/index.js';

/** The value of a request's or response's parameter: a bigint is an integer (64 bit), a number a double. */
export type ParameterValue = boolean | bigint | number | string;

/** Parameters by name, in the order in which they came. */
export type Parameters = ReadonlyMap<string, ParameterValue>;

/** A piece of a registered shared-memory region. */
export interface SharedRange {
  readonly region: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A tensor whose bytes lie in shared memory; of an output, datatype and shape are known in a response only. */
export interface SharedTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly shared: SharedRange;
}

/** A tensor with its data, or one that lies in shared memory (`'shared' in tensor` tells them apart). */
export type InferTensor = Tensor | SharedTensor;

/** An output that a request asks for. Without any, a model gives all of its outputs. */
export interface RequestedOutput {
  readonly name: string;
  /** Over HTTP: as bytes after the JSON. Over gRPC outputs are always bytes. */
  readonly binary: boolean;
  /** Give the best so many classes as text instead of the values; 0 is the values. */
  readonly classification: number;
  /** Where to write it, instead of sending it. */
  readonly shared?: SharedRange;
}

/** What a request says to the scheduler. */
export interface InferControls {
  /** Absent, 0 or '' is no sequence. */
  readonly sequenceId?: bigint | string;
  readonly sequenceStart: boolean;
  readonly sequenceEnd: boolean;
  /** 1 is the highest, 0 the model's default. */
  readonly priority: bigint;
  /** How long it may wait; 0 is the model's default. */
  readonly timeoutMicroseconds: bigint;
  /** A decoupled model's stream is closed by an empty response. gRPC only. */
  readonly emptyFinalResponse: boolean;
}

/** An inference request, as both protocols carry it. Tensors are views of the message where alignment allows. */
export interface InferRequest {
  readonly modelName: string;
  /** '' leaves the choice to the model's version policy. */
  readonly modelVersion: string;
  /** '' when the client gave none. */
  readonly id: string;
  readonly controls: InferControls;
  /** The client's own parameters, without those that `controls` holds. */
  readonly parameters: Parameters;
  readonly inputs: readonly InferTensor[];
  readonly outputs: readonly RequestedOutput[];
  /** Over HTTP: whether outputs that are not listed in `outputs` go as bytes. */
  readonly binaryOutput: boolean;
  /** The whole body of a raw HTTP request: the bytes of the model's one input; `inputs` is empty then. */
  readonly rawInput?: Uint8Array;
}

/** An inference response, as both protocols carry it. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly outputs: readonly InferTensor[];
}

/** Controls of a request that says nothing to the scheduler. */
export const NO_CONTROLS: InferControls = Object.freeze({
  sequenceStart: false,
  sequenceEnd: false,
  priority: 0n,
  timeoutMicroseconds: 0n,
  emptyFinalResponse: false,
});

/** A request with what it must say; all else is absent. */
export function inferRequest(request: Pick<InferRequest, 'modelName'> & Partial<InferRequest>): InferRequest {
  return { modelVersion: '', id: '', controls: NO_CONTROLS, parameters: new Map(), inputs: [], outputs: [], binaryOutput: true, ...request };
}
