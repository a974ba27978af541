import { type Frame, type TensorOf, didYouMean, fail } from '../../core/index.js';
import type { Engine, LoadedModel } from '../../inference/index.js';
import { type ModelDefinition, type PictureInput, findHead } from '../../models/index.js';
import { type Detections, type Fit, clip, fit, unfit } from '../../vision/index.js';
import type { ModelNodeConfig } from '../config-nodes.js';
import { type Board, type Draft, NOTHING, type NodeFindings } from './board.js';
import type { GraphNode, StreamNode } from './port.js';

/** Labels told where none comes near the one that was asked for. */
const MOST_TOLD = 20;

function unknownLabel(name: string, label: string, known: readonly string[]): never {
  const told = ` It has: ${known.slice(0, MOST_TOLD).join(', ')}${known.length > MOST_TOLD ? `, and ${known.length - MOST_TOLD} more` : ''}`;
  return fail('CONFIG_INVALID', `nodes.${name}.labels: the model has no label "${label}".${didYouMean(label, known) || told}`);
}

function wantedClasses(name: string, known: readonly string[], wanted: readonly string[] | undefined): ReadonlySet<number> | null {
  if (!wanted) return null;
  const ids = wanted.map((label) => {
    const id = known.indexOf(label);
    return id >= 0 ? id : unknownLabel(name, label, known);
  });
  return new Set(ids);
}

const shapeOf = ({ fit: { size, order, layout } }: PictureInput): readonly number[] => {
  const channels = order === 'gray' ? 1 : 3;
  return layout === 'planar' ? [1, channels, size.height, size.width] : [1, size.height, size.width, channels];
};

interface Thresholds {
  /** Least score that the head keeps: no higher than what is reported. */
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

/** What the graph asks of a model node beyond its configuration. */
export interface ModelNodeNeeds {
  /** Least confidence that trackers make use of; 1 when nobody follows the objects. */
  readonly weakFrom: number;
}

/** Loads a detector into the engine. @throws Fault as `Engine.load`; CONFIG_INVALID for labels that the model does not have */
export async function openModelNode(
  name: string,
  config: ModelNodeConfig,
  definition: ModelDefinition,
  engine: Engine,
  { weakFrom }: ModelNodeNeeds,
): Promise<GraphNode> {
  const { picture, head, labels = [] } = definition;
  if (!picture || !head) return fail('CONFIG_INVALID', `nodes.${name}.model: ${definition.name} is no detector: it has no picture input or no head`);
  const { answers } = findHead(head);
  if (answers !== 'detections')
    fail('CONFIG_INVALID', `nodes.${name}.model: ${definition.name} is no detector: its head "${head.type}" answers ${answers}, not detections`);
  const wanted = wantedClasses(name, labels, config.labels);
  const confidence = config.confidence ?? head.confidence;
  const thresholds = thresholdsOf(config, Math.min(confidence, weakFrom));
  const options = { providers: config.providers, threads: config.threads };
  const model = await engine.load({ ...definition, options }, hostOf(config));
  const every = config.everyFrames === 1 ? '' : ` on every ${config.everyFrames}. frame`;
  return {
    name,
    reads: [],
    ordered: false,
    model,
    summary: `finds ${config.labels?.join(', ') ?? 'objects'} with ${definition.name}${every}`,
    open: () => new Detector(name, model, picture, labels, wanted, thresholds, confidence, config.everyFrames),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

const SKIPPED: NodeFindings = Object.freeze({ inferred: false, objects: NOTHING, made: NOTHING });

class Detector implements StreamNode {
  readonly #shape: readonly number[];
  readonly #buffer = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(this.model.buffers.take(bytes));
  #fit: { readonly width: number; readonly height: number; readonly fit: Fit } | null = null;

  constructor(
    readonly name: string,
    readonly model: LoadedModel,
    readonly picture: PictureInput,
    readonly labels: readonly string[],
    readonly wanted: ReadonlySet<number> | null,
    readonly thresholds: Thresholds,
    readonly confidence: number,
    readonly everyFrames: number,
  ) {
    this.#shape = shapeOf(picture);
  }

  look({ frame }: Board, signal: AbortSignal): NodeFindings | Promise<NodeFindings> {
    return frame.number % this.everyFrames === 0 ? this.#infer(frame, signal) : SKIPPED;
  }

  async #infer(frame: Frame, signal: AbortSignal): Promise<NodeFindings> {
    const placed = this.#fitOf(frame);
    const data = await frame.picture(placed.request, this.#buffer);
    const tensor: TensorOf<'UINT8'> = { name: this.picture.input, datatype: 'UINT8', shape: this.#shape, data };
    const { answers } = await this.model.infer({ inputs: [tensor], answer: 'decoded', thresholds: this.thresholds, signal });
    const strong: Draft[] = [];
    const weak: Draft[] = [];
    const [answer] = answers;
    if (answer?.kind === 'detections') this.#collect(answer, frame, placed, strong, weak);
    return { inferred: true, objects: strong, made: strong, weak };
  }

  #fitOf({ size }: Frame): Fit {
    if (this.#fit?.width !== size.width || this.#fit.height !== size.height)
      this.#fit = { width: size.width, height: size.height, fit: fit(size, this.picture.fit) };
    return this.#fit.fit;
  }

  #collect({ boxes, scores, classIds }: Detections, frame: Frame, placed: Fit, strong: Draft[], weak: Draft[]): void {
    for (let row = 0; row < scores.length; row++) {
      const classId = classIds[row]!;
      if (this.wanted && !this.wanted.has(classId)) continue;
      const at = row * 4;
      const seen = { x1: boxes[at]!, y1: boxes[at + 1]!, x2: boxes[at + 2]!, y2: boxes[at + 3]! };
      const box = clip(unfit(seen, placed), frame.size);
      if (box.x2 <= box.x1 || box.y2 <= box.y1) continue;
      const label = this.labels[classId] ?? `class ${classId}`;
      const confidence = scores[row]!;
      const draft = { node: this.name, label, classId, confidence, box, attributes: NOTHING };
      (confidence >= this.confidence ? strong : weak).push(draft);
    }
  }
}
