import { type Clock, Fault, toFault } from '../core/index.js';
import type { BackendResponse, HostAnswer, HostReport } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import type { InferenceResponse } from './port.js';
import type { ResponseOutcome, StatisticsKeeper } from './statistics.js';

/** What {@link JobAnswers} works with. */
export interface AnswerRules {
  readonly model: string;
  /** Whether answers come from a backend, which may give several. */
  readonly backend: boolean;
  readonly clock: Clock;
  readonly statistics: StatisticsKeeper;
  /** Fails a request whose answers nobody can take. */
  readonly giveUp: (job: Job, fault: Fault) => void;
}

/** The times of a run. */
type RunTimes = Omit<HostReport, 'results'>;

/** Hands the answers of backends to callers as they come, and puts together the last one. */
export class JobAnswers {
  constructor(readonly rules: AnswerRules) {}

  /** An answer that is not the last. Its instance may send another once the caller is through with it. */
  take(job: Job, response: BackendResponse): void {
    const { slot, number } = job.at!;
    const { instance } = slot;
    const answers = this.#count(job, 'success');
    const { onResponse } = job.request;
    if (!onResponse) {
      if (answers.held) this.#second(job);
      else answers.held = response;
      return;
    }
    const grant = (): void => {
      if (slot.instance === instance) instance?.grant(number);
    };
    const failed = (error: unknown): void => this.rules.giveUp(job, toFault(error, 'UNKNOWN', `model "${this.rules.model}": onResponse failed: `));
    try {
      const taken = onResponse(response);
      if (taken) taken.then(grant, failed);
      else grant();
    } catch (error) {
      failed(error);
    }
  }

  /** The last answer, or the end without one; undefined when the request had more than it takes. */
  last(job: Job, answer: HostAnswer, { startedMs, rows }: Batch, { inputMs, runMs, outputMs }: RunTimes): InferenceResponse | undefined {
    const times = { queueMs: startedMs - job.arrivedMs, inputMs, runMs, outputMs, batch: rows };
    if (!this.rules.backend && job.issuedId === undefined) return { outputs: answer.outputs, answers: answer.answers, times };
    const held = job.answers?.held;
    if (this.rules.backend) this.#count(job, answer.empty ? 'empty' : 'success');
    if (held && !answer.empty) {
      this.#second(job);
      return undefined;
    }
    const { outputs, parameters } = held ?? answer;
    return {
      outputs,
      answers: answer.answers,
      times,
      ...(parameters && { parameters }),
      ...(answer.empty && !held && { empty: true as const }),
      ...(job.issuedId !== undefined && { sequenceId: job.issuedId }),
    };
  }

  /** The request is over without a last answer. */
  over(job: Job, outcome: 'fail' | 'cancel'): void {
    if (this.rules.backend && job.at) this.#count(job, outcome);
  }

  #second(job: Job): void {
    this.rules.giveUp(
      job,
      new Fault('FAILED_PRECONDITION', `model "${this.rules.model}": gave a second answer to a request that takes one; ask with onResponse`),
    );
  }

  /** Counts an answer by its number and the time since the one before. */
  #count(job: Job, outcome: ResponseOutcome): NonNullable<Job['answers']> {
    const nowMs = this.rules.clock.nowMs();
    // Its batch may still wait behind another.
    const { startedMs } = job.at!.batch;
    const answers = (job.answers ??= { count: 0, lastMs: Number.isNaN(startedMs) ? nowMs : startedMs, held: undefined });
    this.rules.statistics.responded(answers.count++, outcome, nowMs - answers.lastMs);
    answers.lastMs = nowMs;
    return answers;
  }
}
