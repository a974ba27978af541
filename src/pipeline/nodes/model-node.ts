import { type Frame, fail } from '../../core/index.js';
import type { ModelDefinition } from '../../models/index.js';
import { type Fit, fit } from '../../vision/index.js';
import type { ModelPool } from '../model-pool.js';
import type { ModelNodeConfig } from '../config-nodes.js';
import { type Board, type Draft, type NodeFindings, SKIPPED } from './board.js';
import { Finder } from './finder.js';
import { rateText } from '../schedule.js';
import { type PictureModel, loadPictureModel, pictureDefinition } from './picture-model.js';
import type { GraphNode, StreamNode } from './port.js';

/** What the graph asks of a model node beyond its configuration. */
export interface ModelNodeNeeds {
  /** Least confidence that trackers make use of; 1 when nobody follows the objects. */
  readonly weakFrom: number;
}

/** A detector of whole frames, its model taken from the pool. @throws Fault as `Engine.load`; CONFIG_INVALID for labels that the model does not have */
export async function openModelNode(
  name: string,
  config: ModelNodeConfig,
  definition: ModelDefinition,
  pool: ModelPool,
  { weakFrom }: ModelNodeNeeds,
): Promise<GraphNode> {
  const known = pictureDefinition(name, definition);
  const { head, answers, labels } = known;
  if (answers !== 'detections')
    fail(
      'CONFIG_INVALID',
      `nodes.${name}.model: ${definition.name} is no detector: its head "${head.type}" answers ${answers}, not detections. ` +
        'It can look at the objects that a detector finds: write on: { objects: NAME }, with the name of that node',
    );
  const confidence = config.confidence ?? head.confidence;
  const finder = new Finder(name, labels, config.labels, confidence);
  const eye = await loadPictureModel(config, known, pool, Math.min(confidence, weakFrom));
  return {
    name,
    reads: [],
    ordered: false,
    model: eye.model,
    confidence,
    labels: config.labels ?? labels,
    summary: `finds ${config.labels?.join(', ') ?? 'objects'} with ${definition.name}${rateText(config)}`,
    rate: config,
    open: () => new Detector(eye, finder),
    [Symbol.asyncDispose]: () => eye[Symbol.asyncDispose](),
  };
}

class Detector implements StreamNode {
  #fit: { readonly width: number; readonly height: number; readonly fit: Fit } | null = null;

  constructor(
    readonly eye: PictureModel,
    readonly finder: Finder,
  ) {}

  look({ frame, due }: Board, signal: AbortSignal): NodeFindings | Promise<NodeFindings> {
    return due(this.finder.node) ? this.#infer(frame, signal) : SKIPPED;
  }

  async #infer(frame: Frame, signal: AbortSignal): Promise<NodeFindings> {
    const placed = this.#fitOf(frame);
    const data = await frame.picture(placed.request, this.eye.buffer);
    const { answers } = await this.eye.infer(data, signal);
    const strong: Draft[] = [];
    const weak: Draft[] = [];
    const [answer] = answers;
    if (answer?.kind === 'detections') this.finder.collect(answer, frame.size, placed, { strong, weak });
    return { inferred: true, objects: strong, made: strong, weak };
  }

  #fitOf({ size }: Frame): Fit {
    if (this.#fit?.width !== size.width || this.#fit.height !== size.height)
      this.#fit = { width: size.width, height: size.height, fit: fit(size, this.eye.picture.fit) };
    return this.#fit.fit;
  }
}
