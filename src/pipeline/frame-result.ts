import { type EventMeta, Frame, type FrameMeta, type ObjectMeta } from '../core/index.js';
import type { RgbImage } from '../media/index.js';
import type { Shape } from '../vision/index.js';
import { copiedImage, imageFrame } from './image-frame.js';
import type { Answered, LineState } from './nodes/board.js';

const NONE: readonly never[] = Object.freeze([]);

/** What a model answered of one object, whole: the mask, the vector, all scores. Its arrays are shared; they are not to be changed. */
export interface ObjectAnswer extends Answered {
  readonly object: ObjectMeta;
}

/** How findings are looked up by the name of the node. */
export interface FindingsByNode {
  /** Objects that it gives. */
  count(node: string): number;
  /** Whether the node looked at the frame or gives objects on it. */
  said(node: string): boolean;
  objects(node: string): readonly ObjectMeta[];
  answers(node: string): readonly ObjectAnswer[];
  value(node: string): unknown;
}

/** How outputs are to show a frame. */
export interface ShownFrame {
  /** Drawn above everything else, in pixels of the displayed frame. */
  readonly shapes?: readonly Shape[];
  /** Shown in place of the frame; taken over. */
  readonly replaced?: Frame;
}

/** What the pipeline found on one frame, with the frame. Whoever pulls it closes it (`using` does). `N` names the pipeline's nodes. */
export class FrameResult<N extends string = string> implements Disposable {
  readonly #read: FindingsByNode;
  #shapes: readonly Shape[];
  #replaced: Frame | undefined;

  constructor(
    readonly frame: Frame,
    readonly meta: FrameMeta,
    read: FindingsByNode,
    /** What happened on this frame, such as a line that was crossed. */
    readonly events: readonly EventMeta[] = NONE,
    /** Watched lines with their counts up to this frame. */
    readonly lines: readonly LineState[] = NONE,
    { shapes = NONE, replaced }: ShownFrame = {},
  ) {
    this.#read = read;
    this.#shapes = shapes;
    this.#replaced = replaced;
  }

  /** Objects of every node. */
  get objects(): readonly ObjectMeta[] {
    return this.meta.objects;
  }

  /** Objects that one node gives: those it found, of a tracker those it follows, of a model that describes objects those it has described. */
  of(node: N): readonly ObjectMeta[] {
    return this.#read.objects(node);
  }

  /** How many those are. */
  count(node: N): number {
    return this.#read.count(node);
  }

  /** What a model that describes objects answered on this very frame; empty for one that finds objects. */
  answers(node: N): readonly ObjectAnswer[] {
    return this.#read.answers(node);
  }

  /**
   * The value that an algorithm of one's own gave; undefined where it did not run, failed or gave nothing. With `wait: false` it may come from an
   * earlier frame, which `meta.valueFrames` names. What type it is, is the caller's word.
   */
  value<Result = unknown>(node: N): Result | undefined {
    return this.#read.value(node) as Result | undefined;
  }

  /** What is drawn on the frame beside what was found, in pixels of the displayed frame. */
  get shapes(): readonly Shape[] {
    return this.#shapes;
  }

  /** The frame as outputs show it: what it was replaced by, or itself. Borrowed, as `frame`. */
  get shown(): Frame {
    return this.#replaced ?? this.frame;
  }

  /** Has outputs draw these too. To be called in `onResult`: results that are pulled have been written. */
  draw(...shapes: readonly Shape[]): void {
    this.#shapes = [...this.#shapes, ...shapes];
  }

  /** Has outputs show this in place of the frame; a `Frame` is taken over, the bytes of an image are copied. To be called in `onResult`. @throws Fault INVALID_ARGUMENT for bytes that are not of the size */
  replace(picture: Frame | RgbImage): void {
    const replaced = picture instanceof Frame ? picture : imageFrame(copiedImage(picture), this.frame, 'onResult');
    this.#replaced?.close();
    this.#replaced = replaced;
  }

  /** Whether the node has anything to say of this frame: it looked at it, or gives objects on it, as a tracker does between looks. */
  said(node: N): boolean {
    return this.#read.said(node);
  }

  /** Gives the frame back. */
  [Symbol.dispose](): void {
    this.#replaced?.close();
    this.frame.close();
  }
}
