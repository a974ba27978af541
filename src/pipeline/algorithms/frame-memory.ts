import type { SeenFrame } from './seen-frame.js';

const held = (seen: SeenFrame, holder: string): SeenFrame => ({ ...seen, frame: seen.frame.retain(holder) });

/** Gives frames back. */
export function closeFrames(frames: readonly SeenFrame[]): void {
  for (const { frame } of frames) frame.close();
}

/** The last frames of a stream, each held until it is too old to be chosen. Copies no pixels. */
export class FrameMemory implements Disposable {
  readonly #frames: SeenFrame[] = [];

  constructor(
    /** Frames that are kept. */
    readonly depth: number,
    /** Names the holder in the leak alarm. */
    readonly holder: string,
  ) {}

  /** The frames `ages` back from `newest` (0 is itself), which is not in the memory yet. They belong to the caller. */
  choose(newest: SeenFrame, ages: readonly number[]): SeenFrame[] {
    return ages.map((age) => held(age === 0 ? newest : this.#frames[this.#frames.length - age]!, this.holder));
  }

  /** Keeps a frame of its own on the same pixels. */
  push(newest: SeenFrame): void {
    if (this.depth === 0) return;
    if (this.#frames.length === this.depth) this.#frames.shift()!.frame.close();
    this.#frames.push(held(newest, this.holder));
  }

  /** Forgets all of them. */
  clear(): void {
    closeFrames(this.#frames.splice(0));
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
