import { type Clock, Fault, type Log, type Meter, fail, throwIfAborted, toFault } from '../core/index.js';
import type { ModelDefinition, ModelSpec, ProviderAttempt, HostReport } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import { BatchPlanner } from './batch-planner.js';
import { SizedBufferPool } from './buffer-pool.js';
import { Cancellations } from './cancellations.js';
import { Dispatcher, type Held } from './dispatcher.js';
import { type InputContract, batchKey, checkInputs, inputContract } from './input-contract.js';
import type { OpenInstance } from './instance.js';
import { KeepAlive } from './keep-alive.js';
import type { InferenceRequest, InferenceResponse, LoadedModel, ModelStatistics, Placement } from './port.js';
import type { ResolvedOptions } from './resolve-options.js';
import type { RestartRules } from './restart-policy.js';
import { Slots } from './slots.js';
import { StatisticsKeeper } from './statistics.js';

/** Idle input buffers kept for one model: enough for 32 float pictures of 640 x 640. */
const POOL_BYTES = 160 * 1024 * 1024;

/** What a hosted model is made of. */
export interface HostedModelOptions {
  readonly definition: ModelDefinition;
  readonly options: ResolvedOptions;
  readonly openInstance: OpenInstance;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly restarts: RestartRules;
  /** Called once it is unloaded. */
  readonly onUnloaded: (model: LoadedModel) => void;
}

/** One batch runs and one waits; a pair of answers on its way needs one more. */
const batchesHeld = ({ answersInPairs }: ResolvedOptions): number => (answersInPairs ? 3 : 2);

/** A model in the engine: checks requests, hands them to the dispatcher, and tells each caller what became of theirs. */
export class HostedModel implements LoadedModel {
  readonly definition: ModelDefinition;
  readonly placement: Placement;
  readonly instances: number;
  readonly buffers = new SizedBufferPool(POOL_BYTES);
  spec!: ModelSpec;
  providers!: readonly ProviderAttempt[];
  maxBatch!: number;
  concurrency!: number;
  #contract!: InputContract;
  /** Made once the instances have said what they take; until then they hold nothing that could be lost. */
  #started: Dispatcher | undefined;
  readonly #slots: Slots;
  readonly #statistics: StatisticsKeeper;
  readonly #cancellations = new Cancellations<Job>((job, signal) => this.#aborted(job, signal));
  readonly #alive = new KeepAlive();
  #drained: (() => void) | undefined;
  #unloading: Promise<void> | undefined;

  private constructor(readonly made: HostedModelOptions) {
    const { definition, options, clock, log, meter, openInstance } = made;
    this.definition = definition;
    this.placement = options.placement;
    this.instances = options.instances;
    this.#statistics = new StatisticsKeeper(meter, definition.name);
    const after = (ms: number, run: () => void): (() => void) => clock.after(ms, run);
    this.#slots = new Slots(
      {
        model: definition.name,
        clock,
        log,
        rules: made.restarts,
        batchesHeld: batchesHeld(options),
        open: (index, events) =>
          openInstance({
            definition,
            index,
            pool: this.buffers,
            events,
            answersInPairs: options.answersInPairs,
            hangAfterMs: options.hangAfterMs,
            after,
          }),
      },
      {
        finished: (slot, batch, report) => this.#dispatcher.finished(slot, batch, report),
        lost: (batches, fault) => this.#started?.lost(batches, fault),
        restored: () => {
          this.#statistics.restarted();
          this.#started?.restored();
        },
        exhausted: (fault) => this.#started?.exhausted(fault),
      },
    );
  }

  /** Opens the instances. @throws Fault as the runtime's opening, named after the model */
  static async load(made: HostedModelOptions): Promise<HostedModel> {
    const model = new HostedModel(made);
    model.#alive.hold();
    try {
      await model.#slots.open(model.instances);
      model.#ready();
    } catch (error) {
      model.#alive.close();
      throw named(error, made.definition.name);
    }
    model.#alive.release();
    return model;
  }

  #ready(): void {
    const { definition, options, clock } = this.made;
    const { spec, providers, maxBatch: graphBatch } = this.#slots.description;
    const maxBatch = options.maxBatch === 0 ? 1 : graphBatch;
    this.spec = spec;
    this.providers = providers;
    this.maxBatch = maxBatch === Infinity ? options.maxBatch : 1;
    this.concurrency = this.instances * batchesHeld(options) * this.maxBatch;
    this.#contract = inputContract(definition, spec, maxBatch, this.maxBatch);
    const { maxDelayMs, maxQueue } = options;
    const scheduler = new BatchPlanner<Job>({ maxBatch: this.maxBatch, maxDelayMs, maxQueue });
    this.#started = new Dispatcher(
      { model: definition.name, scheduler, slots: this.#slots, clock },
      {
        ran: (batch, report) => this.#statistics.ran(batch.rows, report),
        answered: (job, batch, report, index) => this.#answered(job, batch, report, index),
        failed: (job, fault, held) => this.#failed(job, fault, held),
        activity: (idle) => this.#activity(idle),
      },
    );
  }

  get #dispatcher(): Dispatcher {
    return this.#started!;
  }

  infer(request: InferenceRequest): Promise<InferenceResponse> {
    return new Promise((resolve, reject) => {
      try {
        const job = this.#accept(request, resolve, reject);
        this.#dispatcher.add(job);
        if (request.signal && !job.settled) this.#cancellations.watch(request.signal, job);
      } catch (error) {
        this.#refuse(request, named(error, this.definition.name), reject);
      }
    });
  }

  statistics(): ModelStatistics {
    return this.#statistics.snapshot(this.#dispatcher.queued, this.#dispatcher.running);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  async #unload(): Promise<void> {
    this.#alive.hold();
    if (this.#dispatcher.queued + this.#dispatcher.running > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    this.#dispatcher.stop();
    try {
      await this.#slots.close();
    } finally {
      this.buffers.clear();
      this.#alive.close();
      this.made.onUnloaded(this);
    }
  }

  /** The request as a job. @throws Fault UNAVAILABLE (unloading), CANCELLED, INVALID_ARGUMENT */
  #accept(request: InferenceRequest, resolve: Job['resolve'], reject: Job['reject']): Job {
    const { name, head } = this.definition;
    if (this.#unloading) fail('UNAVAILABLE', `model "${name}" is being unloaded and takes no more requests`);
    throwIfAborted(request.signal);
    const { inputs, answer, priority = 0, deadlineMs = Infinity } = request;
    if (answer === 'decoded' && !head) fail('INVALID_ARGUMENT', `model "${name}" has no head that could decode its outputs; ask for tensors`);
    if (!Number.isInteger(priority) || priority < 0)
      fail('INVALID_ARGUMENT', `model "${name}": priority ${priority} must be a whole number of 0 or more`);
    const rows = checkInputs(inputs, this.#contract);
    const key = this.maxBatch > 1 ? batchKey(inputs) : '';
    return { request, rows, key, priority, deadlineMs, arrivedMs: this.made.clock.nowMs(), settled: false, resolve, reject };
  }

  #refuse({ inputs, signal }: InferenceRequest, fault: Fault, reject: (fault: Fault) => void): void {
    this.buffers.giveTensors(inputs);
    if (signal?.aborted) this.#statistics.cancelled();
    else this.#statistics.failed();
    reject(fault);
  }

  #answered(job: Job, batch: Batch, report: HostReport, index: number): void {
    const result = report.results[index];
    if (job.settled) return;
    if (!result || 'fault' in result) {
      const { code, message } = result?.fault ?? { code: 'INTERNAL', message: 'the host gave no result' };
      this.#failed(job, named(new Fault(code, message), this.definition.name), 'by an instance');
      return;
    }
    this.#settle(job);
    const queueMs = batch.startedMs - job.arrivedMs;
    this.#statistics.answered(job.rows, queueMs, report);
    const { inputMs, runMs, outputMs } = report;
    const { outputs, answers } = result;
    job.resolve({ outputs, answers, times: { queueMs, inputMs, runMs, outputMs, batch: batch.rows } });
  }

  #failed(job: Job, fault: Fault, held: Held): void {
    if (held === 'in the queue') this.buffers.giveTensors(job.request.inputs);
    if (job.settled) return;
    this.#settle(job);
    this.#statistics.failed();
    job.reject(fault);
  }

  #aborted(job: Job, signal: AbortSignal): void {
    if (job.settled) return;
    if (this.#dispatcher.withdraw(job)) this.buffers.giveTensors(job.request.inputs);
    this.#settle(job);
    this.#statistics.cancelled();
    const { name } = this.definition;
    job.reject(
      signal.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', `model "${name}": stopped by the caller`, { cause: signal.reason }),
    );
  }

  #settle(job: Job): void {
    job.settled = true;
    if (job.request.signal) this.#cancellations.forget(job.request.signal, job);
  }

  #activity(idle: boolean): void {
    if (!idle) {
      this.#alive.hold();
      return;
    }
    this.#alive.release();
    this.#drained?.();
  }
}

/** The fault with the model named in its text. */
function named(error: unknown, model: string): Fault {
  const fault = toFault(error);
  if (fault.message.includes(`"${model}"`) || fault.message.startsWith(`${model}: `)) return fault;
  return new Fault(fault.code, `model "${model}": ${fault.message}`, { cause: fault.cause ?? fault });
}
