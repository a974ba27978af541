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

  /** A copy that fits, moved to the end: one that nobody owns, else the oldest or a new one. */
  #take({ format, width, height }: Frame): Copy {
    const fits = ({ frame }: Copy): boolean => frame.format === format && frame.width === width && frame.height === height;
    const free = this.#copies.findIndex((copy) => copy.owner === null && fits(copy));
    const [spare] = free >= 0 || this.#copies.length >= this.limit ? this.#copies.splice(Math.max(0, free), 1) : [];
    const copy = spare && fits(spare) ? spare : copyOf(pictureFrame(format as AVPixelFormat, { width, height }));
    if (spare && copy !== spare) spare.frame.free();
    this.#copies.push(copy);
    return copy;
  }
}

const copyOf = (frame: Frame): Copy => ({ frame, data: frame.data ?? [], strides: frame.linesize, owner: null });
