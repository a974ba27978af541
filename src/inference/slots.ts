import { type Clock, type Fault, type Log, fail, toFault } from '../core/index.js';
import type { BackendResponse, HostReport, HostResult } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import type { Instance, InstanceDescription, InstanceEvents } from './instance.js';
import { RESTART_RULES, type RestartRules, decideRestart } from './restart-policy.js';

/** After so long an unloading is worth a word to the operator. */
const LONG_CLOSE_MS = 10_000;

/** The place of one instance, which outlives it: the batches it holds now, and who stands there. */
export interface Slot {
  readonly index: number;
  /** Absent while it is being replaced, and after it was given up. */
  instance: Instance | undefined;
  /** Oldest first; the first is running. */
  readonly batches: Batch[];
  /** Requests that its backend put off, by number. */
  readonly later: Map<number, Job>;
  /** Requests that the present instance was given. */
  sent: number;
  /** Takes nothing new, and its instance is closed once it is through. */
  retired: boolean;
  /** Lost too often: nobody will stand here again. */
  givenUp: boolean;
}

/** What the owner of the slots is told. */
export interface SlotEvents {
  finished(slot: Slot, batch: Batch, report: HostReport): void;
  /** A backend gave an answer that is not the last. */
  responded(slot: Slot, number: number, response: BackendResponse): void;
  /** A request that a backend had put off is over. */
  completed(slot: Slot, number: number, result: HostResult): void;
  /** The instance is gone with these batches, the running one first, and with what it had put off. */
  lost(slot: Slot, batches: readonly Batch[], later: readonly Job[], fault: Fault): void;
  /** Nothing will be served here any more: lost too often, or one instance too many. */
  left(slot: Slot): void;
  /** A lost instance was replaced. */
  restored(): void;
  /** The last instance was given up; `fault` tells why. */
  exhausted(fault: Fault): void;
}

/** How {@link Slots} come by instances. */
export interface SlotOptions {
  readonly model: string;
  readonly open: (index: number, events: InstanceEvents) => Promise<Instance>;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules?: RestartRules;
  /** Batches an instance holds: one running, and the rest behind it so that it finds work when it is done. */
  readonly batchesHeld: number;
}

/** The instances of one model: opens them, replaces those that are lost, and closes them. */
export class Slots {
  readonly all: Slot[] = [];
  #restartsMs: number[] = [];
  #reopening = new Map<Slot, () => void>();
  #pending = new Set<Promise<void>>();
  readonly #retiring = new Set<Slot>();
  readonly #waiting = new Map<Slot, () => void>();
  #closing = false;
  #description: InstanceDescription | undefined;

  constructor(
    readonly options: SlotOptions,
    readonly events: SlotEvents,
  ) {}

  /** What the instances said of the model. Known once {@link open} is through. */
  get description(): InstanceDescription {
    return this.#description ?? fail('INTERNAL', 'no instance was opened');
  }

  /** Opens `count` instances together. @throws Fault of the first that fails, after the others are closed */
  async open(count: number): Promise<void> {
    try {
      await this.#grow(count);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Opens more, or lets the last ones finish what they hold and closes them.
   * @throws Fault of the first that does not open; all is then as it was
   */
  async resize(count: number): Promise<void> {
    if (count > this.all.length) await this.#grow(count - this.all.length);
    else await Promise.all(this.all.splice(count).map((slot) => this.#retire(slot)));
  }

  async #grow(count: number): Promise<void> {
    const first = this.all.length;
    const fresh = Array.from({ length: count }, (_, i): Slot => ({
      index: first + i,
      instance: undefined,
      batches: [],
      later: new Map(),
      sent: 0,
      retired: false,
      givenUp: false,
    }));
    this.all.push(...fresh);
    const results = await Promise.allSettled(fresh.map((slot) => this.#fill(slot)));
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    this.all.splice(first);
    await Promise.all(fresh.map((slot) => this.#retire(slot)));
    throw failed.reason;
  }

  async #retire(slot: Slot): Promise<void> {
    slot.retired = true;
    this.#reopening.get(slot)?.();
    this.#reopening.delete(slot);
    this.#retiring.add(slot);
    this.events.left(slot);
    try {
      // Disposing lets the runs finish; what was put off must be over before.
      while (slot.later.size > 0 || slot.batches.length > 0) await new Promise<void>((resolve) => this.#waiting.set(slot, resolve));
      await slot.instance?.[Symbol.asyncDispose]();
    } finally {
      this.#retiring.delete(slot);
      this.#waiting.delete(slot);
    }
  }

  /** The place of an instance, also of one that is only finishing what it holds. */
  at(index: number): Slot | undefined {
    return this.all[index] ?? [...this.#retiring].find((slot) => slot.index === index);
  }

  /** Whether the slot can take a batch. */
  takes({ instance, batches }: Slot): boolean {
    return instance !== undefined && batches.length < this.options.batchesHeld;
  }

  /** The least loaded instance that can take a batch: idle ones first, then by number. */
  free(): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of this.all) {
      if (!this.takes(slot)) continue;
      if (!best || slot.batches.length < best.batches.length) best = slot;
      if (best.batches.length === 0) break;
    }
    return best;
  }

  /** Lets every instance finish what it holds, release the model and end. No more are opened. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const callOff of this.#reopening.values()) callOff();
    this.#reopening.clear();
    await Promise.all(this.#pending);
    const instances = [...this.all, ...this.#retiring].flatMap(({ instance }) => instance ?? []);
    const callOff = this.options.clock.after(LONG_CLOSE_MS, () => {
      const places = instances.map(({ where }) => where).join(', ');
      this.options.log.warn(
        `model "${this.options.model}" is still being unloaded (${places}); a run in a thread cannot be cut off, one in a process can`,
      );
    });
    try {
      await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
    } finally {
      callOff();
    }
  }

  async #fill(slot: Slot): Promise<void> {
    const instance = await this.options.open(slot.index, {
      finished: (report) => {
        this.events.finished(slot, slot.batches.shift()!, report);
        this.#waiting.get(slot)?.();
      },
      responded: (number, response) => this.events.responded(slot, number, response),
      completed: (number, result) => {
        this.events.completed(slot, number, result);
        this.#waiting.get(slot)?.();
      },
      lost: (fault) => this.#lost(slot, fault),
    });
    const { spec, providers, maxBatch } = instance.description;
    this.#description ??= { spec, providers, maxBatch };
    if (JSON.stringify([spec, maxBatch]) !== JSON.stringify([this.#description.spec, this.#description.maxBatch])) {
      await instance[Symbol.asyncDispose]();
      fail(
        'MODEL_MISMATCH',
        `model "${this.options.model}": instance ${slot.index} opened another network than the first; did its file change meanwhile?`,
      );
    }
    if (slot.retired) {
      await instance[Symbol.asyncDispose]();
      return;
    }
    slot.sent = 0;
    slot.instance = instance;
    this.options.log.debug(`model "${this.options.model}", instance ${slot.index} is ready`, { where: instance.where });
  }

  #lost(slot: Slot, fault: Fault): void {
    slot.instance = undefined;
    const batches = slot.batches.splice(0);
    this.options.log.warn(fault.message, { model: this.options.model, instance: slot.index });
    const later = [...slot.later.values()];
    slot.later.clear();
    this.events.lost(slot, batches, later, fault);
    this.#waiting.get(slot)?.();
    if (!slot.retired) this.#replace(slot, fault);
  }

  #replace(slot: Slot, fault: Fault): void {
    if (this.#closing) return;
    const { clock, log, model, rules = RESTART_RULES } = this.options;
    const decision = decideRestart(this.#restartsMs, clock.nowMs(), rules);
    if (decision === 'give-up') {
      log.error(`model "${model}", instance ${slot.index} is given up after ${rules.limit} restarts in ${rules.windowMs} ms`, {
        cause: fault.message,
      });
      slot.givenUp = true;
      this.events.left(slot);
      if (this.all.every(({ givenUp }) => givenUp)) this.events.exhausted(fault);
      return;
    }
    this.#restartsMs = [...this.#restartsMs.slice(-rules.limit), clock.nowMs()];
    this.#reopening.set(
      slot,
      clock.after(decision.afterMs, () => {
        this.#reopening.delete(slot);
        const pending = this.#reopen(slot).finally(() => this.#pending.delete(pending));
        this.#pending.add(pending);
      }),
    );
  }

  async #reopen(slot: Slot): Promise<void> {
    try {
      await this.#fill(slot);
    } catch (error) {
      const fault = toFault(error, 'UNAVAILABLE');
      this.options.log.warn(`model "${this.options.model}", instance ${slot.index} could not be opened again: ${fault.message}`);
      this.#replace(slot, fault);
      return;
    }
    this.events.restored();
  }
}
