import { type Frame, type FrameMeta, type Size, fail } from '../../../core/index.js';
import type { Composer } from '../../../media/index.js';
import type { Shape } from '../../../vision/index.js';
import type { DrawConfig } from '../../config-outputs.js';
import type { FrameResult } from '../../frame-result.js';
import type { LineState } from '../../nodes/board.js';
import { StreamDrawing } from '../stream-drawing.js';

/** What the picture of a stream is made with. */
export interface StreamPictureMaterial {
  readonly draw: DrawConfig;
  readonly maxWidth: number;
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** Used, and not closed. */
  readonly composer: Composer;
}

interface Shown {
  readonly frame: Frame;
  readonly meta: FrameMeta;
  readonly lines: readonly LineState[];
  /** What algorithms and the caller draw. */
  readonly shapes: readonly Shape[];
  drawn?: readonly Shape[];
}

/** The size at which a picture is looked at: not wider than wanted, in even numbers. */
export function shownSize({ width, height }: Size, maxWidth: number): Size {
  const scale = Math.min(1, maxWidth / width);
  const even = (side: number): number => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}

/** The newest picture of one stream; holds its frame. */
export class StreamPicture implements Disposable {
  readonly #drawing: StreamDrawing;
  #shown: Shown | undefined;

  constructor(readonly material: StreamPictureMaterial) {
    this.#drawing = new StreamDrawing(material.draw, material.followed);
  }

  /** Takes a share of the result's frame. While somebody watches, each result leaves its mark on the trails, also where its picture is never made. */
  show({ shown, meta, lines, shapes }: FrameResult, isWatched: boolean): void {
    this.#shown?.frame.close();
    this.#shown = { frame: shown.retain('live'), meta, lines, shapes };
    if (isWatched) this.#shapes(this.#shown);
  }

  /** The picture of now, drawn on; it is the caller's. */
  async compose(): Promise<Frame> {
    const shown = this.#shown ?? fail('UNAVAILABLE', 'there is no picture yet');
    using frame = shown.frame.retain('live');
    const size = this.#size(shown);
    const { stream, number, pts } = frame;
    const part = { at: { x: 0, y: 0, ...size }, frame, shapes: this.#shapes(shown) };
    return await this.material.composer.compose([part], { stream, number, pts, size, ground: [0, 0, 0] });
  }

  #size({ meta }: Shown): Size {
    return shownSize(meta.size, this.material.maxWidth);
  }

  #shapes(shown: Shown): readonly Shape[] {
    shown.drawn ??= this.#drawing.shapes(shown, this.#size(shown));
    return shown.drawn;
  }

  [Symbol.dispose](): void {
    this.#shown?.frame.close();
    this.#shown = undefined;
  }
}
