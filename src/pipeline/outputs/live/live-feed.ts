import { type Clock, type Frame, fail } from '../../../core/index.js';

/** A JPEG, and which picture of its feed it shows. */
export interface Shot {
  readonly version: number;
  readonly jpeg: Uint8Array;
}

/** What a feed is made of. */
export interface LiveFeedMaterial {
  /** Makes the newest picture; the frame is the feed's. Called only while somebody looks. */
  readonly compose: () => Promise<Frame>;
  readonly encode: (frame: Frame) => Promise<Uint8Array>;
  readonly frameRate: number;
  readonly clock: Clock;
}

/**
 * The newest picture of one stream, or of the wall, for any number of people. Each picture is made once however many look, at most
 * `frameRate` times a second, and only when one of them can take it: who is slow leaves pictures out, and nobody piles them up.
 */
export class LiveFeed implements AsyncDisposable {
  #version = 0;
  #shot: Shot | undefined;
  #shooting: Promise<Shot> | undefined;
  #shotMs = -Infinity;
  readonly #wake = new Set<() => void>();
  #lookers = 0;

  constructor(readonly material: LiveFeedMaterial) {}

  /** Number of the newest picture; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  /** Whether anybody follows it. */
  get isWatched(): boolean {
    return this.#lookers > 0;
  }

  /** There is something new to see. */
  changed(): void {
    this.#version++;
    for (const wake of this.#wake) wake();
  }

  /** The newest picture, or the one made within the time of one picture. @throws Fault UNAVAILABLE before the first */
  async newest(): Promise<Shot> {
    if (this.#version === 0) fail('UNAVAILABLE', 'there is no picture yet');
    const { clock, frameRate } = this.material;
    if (this.#shooting) return this.#shooting;
    const isFresh = this.#shot && (this.#shot.version === this.#version || clock.nowMs() - this.#shotMs < 1000 / frameRate);
    return isFresh ? this.#shot! : this.#shoot();
  }

  /** Pictures from now on, each newer than the one before, as fast as they are taken; they end with an abort of `signal`. */
  async *follow(signal: AbortSignal): AsyncGenerator<Shot, void, undefined> {
    this.#lookers++;
    try {
      for (let seen = 0; ;) {
        await this.#newerThan(seen, signal);
        if (signal.aborted) return;
        const shot = await this.newest();
        if (shot.version > seen) yield shot;
        seen = shot.version;
        await this.#interval(signal);
      }
    } finally {
      this.#lookers--;
    }
  }

  /** Settles when no picture is being made any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shooting?.catch(() => {});
  }

  async #shoot(): Promise<Shot> {
    const { compose, encode, clock } = this.material;
    this.#shotMs = clock.nowMs();
    const version = this.#version;
    const shooting = (async (): Promise<Shot> => {
      using frame = await compose();
      return { version, jpeg: await encode(frame) };
    })();
    this.#shooting = shooting;
    try {
      this.#shot = await shooting;
      return this.#shot;
    } finally {
      this.#shooting = undefined;
    }
  }

  async #newerThan(version: number, signal: AbortSignal): Promise<void> {
    while (this.#version <= version && !signal.aborted)
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wake.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#wake.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
  }

  /** Until the next picture is due. */
  async #interval(signal: AbortSignal): Promise<void> {
    const { clock, frameRate } = this.material;
    const waitMs = this.#shotMs + 1000 / frameRate - clock.nowMs();
    // An abort ends the wait, and whoever follows looks for it next.
    if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => {});
  }
}
