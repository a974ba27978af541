import type { Job } from './batch.js';

/** Lets outcomes go in the order in which they were asked for: an early one waits for those before it. */
export class OrderedRelease {
  readonly #waiting: { release: (() => void) | undefined }[] = [];

  /** Takes the next place in the order; call the result with what is to happen, once it may. */
  enter(): (release: () => void) => void {
    const place: { release: (() => void) | undefined } = { release: undefined };
    this.#waiting.push(place);
    return (release) => {
      place.release = release;
      while (this.#waiting[0]?.release) this.#waiting.shift()!.release!();
    };
  }
}

/** The job with its outcome held back until those before it have theirs. */
export function inOrder(job: Job, ordered: OrderedRelease): Job {
  const release = ordered.enter();
  return { ...job, resolve: (response) => release(() => job.resolve(response)), reject: (fault) => release(() => job.reject(fault)) };
}
