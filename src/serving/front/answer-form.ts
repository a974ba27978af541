import type { Datatype, Tensor } from '../../core/index.js';
import { bytesOfTensor, type InferResponse, type InferTensor } from '../../wire/index.js';

/** All that an answer says but for the values of its outputs. */
export interface AnswerForm {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly outputs: readonly { readonly name: string; readonly datatype: Datatype; readonly shape: readonly number[]; readonly sizeBytes: number }[];
}

/** Whether an answer says no more than its form and values: no id, no parameters, nothing in shared memory. */
export function isPlain({ id, parameters, outputs }: InferResponse): boolean {
  return id === '' && parameters.size === 0 && outputs.length > 0 && outputs.every((output) => 'data' in output);
}

/** The values of outputs that are all in the answer, as bytes. */
export const bytesOfOutputs = (outputs: readonly InferTensor[]): Uint8Array[] => (outputs as readonly Tensor[]).map(bytesOfTensor);

/** The form of a plain answer. @param bytes of its outputs */
export const formOf = ({ modelName, modelVersion, outputs }: InferResponse, bytes: readonly Uint8Array[]): AnswerForm => ({
  modelName,
  modelVersion,
  outputs: outputs.map(({ name, datatype, shape }, i) => ({ name, datatype, shape: [...shape], sizeBytes: bytes[i]!.byteLength })),
});

/** Whether a plain answer has the form. */
export function hasForm({ modelName, modelVersion, outputs }: InferResponse, bytes: readonly Uint8Array[], form: AnswerForm): boolean {
  if (form.modelName !== modelName || form.modelVersion !== modelVersion || form.outputs.length !== outputs.length) return false;
  for (let i = 0; i < outputs.length; i++) {
    const { name, datatype, shape } = outputs[i]!;
    const known = form.outputs[i]!;
    if (known.name !== name || known.datatype !== datatype || known.sizeBytes !== bytes[i]!.byteLength || known.shape.length !== shape.length)
      return false;
    for (let axis = 0; axis < shape.length; axis++) if (known.shape[axis] !== shape[axis]) return false;
  }
  return true;
}
