import { type Clock, Fault, type Log, type Meter, fail, toFault } from '../core/index.js';
import type { BackendResponse, HostReport, HostResult, ModelDefinition, ModelSpec, ProviderAttempt } from '../models/index.js';
import type { Batch, Job } from './batch.js';
import { SizedBufferPool } from './buffer-pool.js';
import { CacheDoor } from './cache-door.js';
import { Cancellations } from './cancellations.js';
import { type ModelScheduling, createScheduling, engineInputs } from './create-scheduling.js';
import { Dispatcher, type Held } from './dispatcher.js';
import { inputContract } from './input-contract.js';
import type { OpenInstance } from './instance.js';
import { type PlannedInstance, definitionFor, resizedPlan } from './instance-plan.js';
import { Intake } from './intake.js';
import { JobAnswers } from './job-answers.js';
import { KeepAlive } from './keep-alive.js';
import { modelFault } from './model-fault.js';
import { ModelGate } from './model-gate.js';
import { inOrder, OrderedRelease } from './ordered-release.js';
import type { InferenceRequest, InferenceResponse, LoadedModel, ModelStatistics, Placement } from './port.js';
import type { RateLimiter } from './rate-limiter.js';
import type { ResolvedOptions } from './resolve-options.js';
import type { ResponseCache } from './response-cache.js';
import type { RestartRules } from './restart-policy.js';
import type { InstanceGroup } from './scheduling.js';
import type { SequenceEnd } from './sequence-planner.js';
import { type Slot, Slots } from './slots.js';
import { StatisticsKeeper } from './statistics.js';

/** Idle input buffers kept for one model: enough for 32 float pictures of 640 x 640. */
const POOL_BYTES = 160 * 1024 * 1024;

/** What a hosted model is made of. */
export interface HostedModelOptions {
  readonly definition: ModelDefinition;
  readonly options: ResolvedOptions;
  readonly openInstance: OpenInstance;
  /** Absent where runs are not limited. */
  readonly limiter: RateLimiter | undefined;
  /** Absent where answers are not kept. */
  readonly cache: ResponseCache | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly restarts: RestartRules;
  /** Called once it is unloaded. */
  readonly onUnloaded: (model: LoadedModel) => void;
}

/** One batch runs and one waits; a pair of answers on its way needs one more. What waits behind a limited run would hold what it claims. */
const batchesHeld = ({ answersInPairs }: ResolvedOptions, limited: boolean): number => (limited ? 1 : answersInPairs ? 3 : 2);

/** A model in the engine: checks requests, hands them to the dispatcher, and tells each caller what became of theirs. */
export class HostedModel implements LoadedModel {
  readonly definition: ModelDefinition;
  readonly placement: Placement;
  readonly buffers = new SizedBufferPool(POOL_BYTES);
  spec!: ModelSpec;
  providers!: readonly ProviderAttempt[];
  maxBatch!: number;
  #plan: readonly PlannedInstance[];
  #intake!: Intake;
  #scheduling!: ModelScheduling;
  /** Made once the instances have said what they take; until then they hold nothing that could be lost. */
  #started: Dispatcher | undefined;
  #ordered: OrderedRelease | undefined;
  readonly #backend: boolean;
  readonly #slots: Slots;
  readonly #gate: ModelGate | undefined;
  readonly #cache: CacheDoor | undefined;
  readonly #statistics: StatisticsKeeper;
  readonly #answers: JobAnswers;
  readonly #cancellations = new Cancellations<Job>((job, signal) => this.#aborted(job, signal));
  readonly #alive = new KeepAlive();
  #drained: (() => void) | undefined;
  #unloading: Promise<void> | undefined;
  /** One change of the number of instances at a time. */
  #resized: Promise<void> = Promise.resolve();

  private constructor(readonly made: HostedModelOptions) {
    const { definition, options, clock, log, meter, openInstance, limiter, cache } = made;
    this.definition = definition;
    this.placement = options.placement;
    this.#plan = options.plan;
    this.#backend = definition.weights.runtime === 'module';
    this.#statistics = new StatisticsKeeper(meter, definition.name);
    this.#cache = options.cache && cache ? new CacheDoor(definition.name, cache, this.#statistics, clock) : undefined;
    this.#gate =
      limiter &&
      new ModelGate(
        limiter,
        (index) => this.#plan[index]!,
        () => this.#started?.pump(),
      );
    this.#answers = new JobAnswers({
      model: definition.name,
      backend: this.#backend,
      clock,
      statistics: this.#statistics,
      giveUp: (job, fault) => this.#giveUp(job, fault),
    });
    const after = (ms: number, run: () => void): (() => void) => clock.after(ms, run);
    const { answersInPairs, hangAfterMs, onAsk } = options;
    this.#slots = new Slots(
      {
        model: definition.name,
        clock,
        log,
        rules: made.restarts,
        batchesHeld: batchesHeld(options, limiter !== undefined),
        open: (index, events) =>
          openInstance({
            definition: definitionFor(definition, this.#plan[index]!),
            index,
            pool: this.buffers,
            events,
            answersInPairs,
            hangAfterMs,
            after,
            onAsk,
          }),
      },
      {
        finished: (slot, batch, report) => this.#dispatcher.finished(slot, batch, report),
        responded: (slot, number, response) => this.#responded(slot, number, response),
        completed: (slot, number, result) => this.#dispatcher.completed(slot, number, result),
        lost: (slot, batches, later, fault) => this.#started?.lost(slot, batches, later, fault),
        left: (slot) => this.#left(slot),
        restored: () => {
          this.#statistics.restarted();
          this.#started?.pump();
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
      await model.#slots.open(model.#plan.length);
      await model.#ready();
    } catch (error) {
      model.#alive.close();
      throw modelFault(error, made.definition.name);
    }
    model.#alive.release();
    return model;
  }

  async #ready(): Promise<void> {
    try {
      this.#prepare();
    } catch (error) {
      await this.#slots.close();
      throw error;
    }
  }

  #prepare(): void {
    const { definition, options, clock } = this.made;
    const { spec, providers, maxBatch } = this.#slots.description;
    this.spec = spec;
    this.providers = providers;
    const graphBatch = options.batchAxis ? maxBatch : 1;
    this.maxBatch = graphBatch === Infinity ? options.maxBatch : 1;
    const contract = inputContract(definition, spec, graphBatch, this.maxBatch, {
      optional: options.optionalInputs,
      ragged: options.raggedInputs,
      engines: engineInputs(options),
    });
    this.#scheduling = createScheduling({
      model: definition.name,
      options,
      maxBatch: this.maxBatch,
      backend: this.#backend,
      onSequenceEnd: (end) => this.#sequenceEnded(end),
    });
    const { scheduler, composer, intake, ordered } = this.#scheduling;
    this.#intake = new Intake({ definition, contract, maxBatch: this.maxBatch, sequences: intake, clock });
    this.#ordered = ordered ? new OrderedRelease() : undefined;
    const gate = this.#gate;
    this.#started = new Dispatcher(
      { model: definition.name, scheduler, slots: this.#slots, clock, composer, ...(gate && { gate }) },
      {
        ran: (batch, report) => this.#statistics.ran(batch.rows, report),
        answered: (job, result, batch, report) => this.#answered(job, result, batch, report),
        completed: (job, result) => this.#completed(job, result),
        failed: (job, fault, held) => this.#failed(job, fault, held),
        activity: (idle) => this.#activity(idle),
      },
    );
    for (const slot of this.#slots.all) this.#joined(slot);
  }

  get instances(): number {
    return this.#plan.length;
  }

  get concurrency(): number {
    return this.instances * batchesHeld(this.made.options, this.#gate !== undefined) * this.maxBatch;
  }

  get #dispatcher(): Dispatcher {
    return this.#started!;
  }

  infer(request: InferenceRequest): Promise<InferenceResponse> {
    return new Promise((resolve, reject) => {
      let job: Job;
      try {
        if (this.#unloading) fail('UNAVAILABLE', `model "${this.definition.name}" is being unloaded and takes no more requests`);
        job = this.#intake.accept(request, resolve, reject);
      } catch (error) {
        this.#refuse(request, modelFault(error, this.definition.name), 0, reject);
        return;
      }
      const cached = this.#cache?.answerOf(job);
      if (cached) {
        this.buffers.giveTensors(request.inputs);
        resolve(cached);
      } else this.#queue(this.#ordered ? inOrder(job, this.#ordered) : job);
    });
  }

  #queue(job: Job): void {
    const { request } = job;
    try {
      this.#dispatcher.add(job);
    } catch (error) {
      this.#refuse(request, toFault(error), this.#age(job), job.reject);
      return;
    }
    if (request.signal && !job.settled) this.#cancellations.watch(request.signal, job);
  }

  statistics(): ModelStatistics {
    return this.#statistics.snapshot(this.#dispatcher.queued, this.#dispatcher.running);
  }

  resize(instances: number | readonly InstanceGroup[]): Promise<void> {
    const resized = this.#resized.then(() => this.#resize(instances));
    this.#resized = resized.catch(() => {});
    return resized;
  }

  async #resize(instances: number | readonly InstanceGroup[]): Promise<void> {
    const { name } = this.definition;
    if (this.#unloading) fail('UNAVAILABLE', `model "${name}" is being unloaded`);
    const before = this.#plan;
    const plan = resizedPlan(name, before, instances);
    this.#alive.hold();
    if (plan.length > before.length) this.#plan = plan;
    try {
      await this.#slots.resize(plan.length);
    } finally {
      this.#plan = [...plan, ...before].slice(0, this.#slots.all.length);
      for (const slot of this.#slots.all) this.#joined(slot);
      this.#dispatcher.pump();
      this.#alive.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#unloading ??= this.#unload();
    return this.#unloading;
  }

  async #unload(): Promise<void> {
    this.#alive.hold();
    await this.#resized;
    if (this.#dispatcher.queued + this.#dispatcher.running > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    this.#dispatcher.stop();
    this.#scheduling.scheduler.clear();
    try {
      await this.#slots.close();
    } finally {
      for (const slot of this.#slots.all) this.#gate?.part(slot);
      this.#cache?.close();
      this.#cancellations.release();
      this.buffers.clear();
      this.#alive.close();
      this.made.onUnloaded(this);
    }
  }

  #joined(slot: Slot): void {
    this.#gate?.join(slot);
    if (!slot.givenUp) this.#scheduling.scheduler.binding?.joined(slot.index);
  }

  #left(slot: Slot): void {
    this.#gate?.part(slot);
    this.#started?.options.scheduler.binding?.left(slot.index, this.made.clock.nowMs());
    this.#started?.pump();
  }

  #sequenceEnded({ id, reason, index }: SequenceEnd): void {
    const { scheduling } = this.made.options;
    this.#slots.at(index)?.instance?.endSequence(id, reason);
    if (scheduling?.kind === 'sequence') scheduling.onSequenceEnd?.(id, reason);
  }

  #refuse({ inputs, signal }: InferenceRequest, fault: Fault, ageMs: number, reject: (fault: Fault) => void): void {
    this.buffers.giveTensors(inputs);
    if (signal?.aborted) this.#statistics.cancelled(ageMs);
    else this.#statistics.failed(fault.code === 'UNAVAILABLE' || fault.code === 'RESOURCE_EXHAUSTED' ? 'rejected' : 'other', ageMs);
    reject(fault);
  }

  #responded(slot: Slot, number: number, response: BackendResponse): void {
    const job = slot.later.get(number) ?? slot.batches[0]?.jobs.find(({ at }) => at?.number === number);
    if (job && !job.settled) this.#answers.take(job, response);
  }

  #answered(job: Job, result: HostResult | undefined, batch: Batch, report: Omit<HostReport, 'results'>): void {
    if (job.settled) return;
    if (!result || 'fault' in result) {
      const { code, message } = result?.fault ?? { code: 'INTERNAL', message: 'the host gave no result' };
      this.#failed(job, modelFault(new Fault(code, message), this.definition.name), 'by an instance');
      return;
    }
    if (!('outputs' in result)) return;
    const response = this.#answers.last(job, result, batch, report);
    if (!response) return;
    this.#settle(job);
    this.#statistics.answered(job.rows, response.times.queueMs, this.#age(job), report);
    this.#cache?.keep(job, response);
    job.resolve(response);
  }

  #completed(job: Job, result: HostResult): void {
    const { batch } = job.at!;
    this.#answered(job, result, batch, { inputMs: 0, runMs: this.made.clock.nowMs() - batch.startedMs, outputMs: 0 });
  }

  #failed(job: Job, fault: Fault, held: Held): void {
    if (held === 'in the queue') this.buffers.giveTensors(job.request.inputs);
    if (job.settled) return;
    this.#settle(job);
    this.#answers.over(job, 'fail');
    if (fault.code === 'CANCELLED') this.#statistics.cancelled(this.#age(job));
    else this.#statistics.failed(held === 'in the queue' ? 'rejected' : 'backend', this.#age(job));
    job.reject(fault);
  }

  /** Fails a request that its backend goes on answering. */
  #giveUp(job: Job, fault: Fault): void {
    if (job.settled) return;
    this.#failed(job, fault, 'by an instance');
    this.#callOff(job);
  }

  #aborted(job: Job, signal: AbortSignal): void {
    if (job.settled) return;
    if (this.#dispatcher.withdraw(job)) this.buffers.giveTensors(job.request.inputs);
    else this.#callOff(job);
    this.#settle(job);
    this.#answers.over(job, 'cancel');
    this.#statistics.cancelled(this.#age(job));
    const { name } = this.definition;
    job.reject(
      signal.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', `model "${name}": stopped by the caller`, { cause: signal.reason }),
    );
  }

  /** Tells a backend that nobody waits for its answer. */
  #callOff({ at }: Job): void {
    if (this.#backend && at) at.slot.instance?.cancel(at.number);
  }

  #settle(job: Job): void {
    job.settled = true;
    if (job.request.signal) this.#cancellations.forget(job.request.signal, job);
  }

  #age({ arrivedMs }: Job): number {
    return this.made.clock.nowMs() - arrivedMs;
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
