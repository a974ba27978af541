import { type Frame, type ObjectMeta, type TensorOf, didYouMean, fail } from '../core/index.js';
import type { Engine, LoadedModel } from '../inference/index.js';
import { type ModelDefinition, type PictureInput, findHead } from '../models/index.js';
import { type Detections, type Fit, clip, fit, unfit } from '../vision/index.js';
import type { NodeConfig } from './config.js';

/** An object before the frame gives it its id. */
export type FoundObject = Omit<ObjectMeta, 'id' | 'trackId' | 'parentId'>;

/** A node that looks at whole frames. */
export interface FrameNode extends AsyncDisposable {
  readonly name: string;
  readonly model: LoadedModel;
  /** Borrows the frame until it settles. */
  look(frame: Frame, signal: AbortSignal): Promise<readonly FoundObject[]>;
}

function wantedClasses(name: string, known: readonly string[], wanted: readonly string[] | undefined): ReadonlySet<number> | null {
  if (!wanted) return null;
  const ids = wanted.map((label) => {
    const id = known.indexOf(label);
    return id >= 0 ? id : fail('CONFIG_INVALID', `nodes.${name}.labels: the model has no label "${label}".${didYouMean(label, known)}`);
  });
  return new Set(ids);
}

const shapeOf = ({ fit: { size, order, layout } }: PictureInput): readonly number[] => {
  const channels = order === 'gray' ? 1 : 3;
  return layout === 'planar' ? [1, channels, size.height, size.width] : [1, size.height, size.width, channels];
};

const thresholdsOf = ({ confidence, maximumIou, limit }: NodeConfig): Partial<Record<'confidence' | 'maximumIou' | 'limit', number>> => ({
  ...(confidence === undefined ? {} : { confidence }),
  ...(maximumIou === undefined ? {} : { maximumIou }),
  ...(limit === undefined ? {} : { limit }),
});

const hostOf = ({ placement, instances, maxBatch, maxDelayMs }: NodeConfig) => ({
  placement,
  answersInPairs: true,
  maxBatch,
  maxDelayMs,
  ...(instances === undefined ? {} : { instances }),
});

/** Loads a detector into the engine. @throws Fault as `Engine.load`; CONFIG_INVALID for labels that the model does not have */
export async function openDetectorNode(name: string, config: NodeConfig, definition: ModelDefinition, engine: Engine): Promise<FrameNode> {
  const { picture, head, labels = [] } = definition;
  if (!picture || !head) return fail('CONFIG_INVALID', `nodes.${name}.model: ${definition.name} is no detector: it has no picture input or no head`);
  const { answers } = findHead(head);
  if (answers !== 'detections')
    fail('CONFIG_INVALID', `nodes.${name}.model: ${definition.name} is no detector: its head "${head.type}" answers ${answers}, not detections`);
  const wanted = wantedClasses(name, labels, config.labels);
  const options = { providers: config.providers, threads: config.threads };
  const model = await engine.load({ ...definition, options }, hostOf(config));
  return new DetectorNode(name, model, picture, labels, wanted, thresholdsOf(config));
}

const NO_ATTRIBUTES: readonly never[] = Object.freeze([]);

class DetectorNode implements FrameNode {
  readonly #shape: readonly number[];
  readonly #buffer = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(this.model.buffers.take(bytes));
  #fit: { readonly width: number; readonly height: number; readonly fit: Fit } | null = null;

  constructor(
    readonly name: string,
    readonly model: LoadedModel,
    readonly picture: PictureInput,
    readonly labels: readonly string[],
    readonly wanted: ReadonlySet<number> | null,
    readonly thresholds: Partial<Record<'confidence' | 'maximumIou' | 'limit', number>>,
  ) {
    this.#shape = shapeOf(picture);
  }

  async look(frame: Frame, signal: AbortSignal): Promise<readonly FoundObject[]> {
    const placed = this.#fitOf(frame);
    const data = await frame.picture(placed.request, this.#buffer);
    const tensor: TensorOf<'UINT8'> = { name: this.picture.input, datatype: 'UINT8', shape: this.#shape, data };
    const { answers } = await this.model.infer({ inputs: [tensor], answer: 'decoded', thresholds: this.thresholds, signal });
    return answers[0]?.kind === 'detections' ? this.#objects(answers[0], frame, placed) : [];
  }

  #fitOf({ size }: Frame): Fit {
    if (this.#fit?.width !== size.width || this.#fit.height !== size.height)
      this.#fit = { width: size.width, height: size.height, fit: fit(size, this.picture.fit) };
    return this.#fit.fit;
  }

  #objects({ boxes, scores, classIds }: Detections, frame: Frame, placed: Fit): FoundObject[] {
    const found: FoundObject[] = [];
    for (let row = 0; row < scores.length; row++) {
      const classId = classIds[row]!;
      if (this.wanted && !this.wanted.has(classId)) continue;
      const at = row * 4;
      const seen = { x1: boxes[at]!, y1: boxes[at + 1]!, x2: boxes[at + 2]!, y2: boxes[at + 3]! };
      const box = clip(unfit(seen, placed), frame.size);
      if (box.x2 <= box.x1 || box.y2 <= box.y1) continue;
      const label = this.labels[classId] ?? `class ${classId}`;
      found.push({ node: this.name, label, classId, confidence: scores[row]!, box, attributes: NO_ATTRIBUTES });
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
  }
}
