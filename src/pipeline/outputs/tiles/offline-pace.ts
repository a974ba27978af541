import { type Clock, toMs } from '../../../core/index.js';
import type { FrameResult } from '../../frame-result.js';
import type { Deliver, WallPace } from './pace.js';
import { TileClock } from './tile-clock.js';

interface Waiting {
  readonly result: FrameResult;
  resolve(): void;
  reject(error: unknown): void;
}

/** What an offline pace is made of. */
export interface OfflinePaceMaterial {
  readonly frameRate: number;
  /** How long streams wait for one that brings nothing. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Shows a result from now on. */
  readonly show: (result: FrameResult) => void;
  readonly deliver: Deliver;
}

/** By the streams' own times: every picture is made, and a stream that is ahead of the others waits for them. See {@link TileClock}. */
export class OfflinePace implements WallPace {
  readonly #tiles: TileClock;
  readonly #streams = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  #failure: { readonly error: unknown } | undefined;
  #busy = false;
  #closed = false;
  #running: Promise<void> = Promise.resolve();
  #callOff: (() => void) | undefined;

  constructor(readonly material: OfflinePaceMaterial) {
    this.#tiles = new TileClock(material.frameRate);
  }

  add(stream: string): void {
    this.#streams.add(stream);
    this.#tiles.add(stream);
  }

  end(stream: string): void {
    if (!this.#streams.delete(stream)) return;
    this.#tiles.end(stream);
    this.#waiting.get(stream)?.resolve();
    this.#waiting.delete(stream);
    this.#go();
  }

  write(result: FrameResult): Promise<void> {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- passed on as it came
    if (this.#failure) return Promise.reject(this.#failure.error);
    const { stream, pts } = result.meta;
    return new Promise<void>((resolve, reject) => {
      this.#waiting.set(stream, { result, resolve, reject });
      this.#tiles.offer(stream, toMs(pts));
      this.#go();
    });
  }

  async finish(): Promise<void> {
    for (const stream of this.#streams) this.end(stream);
    await this.#running;
    await this[Symbol.asyncDispose]();
    if (this.#failure) throw this.#failure.error;
  }

  /** Once busy, the loop sees whatever comes. */
  #go(): void {
    if (!this.#busy && !this.#failure && !this.#closed) this.#running = this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      for (let step = this.#tiles.next(); step && !this.#closed; step = this.#tiles.next()) {
        this.#rest();
        if (step.kind === 'show') this.#show(step.stream);
        else await this.material.deliver(step.tick);
      }
      if (!this.#closed) this.#watch();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy = false;
    }
  }

  #show(stream: string): void {
    const { result, resolve } = this.#waiting.get(stream)!;
    this.#waiting.delete(stream);
    this.material.show(result);
    resolve();
  }

  /** Whoever holds the others up for too long is not waited for any more. */
  #watch(): void {
    if (this.#callOff || this.#tiles.awaited.length === 0) return;
    const { clock, patienceMs } = this.material;
    this.#callOff = clock.after(patienceMs, () => {
      this.#callOff = undefined;
      this.#tiles.quiet(this.#tiles.awaited);
      this.#go();
    });
  }

  #rest(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#rest();
    for (const { resolve } of this.#waiting.values()) resolve();
    this.#waiting.clear();
    this.#streams.clear();
    await this.#running;
  }
}
