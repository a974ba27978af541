import { type AlgorithmError, type Fault, type FrameInfo, type Log, fail, toFault, toMs } from '../../core/index.js';
import { type Board, type NodeFindings, SKIPPED } from '../nodes/board.js';
import type { StreamNode } from '../nodes/port.js';
import { findingsOf, lateFindings } from './algorithm-findings.js';
import { type BreakerRules, CircuitBreaker } from './circuit-breaker.js';
import { FrameMemory, closeFrames } from './frame-memory.js';
import { FrameSchedule, type Sampling } from './frame-schedule.js';
import type { AlgorithmInstance, RunOutcome } from './instance.js';
import { discardNotes } from './run-notes.js';
import { type ObjectSight, type SeenFrame, seenFrame } from './seen-frame.js';
import { tellError } from './thrown-at.js';
import { limited } from './time-limit.js';

/** How an algorithm is run on a stream. */
export interface AlgorithmRules {
  readonly node: string;
  readonly sampling: Sampling;
  readonly sight: ObjectSight;
  /** Null where a failure ends the stream. */
  readonly breaker: BreakerRules | null;
  readonly timeoutMs?: number;
  /** Whether a frame waits for the run on it. */
  readonly wait: boolean;
  readonly log: Log;
}

/** What became of the runs of an algorithm; all of them count. */
export interface AlgorithmCounters {
  /** Runs that gave a result. */
  runs: number;
  /** Runs that threw, took too long or gave what is no plain data. */
  failures: number;
  /** Those of them that took too long. */
  timeouts: number;
  /** Results that came after their time; they are dropped. */
  late: number;
  /** Runs left out because the one before was still at work. */
  busy: number;
  /** Runs left out by the circuit breaker. */
  held: number;
  /** Runs left out because there were too few frames. */
  short: number;
  /** Runs that were due while no frame came. */
  missed: number;
}

/** Counters at nought. */
export const noCounters = (): AlgorithmCounters => ({ runs: 0, failures: 0, timeouts: 0, late: 0, busy: 0, held: 0, short: 0, missed: 0 });

/** How long the end of a stream waits for a run that does not heed its signal. */
const CLOSE_GRACE_MS = 1000;

/** A run that is over. */
type Attempt = { readonly outcome: RunOutcome; readonly error?: undefined } | { readonly error: AlgorithmError };

const settled = async (work: Promise<unknown>, withinMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
};

/** An algorithm at work on one stream: which frames it gets, what becomes of what it gives, and of its failures. */
export class StreamAlgorithm implements StreamNode {
  readonly #schedule: FrameSchedule;
  readonly #memory: FrameMemory;
  readonly #breaker: CircuitBreaker;
  readonly #counters = noCounters();
  /** Settles when the run under way is really over, also one that nobody waits for any more. */
  #atWork: Promise<RunOutcome> | null = null;
  /** What a run beside the stream came to; told with the next frame. */
  #done: { readonly over: Attempt; readonly fromFrame: number } | null = null;
  #fault: Fault | null = null;
  /** Why there is no instance: a stream that came later, whose `init` threw. */
  #unopened: Fault | null = null;
  #closing: Promise<void> | null = null;

  constructor(
    readonly rules: AlgorithmRules,
    /** Rejects where `init` throws. */
    readonly instance: Promise<AlgorithmInstance>,
    /** Aborted at the end; the algorithm has its signal. */
    readonly stop: AbortController,
  ) {
    this.#schedule = new FrameSchedule(rules.sampling);
    this.#memory = new FrameMemory(this.#schedule.depth, `node ${rules.node}`);
    this.#breaker = new CircuitBreaker(rules.breaker ?? { breakAfter: Infinity, retryAfterMs: 0 });
    instance.catch((error: unknown) => (this.#unopened = toFault(error, 'CONFIG_INVALID')));
  }

  /** Whether it has been told to end. */
  get closed(): boolean {
    return this.#closing !== null;
  }

  /** What became of its runs so far. */
  get counters(): AlgorithmCounters {
    return { ...this.#counters, short: this.#schedule.short, missed: this.#schedule.missed };
  }

  look(board: Board, signal: AbortSignal): NodeFindings | Promise<NodeFindings> {
    const newest = seenFrame(board, this.rules.sight);
    const { ages, forgets } = this.#schedule.next(newest.frame.pts);
    if (forgets) this.#memory.clear();
    const attempt = ages.length > 0 && this.#mayRun(newest) ? this.#attempt(this.#memory.choose(newest, ages), signal) : null;
    this.#memory.push(newest);
    if (!this.rules.wait) return this.#beside(attempt, newest.frame.info);
    return attempt ? attempt.then((over) => this.#told(over, newest)) : SKIPPED;
  }

  /** Ends it: the run under way is told to stop, the frames are given back, the algorithm is closed. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #mayRun({ frame }: SeenFrame): boolean {
    if (this.#atWork) this.#counters.busy++;
    else if (this.#breaker.allows(toMs(frame.pts))) return true;
    else this.#counters.held++;
    return false;
  }

  /** Takes the frames over. @throws Fault CANCELLED; with `onError: fail`, what went wrong */
  async #attempt(frames: readonly SeenFrame[], signal: AbortSignal): Promise<Attempt> {
    const { timeoutMs } = this.rules;
    const { info } = frames.at(-1)!.frame;
    const either = AbortSignal.any([signal, this.stop.signal]);
    let begun = false;
    const begin = (leave: AbortSignal): Promise<RunOutcome> => {
      begun = true;
      const work = this.instance.then((instance) => instance.run(frames, leave));
      // Heard before anyone who waits for the run: the next frame finds it over.
      const over = (): void => {
        closeFrames(frames);
        this.#atWork = null;
      };
      work.then(over, over);
      this.#atWork = work;
      return work;
    };
    try {
      const outcome = await limited(begin, { signal: either, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      this.#counters.runs++;
      this.#breaker.succeeded();
      return { outcome };
    } catch (error) {
      if (!begun) closeFrames(frames);
      if (this.#atWork) this.#dropLate(this.#atWork);
      if (either.aborted) throw toFault(error);
      if (this.#unopened) throw this.#unopened;
      return { error: this.#failed(error, info) };
    }
  }

  #dropLate(work: Promise<RunOutcome>): void {
    const drop = ({ notes }: RunOutcome): void => {
      this.#counters.late++;
      discardNotes(notes);
    };
    work.then(drop, () => {});
  }

  /** @throws Fault where a failure ends the stream */
  #failed(error: unknown, { stream, number, pts }: FrameInfo): AlgorithmError {
    const { node, breaker, log } = this.rules;
    const { code } = toFault(error);
    this.#counters.failures++;
    if (code === 'DEADLINE_EXCEEDED') this.#counters.timeouts++;
    const message = tellError(error);
    if (!breaker) return fail(code, `nodes.${node}: frame ${number}: ${message}`, error);
    this.#breaker.failed(toMs(pts));
    const { consecutive, state } = this.#breaker;
    const then = state === 'open' ? `; it is left alone for ${breaker.retryAfterMs / 1000} s` : '';
    log.warn(`node ${node} failed on frame ${number}: ${message}${then}`, { stream, node, frame: number, consecutive });
    return { type: 'algorithm-error', stream, frame: number, pts, node, message, consecutive, breaker: state };
  }

  #told(attempt: Attempt, newest: SeenFrame): NodeFindings {
    if (attempt.error) return { ...SKIPPED, events: [attempt.error] };
    return findingsOf(this.rules.node, attempt.outcome, newest);
  }

  /** What the run before came to, if it is over; the frame does not wait for the one that has just begun. */
  #beside(attempt: Promise<Attempt> | null, { number }: FrameInfo): NodeFindings {
    if (this.#fault) throw this.#fault;
    const done = this.#done;
    this.#done = null;
    attempt?.then(
      (over) => (this.#done = { over, fromFrame: number }),
      (error: unknown) => (this.#fault = toFault(error)),
    );
    const inferred = attempt !== null;
    if (!done) return { ...SKIPPED, inferred };
    if (done.over.error) return { ...SKIPPED, inferred, events: [done.over.error] };
    return lateFindings(done.over.outcome, done.fromFrame, inferred);
  }

  async #close(): Promise<void> {
    this.stop.abort();
    this.#memory.clear();
    if (this.#atWork) await settled(this.#atWork, CLOSE_GRACE_MS);
    const instance = await this.instance.catch(() => null);
    await instance?.close().catch((error: unknown) => this.rules.log.warn(`node ${this.rules.node}: close: ${tellError(error)}`));
  }
}
