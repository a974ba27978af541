import { Frame, fail } from '../../core/index.js';
import type { RgbImage } from '../../media/index.js';
import type { Shape } from '../../vision/index.js';
import { copiedImage } from '../image-frame.js';
import type { AlgorithmContext, AlgorithmObject, NewObject, RunContext, SaidAttribute } from './algorithm.js';

/** What a run said of the newest object at place `at`. */
export interface ObjectNote {
  readonly at: number;
  readonly attributes: readonly SaidAttribute[];
}

/** What a run did to its frame beside giving a result. */
export interface RunNotes {
  readonly added: readonly NewObject[];
  readonly said: readonly ObjectNote[];
  readonly shapes: readonly Shape[];
  /** A frame belongs to whoever has the notes. */
  readonly replaced?: Frame | RgbImage;
}

/** Gives a frame among the notes back. */
export function discardNotes({ replaced }: RunNotes): void {
  if (replaced instanceof Frame) replaced.close();
}

const KINDS: readonly Shape['kind'][] = ['box', 'path', 'dots', 'text'];

function checkObject({ label, box, confidence = 1, classId = 0 }: NewObject): void {
  if (typeof label !== 'string' || label === '') fail('INVALID_ARGUMENT', 'add: an object needs a label');
  const { x1, y1, x2, y2 } = box;
  if (![x1, y1, x2, y2].every(Number.isFinite) || x2 <= x1 || y2 <= y1)
    fail('INVALID_ARGUMENT', `add: the box of ${label} must have x1 < x2 and y1 < y2 in pixels, got ${x1}, ${y1}, ${x2}, ${y2}`);
  if (!(confidence >= 0 && confidence <= 1)) fail('INVALID_ARGUMENT', `add: the confidence of ${label} must be from 0 to 1, got ${confidence}`);
  if (!Number.isInteger(classId) || classId < 0)
    fail('INVALID_ARGUMENT', `add: the classId of ${label} must be a whole number from 0, got ${classId}`);
}

function checkedAttributes(call: string, attributes: readonly SaidAttribute[]): readonly SaidAttribute[] {
  return attributes.map(({ name, value, confidence }) => {
    if (typeof name !== 'string' || name === '') fail('INVALID_ARGUMENT', `${call}: an attribute needs a name`);
    if (typeof value !== 'string' && !Number.isFinite(value))
      fail('INVALID_ARGUMENT', `${call}: the value of ${name} must be a text or a finite number`);
    if (confidence === undefined) return { name, value };
    if (!(confidence >= 0 && confidence <= 1)) fail('INVALID_ARGUMENT', `${call}: the confidence of ${name} must be from 0 to 1, got ${confidence}`);
    return { name, value, confidence };
  });
}

const isList = (attributes: Parameters<RunContext['say']>[1]): attributes is readonly SaidAttribute[] => Array.isArray(attributes);

/** The context of one run: takes notes until it is closed. */
export class NoteTaker implements RunContext {
  readonly #context: AlgorithmContext;
  readonly #newest: readonly AlgorithmObject[];
  readonly #frameHasGone: boolean;
  readonly #added: NewObject[] = [];
  readonly #said: ObjectNote[] = [];
  readonly #shapes: Shape[] = [];
  #replaced: Frame | RgbImage | undefined;
  #closed = false;

  constructor(
    context: AlgorithmContext,
    readonly signal: AbortSignal,
    newest: readonly AlgorithmObject[],
    /** Whether the frame goes on without waiting for the run. */
    frameHasGone: boolean,
  ) {
    this.#context = context;
    this.#newest = newest;
    this.#frameHasGone = frameHasGone;
  }

  get stream(): string {
    return this.#context.stream;
  }
  get node(): string {
    return this.#context.node;
  }
  get log(): AlgorithmContext['log'] {
    return this.#context.log;
  }

  add(object: NewObject): void {
    this.#checkFrame('add');
    checkObject(object);
    const { label, box, confidence = 1, classId = 0, attributes = [] } = object;
    this.#added.push({ label, box: { ...box }, confidence, classId, attributes: checkedAttributes('add', attributes) });
  }

  say(object: AlgorithmObject, attributes: Parameters<RunContext['say']>[1]): void {
    this.#checkFrame('say');
    const at = this.#newest.indexOf(object);
    if (at < 0) fail('INVALID_ARGUMENT', "say: something can be said of the newest frame's objects only, as they stand in frames.at(-1).objects");
    const list = isList(attributes) ? attributes : Object.entries(attributes).map(([name, value]) => ({ name, value }));
    this.#said.push({ at, attributes: checkedAttributes('say', list) });
  }

  draw(...shapes: readonly Shape[]): void {
    this.#checkOpen('draw');
    for (const { kind } of shapes)
      if (!KINDS.includes(kind)) fail('INVALID_ARGUMENT', `draw: there is no shape "${kind}". There are: ${KINDS.join(', ')}`);
    this.#shapes.push(...shapes);
  }

  replace(picture: Frame | RgbImage): void {
    this.#checkFrame('replace');
    // What is borrowed in a run is used again after it.
    const replaced = picture instanceof Frame ? picture : copiedImage(picture);
    if (this.#replaced instanceof Frame) this.#replaced.close();
    this.#replaced = replaced;
  }

  /** Ends note-taking. */
  close(): RunNotes {
    this.#closed = true;
    const notes = { added: this.#added, said: this.#said, shapes: this.#shapes };
    return this.#replaced ? { ...notes, replaced: this.#replaced } : notes;
  }

  #checkOpen(call: string): void {
    if (this.#closed) fail('FAILED_PRECONDITION', `${call}: the run is over; call it before run settles`);
  }

  #checkFrame(call: string): void {
    this.#checkOpen(call);
    if (this.#frameHasGone) fail('FAILED_PRECONDITION', `${call}: with wait: false the frame has gone on; only draw works, on a later frame`);
  }
}
