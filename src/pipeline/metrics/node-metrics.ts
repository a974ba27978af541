import { Distribution } from '../../core/index.js';
import { FrameCount } from './frame-count.js';
import type { StreamNodeReading } from './snapshot.js';

/** A look of a node at a frame. */
export interface NodeLook {
  readonly startMs: number;
  readonly endMs: number;
  /** False for a frame that it left out after all: that counts as skipped. */
  readonly inferred: boolean;
  /** Objects that it gave. */
  readonly objects: number;
}

/** The numbers of one node on one stream. */
export class NodeMetrics {
  readonly looks: FrameCount;
  readonly latencyMs: Distribution;
  skips = 0;
  errors = 0;
  objects = 0;
  readonly #forget: () => void;

  /** `forget` takes it out of the readings. */
  constructor(windowMs: number, forget: () => void) {
    this.looks = new FrameCount(windowMs);
    this.latencyMs = new Distribution({ windowMs });
    this.#forget = forget;
  }

  /** It is done with a frame. Frames that it left out are counted apart and not among the times: they would hide what a look costs. */
  looked({ startMs, endMs, inferred, objects }: NodeLook): void {
    this.objects += objects;
    if (!inferred) {
      this.skips++;
      return;
    }
    this.looks.add(endMs, startMs);
    this.latencyMs.record(endMs - startMs, endMs);
  }

  /** It was not asked about a frame. */
  skipped(): void {
    this.skips++;
  }

  /** It failed on a frame. */
  error(): void {
    this.errors++;
  }

  /** It is no longer in the graph; recording goes to nobody from now on. */
  removed(): void {
    this.#forget();
  }

  reading(nowMs: number): StreamNodeReading {
    const { looks, skips, errors, objects } = this;
    return { looks: looks.count, skips, errors, objects, fps: looks.rate(nowMs), latencyMs: this.latencyMs.reading(nowMs) };
  }
}
