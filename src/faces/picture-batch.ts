import { type TensorOf, fail } from '../core/index.js';
import type { LoadedModel } from '../inference/index.js';
import type { PictureInput } from '../models/index.js';
import type { Answer } from '../vision/index.js';

/** Answers of one kind. */
type AnswerOf<K extends Answer['kind']> = Extract<Answer, { readonly kind: K }>;

/** How a model is asked. */
export interface Asking {
  /** Least score kept, 0 to 1; the head's own when absent. */
  readonly confidence?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The picture input of a model. @throws Fault CONFIG_INVALID when it has none */
export function pictureOf({ definition }: LoadedModel): PictureInput {
  return definition.picture ?? fail('CONFIG_INVALID', `${definition.name} takes no picture, so it cannot look at faces`);
}

/**
 * Asks a model about pictures of its size, lying one behind the other in `data`, in one request. Takes `data` over.
 * @throws Fault as `LoadedModel.infer`; MODEL_MISMATCH when the model answers another kind
 */
export async function askPictures<K extends Answer['kind']>(
  model: LoadedModel,
  data: Uint8Array,
  count: number,
  kind: K,
  { confidence, signal }: Asking = {},
): Promise<AnswerOf<K>[]> {
  const { input, fit } = pictureOf(model);
  const channels = fit.order === 'gray' ? 1 : 3;
  const { width, height } = fit.size;
  const shape = fit.layout === 'planar' ? [count, channels, height, width] : [count, height, width, channels];
  const tensor: TensorOf<'UINT8'> = { name: input, datatype: 'UINT8', shape, data };
  const thresholds = confidence === undefined ? {} : { thresholds: { confidence } };
  const { answers } = await model.infer({ inputs: [tensor], answer: 'decoded', ...thresholds, ...(signal ? { signal } : {}) });
  return answers.map((answer) =>
    answer.kind === kind ? (answer as AnswerOf<K>) : fail('MODEL_MISMATCH', `${model.definition.name} answers ${answer.kind}; ${kind} are needed`),
  );
}
