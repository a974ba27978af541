import { type Box, fail } from '../../core/index.js';
import { iou } from '../../vision/index.js';

/** A box with an identity on one frame: labelled by people, or found by a tracker. */
export interface TrackedBox {
  readonly frame: number;
  readonly id: number;
  readonly box: Box;
}

/** One frame of both. */
export interface AlignedFrame {
  /** Identities on this frame, numbered from 0 over the whole sequence. */
  readonly truth: readonly number[];
  readonly found: readonly number[];
  /** IoU of each pair, [truth, found] row-major. */
  readonly iou: Float64Array;
}

/** Truth and tracker of one sequence side by side: what all measures are computed from. */
export interface AlignedSequence {
  /** Frames on which either has a box, in order. */
  readonly frames: readonly AlignedFrame[];
  /** Boxes of each identity. */
  readonly truthBoxes: Int32Array;
  readonly foundBoxes: Int32Array;
}

/** Numbers identities from 0 in order of their first box. */
class Identities {
  readonly counts: number[] = [];
  readonly #numbers = new Map<number, number>();

  add(boxes: readonly TrackedBox[], what: string): number[] {
    const numbers = boxes.map(({ id }) => this.#number(id));
    if (new Set(numbers).size === numbers.length) return numbers;
    const { id, frame } = boxes.find((box, at) => boxes.findIndex((other) => other.id === box.id) !== at)!;
    return fail('INVALID_ARGUMENT', `${what}: id ${id} is twice on frame ${frame}; an identity has one box a frame`);
  }

  #number(id: number): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size;
    this.#numbers.set(id, number);
    this.counts[number] = (this.counts[number] ?? 0) + 1;
    return number;
  }
}

function byFrame(boxes: readonly TrackedBox[]): Map<number, TrackedBox[]> {
  const frames = new Map<number, TrackedBox[]>();
  for (const box of boxes) {
    const frame = frames.get(box.frame);
    if (frame) frame.push(box);
    else frames.set(box.frame, [box]);
  }
  return frames;
}

/** Brings truth and tracker together, in any order of boxes. @throws Fault INVALID_ARGUMENT when an identity is twice on one frame */
export function alignSequence(truth: readonly TrackedBox[], found: readonly TrackedBox[]): AlignedSequence {
  const truthAt = byFrame(truth);
  const foundAt = byFrame(found);
  const truthIds = new Identities();
  const foundIds = new Identities();
  const numbers = [...new Set([...truthAt.keys(), ...foundAt.keys()])].toSorted((a, b) => a - b);
  const frames = numbers.map((frame) => {
    const labelled = truthAt.get(frame) ?? [];
    const tracked = foundAt.get(frame) ?? [];
    return {
      truth: truthIds.add(labelled, 'truth'),
      found: foundIds.add(tracked, 'tracks'),
      iou: Float64Array.from(labelled.flatMap((label) => tracked.map((track) => iou(label.box, track.box)))),
    };
  });
  return { frames, truthBoxes: Int32Array.from(truthIds.counts), foundBoxes: Int32Array.from(foundIds.counts) };
}
