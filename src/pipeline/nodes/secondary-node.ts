import { type Frame, didYouMean, fail, toMs } from '../../core/index.js';
import type { ModelDefinition } from '../../models/index.js';
import { type Answer, fit } from '../../vision/index.js';
import type { ModelPool } from '../model-pool.js';
import type { ModelNodeConfig, ObjectsRead } from '../config-nodes.js';
import { rateText } from '../schedule.js';
import { type Answered, type Board, type Draft, NOTHING, type NodeFindings, SKIPPED, type Said } from './board.js';
import { type ChosenObject, type ObjectChoice, chosenObjects, mostUrgent } from './chosen-objects.js';
import { Finder } from './finder.js';
import type { ModelNodeNeeds } from './model-node.js';
import { type PictureDefinition, type PictureModel, loadPictureModel, pictureDefinition } from './picture-model.js';
import type { GraphNode, StreamNode } from './port.js';
import { type Wording, questionsOfEach, sayingOf } from './sayings.js';
import { smoothed } from './smooth.js';
import { TrackLooks } from './track-looks.js';

/** Which objects of which node. */
interface Looking {
  readonly node: string;
  readonly read: string;
  readonly choice: ObjectChoice;
  /** Most crops of a frame. */
  readonly limit: number;
}

/** Asks a model about parts of frames. */
class CropReader {
  constructor(
    readonly node: string,
    readonly eye: PictureModel,
  ) {}

  async ask(frame: Frame, { crop }: ChosenObject, signal: AbortSignal): Promise<Answered> {
    const placed = fit(frame.size, this.eye.picture.fit, crop);
    const data = await frame.picture(placed.request, this.eye.buffer);
    const { answers } = await this.eye.infer(data, signal);
    return { answer: answers[0] ?? fail('INTERNAL', `node ${this.node}: the model answered nothing`), fit: placed };
  }
}

/** Waits for all, whatever becomes of one: models may still read the frame's memory. @throws the first failure by place */
async function everyOne<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** Looks at objects as they come: the ground of nodes that remember nothing. */
abstract class ObjectLooks implements StreamNode {
  constructor(
    readonly looking: Looking,
    readonly reader: CropReader,
  ) {}

  async look({ frame, of, due }: Board, signal: AbortSignal): Promise<NodeFindings> {
    const { node, read, choice, limit } = this.looking;
    if (!due(node)) return SKIPPED;
    const { objects, inferred } = of(read);
    const chosen = mostUrgent(chosenObjects(objects, choice, frame.size), limit);
    if (chosen.length === 0) return { ...SKIPPED, inferred };
    const answers = await everyOne(chosen.map((object) => this.reader.ask(frame, object, signal)));
    return this.findings(chosen, answers, frame);
  }

  protected abstract findings(chosen: readonly ChosenObject[], answers: readonly Answered[], frame: Frame): NodeFindings;
}

/** Finds objects in objects. */
class ObjectFinder extends ObjectLooks {
  constructor(
    looking: Looking,
    reader: CropReader,
    readonly finder: Finder,
  ) {
    super(looking, reader);
  }

  protected findings(chosen: readonly ChosenObject[], answers: readonly Answered[], { size }: Frame): NodeFindings {
    const strong: Draft[] = [];
    const weak: Draft[] = [];
    answers.forEach(({ answer, fit }, at) => {
      if (answer.kind === 'detections') this.finder.collect(answer, size, fit, { strong, weak }, chosen[at]!.draft);
    });
    return { inferred: true, objects: strong, made: strong, weak };
  }
}

/** Says things of objects. */
class ObjectDescriber extends ObjectLooks {
  constructor(
    looking: Looking,
    reader: CropReader,
    readonly wording: Wording,
  ) {
    super(looking, reader);
  }

  protected findings(chosen: readonly ChosenObject[], answers: readonly Answered[]): NodeFindings {
    const said = answers.map((answered, at): Said => ({ of: chosen[at]!.draft, ...sayingOf(answered.answer, this.wording, answered.fit), answered }));
    return { inferred: true, objects: chosen.map(({ draft }) => draft), made: NOTHING, said };
  }
}

/**
 * Says things of objects that are followed, and goes on saying them until it looks again. It begins with the frames of a stream in their order:
 * so looks are decided in that order, while the answers to many may be under way.
 */
class TrackDescriber implements StreamNode {
  constructor(
    readonly looking: Looking,
    readonly reader: CropReader,
    readonly looks: TrackLooks,
  ) {}

  async look({ frame, of, due }: Board, signal: AbortSignal): Promise<NodeFindings> {
    const { node, read, choice } = this.looking;
    const { objects, inferred } = of(read);
    const isDue = due(node);
    const timeMs = toMs(frame.pts);
    this.looks.begin(timeMs, objects.flatMap(({ trackId }) => trackId ?? NOTHING)); // prettier-ignore
    const chosen = chosenObjects(objects, choice, frame.size);
    const asked = new Map<Draft, Promise<Answered>>();
    for (const object of isDue ? this.#due(chosen, frame.number, timeMs) : NOTHING) {
      const answered = this.reader.ask(frame, object, signal);
      asked.set(object.draft, answered);
      this.looks.add(object.draft.trackId!, { frame: frame.number, timeMs, areaPx: object.areaPx }, answered);
    }
    const said = await everyOne(objects.flatMap((draft) => this.#said(draft, asked.get(draft), frame.number)));
    const looked = asked.size > 0 || (inferred && chosen.length === 0 && isDue);
    return { inferred: looked, objects: said.map((each) => each.of), made: NOTHING, said };
  }

  #due(chosen: readonly ChosenObject[], frame: number, timeMs: number): readonly ChosenObject[] {
    const { limit } = this.looking;
    const due = chosen.filter(({ draft, areaPx }) => draft.trackId !== undefined && this.looks.isDue(draft.trackId, { frame, timeMs, areaPx }));
    return mostUrgent(due, limit, ({ draft }) => this.looks.lookedAt(draft.trackId!));
  }

  #said(draft: Draft, asked: Promise<Answered> | undefined, frame: number): Promise<Said>[] {
    const saying = draft.trackId === undefined ? undefined : this.looks.saying(draft.trackId, frame);
    if (!saying) return [];
    return [asked ? Promise.all([saying, asked]).then(([said, answered]) => ({ of: draft, ...said, answered })) : saying.then((said) => ({ of: draft, ...said }))]; // prettier-ignore
  }
}

/** The kinds of answers that stay true while an object moves. */
const LASTING: ReadonlySet<Answer['kind']> = new Set(['classes', 'values', 'text', 'embedding']);
const VERBS: Readonly<Record<Answer['kind'], string>> = {
  detections: 'finds',
  classes: 'tells classes',
  values: 'tells values',
  text: 'reads text',
  landmarks: 'tells points',
  embedding: 'tells embeddings',
  mask: 'tells masks',
};

function checkFits(name: string, config: ModelNodeConfig, { definition, answers }: PictureDefinition): void {
  const wrong = (key: string, why: string): never => fail('CONFIG_INVALID', `nodes.${name}.${key}: ${definition.name} answers ${answers}: ${why}`);
  if (answers !== 'detections' && config.labels) wrong('labels', 'they have no labels to keep; objects are chosen by on.labels');
  if (answers !== 'embedding' && config.embedding) wrong('embedding', 'there is no vector to write');
  for (const key of ['reinferEvery', 'smooth'] as const)
    if (config[key] && !LASTING.has(answers)) wrong(key, 'they lie elsewhere on the next frame and cannot be kept; use everyFrames');
}

function wantedLabels(name: string, wanted: readonly string[] | undefined, read: GraphNode): ReadonlySet<string> | null {
  if (!wanted) return null;
  const known = read.labels ?? NOTHING;
  for (const label of known.length > 0 ? wanted : NOTHING)
    if (!known.includes(label))
      fail('CONFIG_INVALID', `nodes.${name}.on.labels: "${read.name}" gives no object "${label}".${didYouMean(label, known)}`);
  return new Set(wanted);
}

function lookingOf(name: string, on: ObjectsRead, read: GraphNode): Looking {
  const { labels, minSize = { width: 0, height: 0 }, minConfidence, padding, limit = Infinity } = on;
  return { node: name, read: on.objects, choice: { labels: wantedLabels(name, labels, read), minSize, minConfidence, padding }, limit };
}

function summaryOf({ on, labels, reinferEvery, ...rate }: ModelNodeConfig, { definition, answers }: PictureDefinition): string {
  const { objects, labels: of } = on as ObjectsRead;
  const verb = answers === 'detections' ? `finds ${labels?.join(', ') ?? 'objects'}` : VERBS[answers];
  return `${verb} on ${of?.join(', ') ?? 'objects'} of ${objects} with ${definition.name}${rateText(rate)}${reinferEvery ? ', kept for each track' : ''}`;
}

/** What {@link openSecondaryNode} needs to know of the graph. */
export interface SecondaryNeeds extends ModelNodeNeeds {
  /** The node whose objects it looks at. */
  readonly read: GraphNode;
}

/**
 * Loads a model that looks at the objects of another node, each cut out of its frame.
 * @throws Fault as `Engine.load`; CONFIG_INVALID for labels that are not there and for settings that the model's answers do not fit
 */
export async function openSecondaryNode(
  name: string,
  config: ModelNodeConfig & { readonly on: ObjectsRead },
  definition: ModelDefinition,
  pool: ModelPool,
  { read, weakFrom }: SecondaryNeeds,
): Promise<GraphNode> {
  const known = pictureDefinition(name, definition);
  checkFits(name, config, known);
  const { answers, head, labels } = known;
  const looking = lookingOf(name, config.on, read);
  const confidence = config.confidence ?? head.confidence;
  const finder = answers === 'detections' ? new Finder(name, labels, config.labels, confidence) : undefined;
  const eye = await loadPictureModel(config, known, pool, finder ? Math.min(confidence, weakFrom) : confidence);
  const reader = new CropReader(name, eye);
  const wording: Wording = { node: name, each: questionsOfEach(head), embedding: config.embedding };
  return {
    name,
    reads: [config.on.objects],
    ordered: false,
    startsInOrder: remembers(config),
    model: eye.model,
    ...(finder ? { labels: config.labels ?? labels } : {}),
    summary: summaryOf(config, known),
    rate: config,
    open: () => (finder ? new ObjectFinder(looking, reader, finder) : describer(config, looking, reader, wording)),
    [Symbol.asyncDispose]: () => eye[Symbol.asyncDispose](),
  };
}

/** Whether it keeps what it said of an object for the next frames. */
const remembers = ({ reinferEvery, smooth }: Pick<ModelNodeConfig, 'reinferEvery' | 'smooth'>): boolean =>
  reinferEvery !== undefined || smooth !== undefined;

function describer({ reinferEvery, smooth }: ModelNodeConfig, looking: Looking, reader: CropReader, wording: Wording): StreamNode {
  if (!remembers({ reinferEvery, smooth })) return new ObjectDescriber(looking, reader, wording);
  const { by = 'majority', over = 1 } = smooth ?? {};
  const word = (answers: readonly Answer[]) => sayingOf(smoothed(answers, by, wording.each), wording);
  return new TrackDescriber(looking, reader, new TrackLooks(reinferEvery, over, word));
}
