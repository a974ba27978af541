import { Fault, fail, throwIfAborted } from '../../core/index.js';

/** Someone who waits for a slot. */
interface Waiter {
  readonly admit: () => void;
}

/** Lets so many calls work at a time; the others wait for a while, in the order in which they came. */
export class Slots {
  #taken = 0;
  readonly #waiting: Waiter[] = [];

  constructor(
    readonly count: number,
    readonly waitMs: number,
  ) {}

  /** Calls at work, and calls that wait. */
  get taken(): number {
    return this.#taken;
  }
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Answers with the way to give the slot back. @throws Fault RESOURCE_EXHAUSTED after the wait, or why `signal` was aborted */
  async take(signal: AbortSignal): Promise<() => void> {
    throwIfAborted(signal);
    if (this.#taken >= this.count) await this.#wait(signal);
    else this.#taken++;
    let given = false;
    return () => {
      if (!given) this.#give();
      given = true;
    };
  }

  #give(): void {
    const next = this.#waiting.shift();
    // The slot passes from hand to hand.
    if (next) next.admit();
    else this.#taken--;
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
      const gone = (): void => {
        leave();
        reject(signal.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'stopped by the caller'));
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        leave();
        const busy = `${this.count} ${this.count === 1 ? 'video is' : 'videos are'} at work, as many as this server takes at a time`;
        reject(new Fault('RESOURCE_EXHAUSTED', `${busy}, and none was done within ${this.waitMs / 1000} s; try again later`));
      }, this.waitMs);
      signal.addEventListener('abort', gone, { once: true });
      this.#waiting.push(waiter);
    });
  }
}

/** The number of slots: so many for each device. @throws Fault INVALID_ARGUMENT unless both are whole and above 0 */
export function slotCount(perDevice: number, devices: number): number {
  for (const [what, value] of Object.entries({ 'calls at a time for each device': perDevice, devices }))
    if (!Number.isInteger(value) || value < 1) fail('INVALID_ARGUMENT', `${what} must be a whole number above 0, not ${value}`);
  return perDevice * devices;
}
