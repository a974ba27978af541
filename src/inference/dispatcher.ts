import { type Clock, Fault, toFault } from '../core/index.js';
import type { HostReport, HostResult } from '../models/index.js';
import { type Batch, type Job, batchOf } from './batch.js';
import type { Composer } from './composer.js';
import type { Dismissal, Scheduler } from './scheduler.js';
import type { Slot, Slots } from './slots.js';

/** Who held a request when it failed: while it was queued its inputs were still ours. */
export type Held = 'in the queue' | 'by an instance';

/** What the dispatcher tells of each request and run. */
export interface DispatchEvents {
  /** A run came back; its requests are told one by one. */
  ran(batch: Batch, report: HostReport): void;
  /** A request of the batch was answered or failed in the run. */
  answered(job: Job, result: HostResult | undefined, batch: Batch, report: HostReport): void;
  /** A request that a backend had put off is over. */
  completed(job: Job, result: HostResult): void;
  /** A request will get no result. */
  failed(job: Job, fault: Fault, held: Held): void;
  /** Nothing is queued or running any more (`idle`), or something is again. */
  activity(idle: boolean): void;
}

/** Who says whether an instance may run now; what {@link RateLimiter} is to one model. */
export interface Gate {
  /** Asks for what a run on the slot takes. False when it is not there: `retry` of the gate's owner is called once it may be. */
  enter(slot: Slot): boolean;
  /** Gives it back: the run is over, or there was none. */
  leave(slot: Slot, ran: boolean): void;
}

/** What {@link Dispatcher} works with. */
export interface DispatchOptions {
  readonly model: string;
  readonly scheduler: Scheduler<Job>;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly composer: Composer;
  /** Absent where nothing limits runs. */
  readonly gate?: Gate;
}

/** The thin loop between a scheduler, which decides, and the slots, which run. */
export class Dispatcher {
  #active = 0;
  #timer: { readonly atMs: number; readonly callOff: () => void } | undefined;
  #gone: Fault | undefined;

  constructor(
    readonly options: DispatchOptions,
    readonly events: DispatchEvents,
  ) {}

  /** Requests waiting for an instance. */
  get queued(): number {
    return this.options.scheduler.size;
  }

  /** Requests that an instance holds, abandoned ones included. */
  get running(): number {
    return this.#active - this.queued;
  }

  /** Queues a request, and starts it when an instance is free. @throws Fault what the scheduler refuses it with, UNAVAILABLE when no instance is left */
  add(job: Job): void {
    if (this.#gone) throw this.#gone;
    const refusal = this.options.scheduler.add(job);
    if (refusal) throw refusal;
    if (this.#active++ === 0) this.events.activity(false);
    this.pump();
  }

  /** Takes a request out of the queue; false when it is not there (any more). */
  withdraw(job: Job): boolean {
    const { scheduler, clock } = this.options;
    if (!scheduler.remove(job, clock.nowMs())) return false;
    this.#settled(1);
    if (scheduler.binding) this.pump();
    return true;
  }

  /** A run came back. */
  finished(slot: Slot, batch: Batch, raw: HostReport): void {
    const { scheduler, composer, gate } = this.options;
    this.#turnTo(slot.batches[0]);
    const report = composer.absorb(batch, raw);
    const resultOf = (index: number): HostResult | undefined => report.results[batch.places?.[index] ?? index];
    let open = 0;
    for (let index = 0; index < batch.jobs.length; index++) {
      const job = batch.jobs[index]!;
      const pending = pendingOf(resultOf(index));
      if (pending) open++;
      if (pending === 'later') slot.later.set(job.at!.number, job);
      else scheduler.binding?.finished(job, this.options.clock.nowMs(), pending === 'again');
    }
    gate?.leave(slot, true);
    if (this.queued > 0 || scheduler.binding) this.pump();
    this.events.ran(batch, report);
    batch.jobs.forEach((job, index) => {
      const result = resultOf(index);
      if (!pendingOf(result)) this.events.answered(job, result, batch, report);
    });
    this.#settled(batch.jobs.length - open);
  }

  /** A request that a backend had put off is over. */
  completed(slot: Slot, number: number, result: HostResult): void {
    const job = slot.later.get(number);
    if (!job) return;
    slot.later.delete(number);
    const { scheduler, clock } = this.options;
    scheduler.binding?.finished(job, clock.nowMs(), false);
    if (scheduler.binding) this.pump();
    this.events.completed(job, result);
    this.#settled(1);
  }

  /** An instance is gone with what it held. */
  lost(slot: Slot, batches: readonly Batch[], later: readonly Job[], fault: Fault): void {
    const { scheduler, clock, gate } = this.options;
    const nowMs = clock.nowMs();
    if (batches.length > 0) gate?.leave(slot, true);
    const fail = (jobs: readonly Job[], reason: Fault): void => {
      for (const job of jobs) {
        scheduler.binding?.finished(job, nowMs, false);
        this.events.failed(job, reason, 'by an instance');
      }
      this.#settled(jobs.length);
    };
    batches.forEach(({ jobs }, index) => fail(jobs, index === 0 ? fault : behind(fault)));
    fail(later, fault);
    if (!scheduler.binding) return;
    // Where it stood, another may stand by now.
    if (!slot.retired) scheduler.binding.lost(slot.index, nowMs);
    this.pump();
  }

  /** No instance is left and none will come: fails what waits, and whatever comes. */
  exhausted(fault: Fault): void {
    const { model, scheduler } = this.options;
    this.#gone = new Fault(
      'UNAVAILABLE',
      `model "${model}" is given up: its instances ended again and again, at last so: ${fault.message}. Load it again`,
      {
        cause: fault,
      },
    );
    const { expired, waiting } = { expired: scheduler.expire(this.options.clock.nowMs()), waiting: scheduler.clear() };
    this.#dismiss([...expired, ...waiting.map((request) => ({ request, fault: this.#gone! }))]);
  }

  /** Calls off its timer. */
  stop(): void {
    this.#timer?.callOff();
    this.#timer = undefined;
  }

  /** Something changed: starts what can be started. */
  pump(): void {
    const { scheduler, slots, clock } = this.options;
    const nowMs = clock.nowMs();
    if (scheduler.deadlineMs <= nowMs) this.#dismiss(scheduler.expire(nowMs));
    if (scheduler.binding) {
      for (const slot of slots.all) while (slots.takes(slot) && this.#startNext(slot, nowMs));
      this.#wakeAt(Math.min(scheduler.deadlineMs, afterNow(scheduler.dueMs, nowMs)), nowMs);
      return;
    }
    for (let slot = slots.free(); slot; slot = slots.free())
      if (!this.#startNext(slot, nowMs)) {
        const dueMs = slot.batches.length === 0 ? scheduler.dueMs : Infinity;
        this.#wakeAt(Math.min(scheduler.deadlineMs, this.options.gate ? afterNow(dueMs, nowMs) : dueMs), nowMs);
        return;
      }
    this.#wakeAt(scheduler.deadlineMs, nowMs);
  }

  /** Gives the slot the batch that it should run now; false when there is none, or the gate is closed. */
  #startNext(slot: Slot, nowMs: number): boolean {
    const { scheduler, gate } = this.options;
    if (gate && (scheduler.size === 0 || !gate.enter(slot))) return false;
    // Whoever was asked before us may have been ourselves.
    const jobs = !gate || this.options.slots.takes(slot) ? scheduler.next(nowMs, { index: slot.index, idle: slot.batches.length === 0 }) : undefined;
    if (jobs) this.#start(slot, jobs);
    else gate?.leave(slot, false);
    return jobs !== undefined;
  }

  #start(slot: Slot, jobs: readonly Job[]): void {
    const { composer, scheduler, gate, model, clock } = this.options;
    const { requests, places } = composer.compose(jobs);
    const batch = batchOf(jobs, places);
    jobs.forEach((job, index) => (job.at = { slot, number: slot.sent + (places?.[index] ?? index), batch }));
    slot.batches.push(batch);
    this.#turnTo(slot.batches[0]);
    try {
      slot.instance!.run(requests);
      slot.sent += requests.length;
    } catch (error) {
      slot.batches.pop();
      gate?.leave(slot, true);
      const fault = toFault(error, 'INVALID_ARGUMENT', `model "${model}": the inputs cannot be sent to its instance: `);
      for (const job of jobs) {
        scheduler.binding?.finished(job, clock.nowMs(), false);
        this.events.failed(job, fault, 'by an instance');
      }
      this.#settled(jobs.length);
    }
  }

  #turnTo(batch: Batch | undefined): void {
    if (batch && Number.isNaN(batch.startedMs)) batch.startedMs = this.options.clock.nowMs();
  }

  #dismiss(dismissals: readonly Dismissal<Job>[]): void {
    for (const { request, fault } of dismissals) this.events.failed(request, fault, 'in the queue');
    this.#settled(dismissals.length);
  }

  #wakeAt(atMs: number, nowMs: number): void {
    if (atMs === Infinity || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.callOff();
    const callOff = this.options.clock.after(Math.max(0, atMs - nowMs), () => {
      this.#timer = undefined;
      this.pump();
    });
    this.#timer = { atMs, callOff };
  }

  #settled(count: number): void {
    this.#active -= count;
    if (count > 0 && this.#active === 0) this.events.activity(true);
  }
}

const pendingOf = (result: HostResult | undefined): 'later' | 'again' | undefined => (result && 'pending' in result ? result.pending : undefined);

/** A time that has passed already wakes nobody: what is due and not started waits for an instance, which wakes by itself. */
const afterNow = (dueMs: number, nowMs: number): number => (dueMs > nowMs ? dueMs : Infinity);

/** What a request gets that waited behind the one that took its instance down. */
function behind(fault: Fault): Fault {
  if (fault.code === 'UNAVAILABLE') return fault;
  return new Fault('UNAVAILABLE', `${fault.message}; this request waited behind it, send it again`, { cause: fault });
}
