import type { Clock } from '../../../core/index.js';
import type { FrameResult } from '../../frame-result.js';
import type { Deliver, WallPace } from './pace.js';

/** What a realtime pace is made of. */
export interface RealtimePaceMaterial {
  readonly frameRate: number;
  readonly clock: Clock;
  /** Shows a result from now on. */
  readonly show: (result: FrameResult) => void;
  readonly deliver: Deliver;
}

/** By the clock on the wall: no stream ever waits, and each tick shows what is newest. A tick that comes while a picture is made is left out. */
export class RealtimePace implements WallPace {
  #startMs: number | undefined;
  #made = -1;
  #making: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #callOff: (() => void) | undefined;

  constructor(readonly material: RealtimePaceMaterial) {}

  add(): void {
    if (this.#startMs !== undefined) return;
    this.#startMs = this.material.clock.nowMs();
    this.#tick();
  }

  end(): void {}

  write(result: FrameResult): Promise<void> {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- passed on as it came
    if (this.#failure) return Promise.reject(this.#failure.error);
    this.material.show(result);
    return Promise.resolve();
  }

  async finish(): Promise<void> {
    await this[Symbol.asyncDispose]();
    if (this.#startMs !== undefined && !this.#failure) await this.#make(Math.max(this.#made + 1, this.#now()));
    if (this.#failure) throw this.#failure.error;
  }

  get #stepMs(): number {
    return 1000 / this.material.frameRate;
  }

  #now(): number {
    return Math.floor((this.material.clock.nowMs() - this.#startMs!) / this.#stepMs + 1e-6);
  }

  #tick(): void {
    const { clock } = this.material;
    const tick = this.#now();
    if (!this.#making && tick > this.#made) void this.#make(tick);
    const sinceMs = clock.nowMs() - this.#startMs!;
    this.#callOff = clock.after(Math.max(1, (tick + 1) * this.#stepMs - sinceMs), () => {
      if (!this.#failure) this.#tick();
    });
  }

  async #make(tick: number): Promise<void> {
    this.#made = tick;
    this.#making = this.material.deliver(tick).catch((error: unknown) => {
      this.#failure = { error };
    });
    await this.#making;
    this.#making = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    await this.#making;
  }
}
