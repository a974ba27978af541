import type { AVPixelFormat } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { checked } from './calls.js';
import { pictureFrame } from './native-frames.js';

/** Planes of bytes, each with the bytes from row to row. */
export interface CopiedPlanes {
  readonly data: readonly Buffer[];
  readonly strides: readonly number[];
}

interface Copy extends CopiedPlanes {
  readonly frame: Frame;
  owner: object | null;
}

/**
 * Copies of the last decoded pictures, in memory that stays. JavaScript would see each decoded picture as megabytes of new memory, and a
 * dozen of them set off a full garbage collection; copying one costs a tenth of a millisecond for each megabyte.
 */
export class PlaneCopies {
  #copies: Copy[] = [];

  constructor(readonly limit = 2) {}

  /** The planes of `frame`, valid until the next call. Calls for one `owner`, whose picture never changes, copy once as long as few others come between. */
  of(owner: object, frame: Frame): CopiedPlanes {
    const found = this.#copies.find((copy) => copy.owner === owner);
    if (found) return found;
    const copy = this.#take(frame);
    copy.owner = null;
    checked(copy.frame.copy(frame), 'copying a picture');
    copy.owner = owner;
    return copy;
  }

  /** The owner's picture is gone. */
  forget(owner: object): void {
    const copy = this.#copies.find((each) => each.owner === owner);
    if (copy) copy.owner = null;
  }

  /** The copy used longest ago, moved to the end; a new one where none fits. */
  #take({ format, width, height }: Frame): Copy {
    const fits = ({ frame }: Copy): boolean => frame.format === format && frame.width === width && frame.height === height;
    const at = this.#copies.findIndex((copy) => copy.owner === null && fits(copy));
    const oldest = at >= 0 ? at : this.#copies.length >= this.limit ? 0 : -1;
    const [reused] = oldest >= 0 ? this.#copies.splice(oldest, 1) : [];
    if (reused && !fits(reused)) reused.frame.free();
    const copy = reused && fits(reused) ? reused : copyOf(pictureFrame(format as AVPixelFormat, { width, height }));
    this.#copies.push(copy);
    return copy;
  }
}

const copyOf = (frame: Frame): Copy => ({ frame, data: frame.data ?? [], strides: frame.linesize, owner: null });
