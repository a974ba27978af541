import { type TensorOf, fail } from '../../core/index.js';
import type { InferenceResponse, LoadedModel } from '../../inference/index.js';
import { type Head, type HeadSpec, type ModelDefinition, type PictureInput, findHead } from '../../models/index.js';
import type { ModelNodeConfig } from '../config-nodes.js';
import type { ModelLease, ModelPool } from '../model-pool.js';

/** What a node needs of a definition: how the picture is made, and what is answered. */
export interface PictureDefinition {
  readonly definition: ModelDefinition;
  readonly picture: PictureInput;
  readonly head: HeadSpec;
  readonly answers: Head['answers'];
  readonly labels: readonly string[];
}

/** Reads a definition. @throws Fault CONFIG_INVALID for one that takes no picture or has no head */
export function pictureDefinition(node: string, definition: ModelDefinition): PictureDefinition {
  const { name, picture, head, labels = [] } = definition;
  if (!picture || !head) return fail('CONFIG_INVALID', `nodes.${node}.model: ${name} cannot look at pictures: it has no picture input or no head`);
  return { definition, picture, head, answers: findHead(head).answers, labels };
}

const shapeOf = ({ fit: { size, order, layout } }: PictureInput): readonly number[] => {
  const channels = order === 'gray' ? 1 : 3;
  return layout === 'planar' ? [1, channels, size.height, size.width] : [1, size.height, size.width, channels];
};

interface Thresholds {
  readonly confidence: number;
  readonly maximumIou?: number;
  readonly limit?: number;
}

const thresholdsOf = ({ maximumIou, limit }: ModelNodeConfig, confidence: number): Thresholds => ({
  confidence,
  ...(maximumIou === undefined ? {} : { maximumIou }),
  ...(limit === undefined ? {} : { limit }),
});

const hostOf = ({ placement, instances, maxBatch, maxDelayMs }: ModelNodeConfig) => ({
  placement,
  answersInPairs: true,
  maxBatch,
  maxDelayMs,
  ...(instances === undefined ? {} : { instances }),
});

/** A model at work on pictures of frames and of parts of them. */
export class PictureModel implements AsyncDisposable {
  readonly #shape: readonly number[];
  /** Memory for a picture; it goes back to the model by itself. */
  readonly buffer = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(this.model.buffers.take(bytes));

  readonly model: LoadedModel;

  constructor(
    readonly lease: ModelLease,
    readonly picture: PictureInput,
    readonly thresholds: Thresholds,
  ) {
    this.model = lease.model;
    this.#shape = shapeOf(picture);
  }

  /** What the head makes of one picture of the model's size. Takes `data` over. @throws Fault as `LoadedModel.infer` */
  infer(data: Uint8Array, signal: AbortSignal): Promise<InferenceResponse> {
    const tensor: TensorOf<'UINT8'> = { name: this.picture.input, datatype: 'UINT8', shape: this.#shape, data };
    return this.model.infer({ inputs: [tensor], answer: 'decoded', thresholds: this.thresholds, signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lease.release();
  }
}

/** Takes a model from the pool; its head keeps what reaches `confidence`. @throws Fault as `Engine.load` */
export async function loadPictureModel(
  config: ModelNodeConfig,
  { definition, picture }: PictureDefinition,
  pool: ModelPool,
  confidence: number,
): Promise<PictureModel> {
  const options = { providers: config.providers, threads: config.threads };
  const lease = await pool.lease({ ...definition, options }, hostOf(config));
  return new PictureModel(lease, picture, thresholdsOf(config, confidence));
}
