import { availableParallelism } from 'node:os';
import { type TensorOf, fail } from '../../core/index.js';
import type { HostOptions, InferenceResponse, LoadedModel } from '../../inference/index.js';
import { type Head, type HeadSpec, type ModelDefinition, type PictureInput, findHead, isRemote } from '../../models/index.js';
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

/** Most crops in one run: objects come several at a time, and a run of a small network costs little more than its hand-over. */
const CROPS_A_RUN = 8;

/** Connections to a server: while one waits for its answer, others carry requests. */
const REMOTE_INSTANCES = 4;

/** How the engine is to host the model. Objects are looked at together, by fewer copies: many copies share them out and wake up for each. */
function hostOf({ on, instances, maxBatch, maxDelayMs, ...config }: ModelNodeConfig, definition: ModelDefinition): HostOptions {
  const remote = isRemote(definition);
  const objects = on !== 'frame' && !remote;
  const placement = config.placement ?? (remote ? 'inline' : 'thread');
  const usual = remote ? REMOTE_INSTANCES : objects && placement !== 'inline' ? Math.max(1, availableParallelism() >> 1) : undefined;
  const copies = instances ?? usual;
  return {
    placement,
    maxBatch: maxBatch ?? (objects ? CROPS_A_RUN : 1),
    maxDelayMs,
    ...(copies === undefined ? {} : { instances: copies }),
  };
}

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
  const lease = await pool.lease({ ...definition, options }, hostOf(config, definition));
  return new PictureModel(lease, picture, thresholdsOf(config, confidence));
}
