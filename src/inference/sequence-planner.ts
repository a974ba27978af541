import { Fault } from '../core/index.js';
import { type Ending, Endings } from './endings.js';
import { FreeSeats } from './free-seats.js';
import { LinkedQueue } from './linked-queue.js';
import type { Binding, Dismissal, FreeInstance, Schedulable, Scheduler } from './scheduler.js';
import type { DirectStrategy, OldestStrategy, SequenceEndReason, SequenceId } from './scheduling.js';
import { type Chain, type Sequence, begin, ready } from './sequence.js';
import { DirectPicker, OldestPicker, type SequencePicker } from './sequence-picker.js';

/** Rules of a {@link SequencePlanner}. */
export interface SequenceRules {
  /** Name of the model, for texts. */
  readonly model: string;
  readonly strategy: DirectStrategy | OldestStrategy;
  /** Rows that one run takes. */
  readonly maxBatch: number;
  readonly maxIdleMs: number;
  /** Requests that may wait. */
  readonly maxQueue: number;
  /** Whether a sequence is over once its request is through. */
  readonly iterative?: boolean;
}

/** A sequence that ran on the instance `index` is over. */
export interface SequenceEnd {
  readonly id: SequenceId;
  readonly reason: SequenceEndReason;
  readonly index: number;
}

const NEVER = Infinity;
/** There is something to expire whatever the time. */
const AT_ONCE = -Infinity;

/**
 * The scheduler for sequences. Pure: time comes in as an argument.
 *
 * A sequence takes the lowest free row of all instances, or a place in the backlog, and stays there to its end; its requests run in order, one at a
 * time. A start with an id that lives ends the older sequence once its requests are through, in the same place. Without a request for `maxIdleMs`
 * a sequence is over. Called-off and late requests take the rest of their sequence with them: what follows would run on a state that lacks them.
 */
export class SequencePlanner<T extends Schedulable> implements Scheduler<T>, Binding<T> {
  /** Sequences that take requests. */
  readonly #live = new Map<SequenceId, Sequence<T>>();
  /** Those of them that have nothing to do, the one that was silent for longest first. */
  readonly #silent = new LinkedQueue<Sequence<T>>();
  readonly #backlog = new LinkedQueue<Chain<T>>();
  readonly #seats = new FreeSeats();
  readonly #pickers = new Map<number, SequencePicker<T>>();
  /** Sequences by request, queued or running. */
  readonly #of = new Map<T, Sequence<T>>();
  readonly #seated = new Map<number, Set<Chain<T>>>();
  readonly #endings = new Endings();
  readonly #dismissed: Dismissal<T>[] = [];
  #size = 0;
  #deadlineMs = NEVER;

  constructor(
    readonly rules: SequenceRules,
    readonly onEnd: (end: SequenceEnd) => void,
  ) {}

  readonly binding: Binding<T> = this;

  get size(): number {
    return this.#size;
  }

  /** Sequences that take requests; chains that wait for a place; endings remembered. */
  get held(): { readonly live: number; readonly backlog: number; readonly remembered: number; readonly requests: number } {
    return { live: this.#live.size, backlog: this.#backlog.size, remembered: this.#endings.size, requests: this.#of.size };
  }

  get deadlineMs(): number {
    if (this.#dismissed.length > 0) return AT_ONCE;
    const silent = this.#silent.first;
    return Math.min(this.#deadlineMs, silent ? silent.lastMs + this.rules.maxIdleMs : NEVER);
  }

  get dueMs(): number {
    let dueMs = NEVER;
    for (const picker of this.#pickers.values()) dueMs = Math.min(dueMs, picker.dueMs);
    return dueMs;
  }

  /** Whether a sequence of this id takes requests. */
  isLive(id: SequenceId): boolean {
    return this.#live.has(id);
  }

  /** The sequence of a request that waits or runs. */
  sequenceOf(request: T): Sequence<T> | undefined {
    return this.#of.get(request);
  }

  add(request: T): Fault | undefined {
    const { model, maxQueue } = this.rules;
    const { id, start, end } = request.sequence!;
    const known = this.#live.get(id);
    if (!known && !start)
      return new Fault(
        'INVALID_ARGUMENT',
        `inference request for sequence ${id} to model '${model}' must specify the START flag on the first request of the sequence: ` +
          this.#endings.why(id, request.arrivedMs),
      );
    if (this.#size >= maxQueue)
      return new Fault('RESOURCE_EXHAUSTED', `model "${model}": ${this.#size} requests wait already (maxQueue); try again later`);
    const sequence = start ? this.#start(id, known, request.arrivedMs) : known!;
    this.#queue(sequence, request);
    if (end) {
      sequence.over = 'end';
      this.#forget(sequence);
    }
    return undefined;
  }

  remove(request: T, nowMs: number): boolean {
    const sequence = this.#of.get(request);
    const at = sequence?.queue.indexOf(request) ?? -1;
    if (!sequence || at < 0) return false;
    this.#takeOut(sequence, at);
    this.#stop(sequence, 'cancelled', nowMs, new Fault('CANCELLED', `model "${this.rules.model}": another request of its sequence was called off`));
    return true;
  }

  next(nowMs: number, free: FreeInstance): readonly T[] | undefined {
    const batch = this.#pickers.get(free.index)?.next(nowMs, free);
    for (const request of batch ?? []) {
      const sequence = this.#of.get(request)!;
      sequence.queue.shift();
      sequence.running = request;
      sequence.turns++;
      this.#size--;
    }
    return batch;
  }

  expire(nowMs: number): readonly Dismissal<T>[] {
    if (this.#deadlineMs <= nowMs) this.#expireRequests(nowMs);
    for (let sequence = this.#silent.first; sequence && sequence.lastMs + this.rules.maxIdleMs <= nowMs; sequence = this.#silent.first)
      this.#stop(sequence, 'idle', nowMs);
    return this.#dismissed.splice(0);
  }

  clear(): readonly T[] {
    const waiting = [...this.#of.keys()].filter((request) => this.#of.get(request)!.running !== request);
    for (const request of waiting) this.#of.delete(request);
    this.#size = 0;
    for (const chains of this.#seated.values())
      for (const chain of chains)
        for (const { id, turns, over } of chain.sequences)
          if (turns > 0) this.onEnd({ id, reason: reasonOf(over ?? 'unload'), index: chain.seat!.index });
    this.#seated.clear();
    for (const sequence of this.#silent) this.#silent.delete(sequence.silence);
    this.#live.clear();
    for (const chain of this.#backlog) this.#backlog.delete(chain.backlog);
    return waiting;
  }

  finished(request: T, nowMs: number, again: boolean): void {
    const sequence = this.#of.get(request);
    if (!sequence) return;
    sequence.running = undefined;
    if (again) {
      sequence.queue.unshift(request);
      this.#size++;
    } else this.#of.delete(request);
    if (this.rules.iterative && !again) this.#stop(sequence, 'end', nowMs);
    else {
      sequence.lastMs = nowMs;
      if (this.#live.get(sequence.id) === sequence && sequence.queue.length === 0) sequence.silence = this.#silent.push(sequence);
      this.#moveOn(sequence.chain, nowMs);
    }
  }

  lost(index: number, nowMs: number): void {
    const { model } = this.rules;
    const fault = new Fault('UNAVAILABLE', `model "${model}": the instance that held the state of its sequence was lost; start the sequence again`);
    // Freed places are taken at once, so the set changes on the way.
    const seated = Array.from(this.#seated.get(index) ?? []);
    for (const chain of seated) this.#stopAll(chain, 'lost', nowMs, fault);
  }

  joined(index: number): void {
    if (this.#pickers.has(index)) return;
    const { strategy, model, maxBatch } = this.rules;
    const direct = strategy.kind === 'direct';
    this.#pickers.set(index, direct ? new DirectPicker<T>(strategy, maxBatch) : new OldestPicker<T>(strategy, model, maxBatch));
    this.#seated.set(index, new Set());
    const seats = direct ? maxBatch : strategy.maxCandidateSequences;
    for (let slot = 0; slot < seats; slot++) this.#seats.put({ index, slot });
    this.#seatBacklog();
  }

  left(index: number, nowMs: number): void {
    this.#pickers.delete(index);
    this.#seats.drop(index);
    this.lost(index, nowMs);
    this.#seated.delete(index);
  }

  #start(id: SequenceId, older: Sequence<T> | undefined, nowMs: number): Sequence<T> {
    const chain: Chain<T> = older?.chain ?? { sequences: [], seat: undefined, backlog: undefined, untilMs: NEVER };
    const sequence = begin(id, chain);
    chain.sequences.push(sequence);
    this.#endings.forget(id);
    if (older) {
      this.#forget(older);
      older.over = 'restarted';
    }
    this.#live.set(id, sequence);
    if (older) {
      this.#moveOn(chain, nowMs);
    } else {
      chain.backlog = this.#backlog.push(chain);
      this.#seatBacklog();
    }
    return sequence;
  }

  #queue(sequence: Sequence<T>, request: T): void {
    const { chain } = sequence;
    sequence.queue.push(request);
    this.#of.set(request, sequence);
    this.#size++;
    sequence.lastMs = request.arrivedMs;
    this.#silent.delete(sequence.silence);
    if (!chain.seat && request.timeoutMs > 0) chain.untilMs = Math.min(chain.untilMs, request.arrivedMs + request.timeoutMs);
    this.#deadlineMs = Math.min(this.#deadlineMs, request.deadlineMs, chain.untilMs);
    this.#offer(chain);
  }

  /** It takes no more requests. */
  #forget(sequence: Sequence<T>): void {
    this.#silent.delete(sequence.silence);
    if (this.#live.get(sequence.id) === sequence) this.#live.delete(sequence.id);
  }

  #offer(chain: Chain<T>): void {
    if (chain.seat && ready(chain)) this.#pickers.get(chain.seat.index)?.offer(chain);
  }

  /** Ends a sequence now: what it has queued fails with `fault`. */
  #stop(sequence: Sequence<T>, ending: Ending, nowMs: number, fault?: Fault): void {
    sequence.over = ending;
    this.#forget(sequence);
    while (sequence.queue.length > 0) this.#dismissed.push({ request: this.#takeOut(sequence, 0), fault: fault! });
    this.#moveOn(sequence.chain, nowMs);
  }

  #stopAll(chain: Chain<T>, ending: Ending, nowMs: number, fault: Fault): void {
    for (const sequence of chain.sequences.slice()) this.#stop(sequence, ending, nowMs, fault);
  }

  #takeOut(sequence: Sequence<T>, at: number): T {
    const [request] = sequence.queue.splice(at, 1) as [T];
    if (at === 0 && sequence.chain.seat) this.#pickers.get(sequence.chain.seat.index)?.withdraw(request);
    this.#of.delete(request);
    this.#size--;
    return request;
  }

  /** Lets the next sequence of a chain begin when the first is through, and the next chain when all are. */
  #moveOn(chain: Chain<T>, nowMs: number): void {
    for (let head = chain.sequences[0]; head?.over && !head.running && head.queue.length === 0; head = chain.sequences[0]) {
      chain.sequences.shift();
      this.#endings.remember(head.id, head.over, nowMs, head.lastMs);
      if (this.#live.has(head.id)) this.#endings.forget(head.id);
      if (head.turns > 0) this.onEnd({ id: head.id, reason: reasonOf(head.over), index: chain.seat!.index });
    }
    if (chain.sequences.length > 0) this.#offer(chain);
    else this.#giveUp(chain);
  }

  #giveUp(chain: Chain<T>): void {
    this.#backlog.delete(chain.backlog);
    const { seat } = chain;
    if (!seat) return;
    const seated = this.#seated.get(seat.index);
    if (!seated?.delete(chain)) return;
    const picker = this.#pickers.get(seat.index);
    if (!picker) return;
    picker.leave(chain);
    this.#seats.put(seat);
    this.#seatBacklog();
  }

  #seatBacklog(): void {
    for (let chain = this.#backlog.first; chain; chain = this.#backlog.first) {
      const seat = this.#seats.take();
      if (!seat) return;
      this.#backlog.delete(chain.backlog);
      chain.seat = seat;
      chain.untilMs = NEVER;
      this.#seated.get(seat.index)!.add(chain);
      this.#offer(chain);
    }
  }

  #expireRequests(nowMs: number): void {
    const { model } = this.rules;
    for (const chain of this.#backlog)
      if (chain.untilMs <= nowMs)
        this.#stopAll(chain, 'expired', nowMs, new Fault('UNAVAILABLE', 'timeout of the corresponding sequence has been expired'));
    for (const [request, sequence] of this.#of)
      if (request.deadlineMs <= nowMs && sequence.running !== request)
        this.#stop(
          sequence,
          'cancelled',
          nowMs,
          new Fault(
            'DEADLINE_EXCEEDED',
            `model "${model}": a request of its sequence was still queued at its deadline, after ${Math.round(nowMs - request.arrivedMs)} ms`,
          ),
        );
    this.#deadlineMs = NEVER;
    for (const chain of this.#backlog) this.#deadlineMs = Math.min(this.#deadlineMs, chain.untilMs);
    for (const [request, sequence] of this.#of) if (sequence.running !== request) this.#deadlineMs = Math.min(this.#deadlineMs, request.deadlineMs);
  }
}

/** What is told of an ending; a sequence that never ran is not told of, so `expired` never comes here. */
const reasonOf = (ending: Ending): SequenceEndReason => (ending === 'expired' ? 'cancelled' : ending);
