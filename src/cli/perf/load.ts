import { toFault, type Clock, type Fault } from '../../core/index.js';
import { Latencies } from './latencies.js';

/** What a load did in a window. */
export interface Window {
  readonly latencies: Latencies;
  readonly seconds: number;
  readonly failures: number;
  /** What the first failure said. */
  readonly firstFailure?: Fault;
}

/** Sends one request and settles with its answer. */
export type Sender = () => Promise<void>;

/** Requests that go on until told to stop. */
export interface Load {
  /** Ends the window at hand and begins the next. */
  cut(): Window;
  /** Begins no more requests; settles when all are answered. */
  stop(): Promise<void>;
}

/** Answers of the requests as windows. */
class Recorder {
  #latencies = new Latencies();
  #failures = 0;
  #firstFailure: Fault | undefined;
  #startMs: number;

  constructor(readonly clock: Pick<Clock, 'nowMs'>) {
    this.#startMs = clock.nowMs();
  }

  /** Sends one request and takes its time from `startMs` on. */
  async measure(send: Sender, startMs: number): Promise<void> {
    try {
      await send();
      this.#latencies.add(this.clock.nowMs() - startMs);
    } catch (error) {
      this.#failures++;
      this.#firstFailure ??= toFault(error);
    }
  }

  cut(): Window {
    const nowMs = this.clock.nowMs();
    const window: Window = {
      latencies: this.#latencies,
      seconds: (nowMs - this.#startMs) / 1000,
      failures: this.#failures,
      ...(this.#firstFailure && { firstFailure: this.#firstFailure }),
    };
    this.#latencies = new Latencies();
    this.#failures = 0;
    this.#firstFailure = undefined;
    this.#startMs = nowMs;
    return window;
  }
}

/** Lets the event loop breathe, so that a server that refuses at once does not keep timers from running. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Keeps `concurrency` requests under way: each worker sends its own requests in turn, each when the one before is answered. */
export function loadByConcurrency(sendersOf: (worker: number) => readonly Sender[], concurrency: number, clock: Pick<Clock, 'nowMs'>): Load {
  const recorder = new Recorder(clock);
  let stopped = false;
  const work = async (worker: number): Promise<void> => {
    const senders = sendersOf(worker);
    // The last turn is finished: an END that is not sent would leave its sequence open.
    for (let next = 0; !stopped || next % senders.length > 0; next++) {
      const before = recorder.clock.nowMs();
      await recorder.measure(senders[next % senders.length]!, before);
      if (recorder.clock.nowMs() - before < 0.01) await breathe();
    }
  };
  const workers = Array.from({ length: concurrency }, (_, worker) => work(worker));
  return {
    cut: () => recorder.cut(),
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

/** Requests that are under way at most; beyond that the server is hopelessly late, and requests are left out. */
const MOST_UNDER_WAY = 4096;

/** When requests are due: at even distances, or as of independent callers (exponential distances). */
export type Arrivals = 'constant' | 'poisson';

/**
 * Sends requests at `rate` a second, whether or not earlier ones are answered. A latency counts from when the request was due, so that a
 * server that falls behind, or a sender that does, shows.
 */
export function loadByRate(
  senders: readonly Sender[],
  rate: number,
  arrivals: Arrivals,
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  random: () => number = Math.random,
): Load {
  const recorder = new Recorder(clock);
  const underWay = new Set<Promise<void>>();
  const meanMs = 1000 / rate;
  let stopped = false;
  const send = (due: number, index: number): void => {
    const request = recorder.measure(senders[index % senders.length]!, due).finally(() => underWay.delete(request));
    underWay.add(request);
  };
  const run = async (): Promise<void> => {
    let dueMs = clock.nowMs();
    for (let index = 0; !stopped;) {
      for (const nowMs = clock.nowMs(); dueMs <= nowMs && underWay.size < MOST_UNDER_WAY; index++) {
        send(dueMs, index);
        dueMs += arrivals === 'constant' ? meanMs : -Math.log(1 - random()) * meanMs;
      }
      const waitMs = dueMs - clock.nowMs();
      // Timers are late by up to a millisecond: short waits are spent turning the loop.
      if (waitMs > 2) await clock.sleep(waitMs - 1);
      else await breathe();
    }
  };
  const running = run();
  return {
    cut: () => recorder.cut(),
    async stop() {
      stopped = true;
      await running;
      await Promise.all(underWay);
    },
  };
}
