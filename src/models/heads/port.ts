import type { Size, Tensor } from '../../core/index.js';
import type { Answer } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';

/** Which head decodes a model's outputs, and its settings; plain data from the catalogue. */
export interface HeadSpec {
  /** A row of `HEADS`. */
  readonly type: string;
  /** Names of the outputs by role, such as `{ loc: 'loc', conf: 'conf', priors: 'priors' }`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Least score kept, 0 to 1. */
  readonly confidence: number;
  /** IoU at which the weaker of two boxes goes, 0 to 1. */
  readonly maximumIou: number;
  /** Keep at most this many. */
  readonly limit: number;
  /** What only this type of head needs; its own schema checks it. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A head made for one model: knows where in the outputs to look. */
export interface Decoder<A extends Answer = Answer> {
  /** Class ids are below this; absent where the outputs do not tell. */
  readonly classes?: number;
  /**
   * What the network says of picture `row` of a batch. Boxes and points are in pixels of the model's picture. `outputs` are those of the whole
   * batch; the answer's arrays are its own memory, never views of them. Thresholds given here win over those of the spec.
   */
  decode(outputs: readonly Tensor[], row: number, thresholds?: Partial<Pick<HeadSpec, 'confidence' | 'maximumIou' | 'limit'>>): A;
}

/** A kind of head. Stateless; one file and one row in `HEADS`. */
export interface Head<A extends Answer = Answer> {
  readonly type: string;
  readonly summary: string;
  /** The kind of every answer, so that whoever needs another kind knows before a model is opened. */
  readonly answers: A['kind'];
  /** @throws Fault MODEL_MISMATCH naming the output, its shape and the shape that fits; CONFIG_INVALID for wrong settings */
  create(head: HeadSpec, model: ModelSpec, picture: Size): Decoder<A>;
}
