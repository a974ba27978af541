import { type Clock, Fault, toFault } from '../core/index.js';
import type { HostReport } from '../models/index.js';
import { type Batch, type Job, batchOf } from './batch.js';
import type { Scheduler } from './scheduler.js';
import type { Slot, Slots } from './slots.js';

/** Who held a request when it failed: while it was queued its inputs were still ours. */
export type Held = 'in the queue' | 'by an instance';

/** What the dispatcher tells of each request and run. */
export interface DispatchEvents {
  /** A run came back; its requests are told one by one. */
  ran(batch: Batch, report: HostReport): void;
  /** A request of the batch was answered or failed in the run; the result stands at `index` of the report. */
  answered(job: Job, batch: Batch, report: HostReport, index: number): void;
  /** A request will get no result. */
  failed(job: Job, fault: Fault, held: Held): void;
  /** Nothing is queued or running any more (`idle`), or something is again. */
  activity(idle: boolean): void;
}

/** What {@link Dispatcher} works with. */
export interface DispatchOptions {
  readonly model: string;
  readonly scheduler: Scheduler<Job>;
  readonly slots: Slots;
  readonly clock: Clock;
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

  /** Queues a request, and starts it when an instance is free. @throws Fault RESOURCE_EXHAUSTED when the queue is full, UNAVAILABLE when no instance is left */
  add(job: Job): void {
    if (this.#gone) throw this.#gone;
    const { scheduler, model } = this.options;
    if (!scheduler.add(job))
      throw new Fault('RESOURCE_EXHAUSTED', `model "${model}": ${scheduler.size} requests wait already (maxQueue); try again later`);
    if (this.#active++ === 0) this.events.activity(false);
    this.#pump();
  }

  /** Takes a request out of the queue; false when it is not there (any more). */
  withdraw(job: Job): boolean {
    if (!this.options.scheduler.remove(job)) return false;
    this.#settled(1);
    return true;
  }

  /** A run came back. */
  finished(slot: Slot, batch: Batch, report: HostReport): void {
    this.#turnTo(slot.batches[0]);
    if (this.queued > 0) this.#pump();
    this.events.ran(batch, report);
    batch.jobs.forEach((job, index) => this.events.answered(job, batch, report, index));
    this.#settled(batch.jobs.length);
  }

  /** An instance is gone with what it held. */
  lost(batches: readonly Batch[], fault: Fault): void {
    batches.forEach(({ jobs }, index) => {
      const reason = index === 0 ? fault : behind(fault);
      for (const job of jobs) this.events.failed(job, reason, 'by an instance');
      this.#settled(jobs.length);
    });
  }

  /** An instance is there again. */
  restored(): void {
    this.#pump();
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
    const waiting = scheduler.clear();
    for (const job of waiting) this.events.failed(job, this.#gone, 'in the queue');
    this.#settled(waiting.length);
  }

  /** Calls off its timer. */
  stop(): void {
    this.#timer?.callOff();
    this.#timer = undefined;
  }

  #pump(): void {
    const { scheduler, slots, clock } = this.options;
    const nowMs = clock.nowMs();
    if (scheduler.deadlineMs <= nowMs) this.#expire(nowMs);
    for (let slot = slots.free(); slot; slot = slots.free()) {
      const jobs = scheduler.next(nowMs, { index: slot.index, idle: slot.batches.length === 0 });
      if (!jobs) {
        this.#wakeAt(Math.min(scheduler.deadlineMs, slot.batches.length === 0 ? scheduler.dueMs : Infinity), nowMs);
        return;
      }
      this.#start(slot, batchOf(jobs));
    }
    this.#wakeAt(scheduler.deadlineMs, nowMs);
  }

  #start(slot: Slot, batch: Batch): void {
    slot.batches.push(batch);
    this.#turnTo(slot.batches[0]);
    try {
      slot.instance!.run(batch.jobs.map(({ request }) => request));
    } catch (error) {
      slot.batches.pop();
      const fault = toFault(error, 'INVALID_ARGUMENT', `model "${this.options.model}": the inputs cannot be sent to its instance: `);
      for (const job of batch.jobs) this.events.failed(job, fault, 'by an instance');
      this.#settled(batch.jobs.length);
    }
  }

  #turnTo(batch: Batch | undefined): void {
    if (batch && Number.isNaN(batch.startedMs)) batch.startedMs = this.options.clock.nowMs();
  }

  #expire(nowMs: number): void {
    const late = this.options.scheduler.expire(nowMs);
    if (late.length === 0) return;
    for (const job of late) {
      const waited = Math.round(nowMs - job.arrivedMs);
      this.events.failed(
        job,
        new Fault('DEADLINE_EXCEEDED', `model "${this.options.model}": still queued at its deadline, after ${waited} ms`),
        'in the queue',
      );
    }
    this.#settled(late.length);
  }

  #wakeAt(atMs: number, nowMs: number): void {
    if (atMs === Infinity || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.callOff();
    const callOff = this.options.clock.after(Math.max(0, atMs - nowMs), () => {
      this.#timer = undefined;
      this.#pump();
    });
    this.#timer = { atMs, callOff };
  }

  #settled(count: number): void {
    this.#active -= count;
    if (count > 0 && this.#active === 0) this.events.activity(true);
  }
}

/** What a request gets that waited behind the one that took its instance down. */
function behind(fault: Fault): Fault {
  if (fault.code === 'UNAVAILABLE') return fault;
  return new Fault('UNAVAILABLE', `${fault.message}; this request waited behind it, send it again`, { cause: fault });
}
