import { type Clock, Fault, type Log, toFault } from '../../core/index.js';
import type { Operations } from '../../client/index.js';

/** `ready` takes everything, `draining` answers but wants nothing new, `down` does not answer. */
export type UpstreamState = 'ready' | 'draining' | 'down';

/** What a server last said of itself. */
export interface Health {
  readonly state: UpstreamState;
  /** Why it is not ready; '' when it is. */
  readonly reason: string;
  /** The models that are ready there; undefined where the server does not tell, and may have any. */
  readonly models: ReadonlySet<string> | undefined;
  readonly extensions: readonly string[];
}

/** What an {@link Upstream} works with. */
export interface UpstreamOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a question about its health may take. */
  readonly timeoutMs: number;
}

/** Counters of one server, since the router began. */
export interface UpstreamCounters {
  requests: number;
  /** Failures by the code of the fault. */
  readonly errors: Map<string, number>;
  /** From sending a request to its last answer. */
  busyMs: number;
}

const UNASKED: Health = { state: 'down', reason: 'it was not asked yet', models: undefined, extensions: [] };

/** One server behind the router: its health, and what the router has under way there. */
export class Upstream {
  health: Health = UNASKED;
  inFlight = 0;
  /** Sequences that live there, as far as this router knows. */
  sequences = 0;
  readonly counters: UpstreamCounters = { requests: 0, errors: new Map(), busyMs: 0 };
  #polling: Promise<void> | undefined;

  constructor(
    readonly name: string,
    readonly operations: Operations,
    readonly options: UpstreamOptions,
  ) {}

  get state(): UpstreamState {
    return this.health.state;
  }

  /** Asks for its health, or waits for the answer that is under way. Never throws. */
  poll(): Promise<void> {
    this.#polling ??= this.#ask().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #ask(): Promise<void> {
    const before = this.health;
    this.health = await this.#asked().catch((error: unknown): Health => ({ ...UNASKED, reason: toFault(error).message }));
    const { state, reason } = this.health;
    if (state !== before.state || (before === UNASKED && state !== 'ready')) {
      const text = `server ${this.name} is ${state}${reason === '' ? '' : `: ${reason}`}`;
      if (state === 'ready') this.options.log.info(text);
      else this.options.log.warn(text);
    }
  }

  async #asked(): Promise<Health> {
    const { operations } = this;
    const attempt = { timeoutMs: this.options.timeoutMs };
    const ready = await operations.isReady(attempt);
    const index = await operations.repositoryIndex(true, attempt).catch(withoutIndex);
    const extensions = this.health.extensions.length > 0 ? this.health.extensions : (await operations.serverMetadata(attempt)).extensions;
    const models = index && new Set(index.map(({ name }) => name));
    return { state: ready ? 'ready' : 'draining', reason: ready ? '' : 'it says that it is not ready', models, extensions };
  }

  /** Runs a request there, counted. */
  async counted<T>(run: () => Promise<T>): Promise<T> {
    const startMs = this.options.clock.nowMs();
    this.inFlight++;
    this.counters.requests++;
    try {
      return await run();
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      this.inFlight--;
      this.counters.busyMs += this.options.clock.nowMs() - startMs;
    }
  }

  /** Counts a failure. */
  failed(error: unknown): void {
    const { code } = toFault(error);
    this.counters.errors.set(code, (this.counters.errors.get(code) ?? 0) + 1);
  }
}

/** A server without an index may serve all the same; one that does not know us cannot. */
function withoutIndex(error: unknown): undefined {
  if (error instanceof Fault && ['UNAUTHENTICATED', 'DEADLINE_EXCEEDED'].includes(error.code)) throw error;
}
