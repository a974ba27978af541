import { fail, type Datatype, type Tensor, type TensorOf } from '../core/index.js';
import type { InferResponse, InferTensor, ParameterValue } from '../wire/index.js';

/** One class of an output that was asked for with `classification`. */
export interface ClassificationRow {
  readonly value: number;
  readonly index: number;
  /** Absent where the model has no labels. */
  readonly label?: string;
}

const decoder = new TextDecoder();

/** What a model answered. Its tensors belong to the caller. */
export class InferResult {
  constructor(readonly response: InferResponse) {}

  /** Name of the model that answered. */
  get model(): string {
    return this.response.modelName;
  }
  /** Version of the model that answered. */
  get version(): string {
    return this.response.modelVersion;
  }
  /** The request's id. */
  get id(): string {
    return this.response.id;
  }
  /** Outputs in the server's order, which is not always that of the request. */
  get outputs(): readonly InferTensor[] {
    return this.response.outputs;
  }
  /** What the model or server says beside the outputs. */
  get parameters(): ReadonlyMap<string, ParameterValue> {
    return this.response.parameters;
  }

  /** An output by name. @throws Fault NOT_FOUND naming those that there are; FAILED_PRECONDITION for one in shared memory; MODEL_MISMATCH when it is not of `datatype` */
  output(name: string): Tensor;
  output<D extends Datatype>(name: string, datatype: D): TensorOf<D>;
  output(name: string, datatype?: Datatype): Tensor {
    const found = this.outputs.find((output) => output.name === name);
    if (!found)
      return fail('NOT_FOUND', `${this.model} gave no output "${name}"; it gave ${this.outputs.map((output) => output.name).join(', ') || 'none'}`);
    if ('shared' in found)
      return fail('FAILED_PRECONDITION', `output "${name}" lies in shared-memory region "${found.shared.region}"; read it there`);
    if (datatype !== undefined && found.datatype !== datatype)
      fail('MODEL_MISMATCH', `output "${name}" of ${this.model} is ${found.datatype}, not ${datatype}`);
    return found;
  }

  /** Elements of a BYTES output as text. @throws Fault as {@link output} */
  texts(name: string): string[] {
    return this.output(name, 'BYTES').data.map((bytes) => decoder.decode(bytes));
  }

  /** Classes of an output that was asked for with `classification`, best first, for each row of the batch. @throws Fault as {@link output}, INPUT_CORRUPT */
  classes(name: string): ClassificationRow[][] {
    const rows = this.texts(name).map((text) => {
      const [value, index, label] =
        /^([^:]*):(\d+)(?::(.*))?$/s.exec(text)?.slice(1) ?? fail('INPUT_CORRUPT', `output "${name}": "${text}" is no class`);
      return { value: Number(value), index: Number(index), ...(label !== undefined && { label }) };
    });
    const width = this.output(name).shape.at(-1) ?? rows.length;
    return Array.from({ length: width === 0 ? 0 : rows.length / width }, (_, row) => rows.slice(row * width, (row + 1) * width));
  }
}
