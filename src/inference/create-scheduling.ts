import { BatchPlanner, type BatchRules } from './batch-planner.js';
import type { Job } from './batch.js';
import { type Composer, PLAIN, WITH_CONTEXT } from './composer.js';
import { queueLevels } from './queue-levels.js';
import type { ResolvedOptions } from './resolve-options.js';
import type { Scheduler } from './scheduler.js';
import type { BatchScheduling, SequenceScheduling } from './scheduling.js';
import { SequenceComposer } from './sequence-composer.js';
import { SequenceIntake } from './sequence-intake.js';
import { type SequenceEnd, SequencePlanner } from './sequence-planner.js';

/** What a model's requests go through on their way to an instance. */
export interface ModelScheduling {
  readonly scheduler: Scheduler<Job>;
  readonly composer: Composer;
  /** Absent for a model without sequences. */
  readonly intake?: SequenceIntake;
  /** Whether answers leave in the order of the requests. */
  readonly ordered: boolean;
}

/** What scheduling depends on besides the options. */
export interface SchedulingOrder {
  readonly model: string;
  readonly options: ResolvedOptions;
  /** Rows that one run takes. */
  readonly maxBatch: number;
  readonly backend: boolean;
  readonly onSequenceEnd: (end: SequenceEnd) => void;
}

/** Inputs that the engine fills in itself. */
export function engineInputs(options: Pick<ResolvedOptions, 'scheduling'>): readonly string[] {
  if (options.scheduling?.kind !== 'sequence') return [];
  const { controls = [], states = [] } = options.scheduling;
  return [...controls, ...states].map(({ input }) => input);
}

/** How long a sequence may be silent when nothing is said; Triton's default. */
const MAX_IDLE_MS = 1000;

function batches(scheduling: BatchScheduling, { model, options, maxBatch, backend }: SchedulingOrder): ModelScheduling {
  const { preferredBatchSizes = [], maxQueueDelayMs = 0, preserveOrdering = false } = scheduling;
  const preferred = preferredBatchSizes.filter((rows) => rows <= maxBatch).toSorted((a, b) => a - b);
  const rules: BatchRules = { model, maxBatch, maxDelayMs: maxQueueDelayMs, maxQueue: options.maxQueue, levels: queueLevels(scheduling) };
  const scheduler = new BatchPlanner<Job>(preferred.length > 0 ? { ...rules, preferred } : rules);
  return { scheduler, composer: backend ? WITH_CONTEXT : PLAIN, ordered: preserveOrdering };
}

function sequences(scheduling: SequenceScheduling, order: SchedulingOrder): ModelScheduling {
  const { model, options, maxBatch, backend, onSequenceEnd } = order;
  const { strategy = { kind: 'direct' }, maxIdleMs = MAX_IDLE_MS, controls = [], states = [], iterative = false } = scheduling;
  const scheduler = new SequencePlanner<Job>({ model, strategy, maxBatch, maxIdleMs, maxQueue: options.maxQueue, iterative }, onSequenceEnd);
  const idControl = controls.find((control) => control.kind === 'sequenceId');
  return {
    scheduler,
    composer: new SequenceComposer({ controls, states, batchAxis: options.batchAxis, direct: strategy.kind === 'direct', backend }, (job) =>
      scheduler.sequenceOf(job),
    ),
    intake: new SequenceIntake({ model, idControl, iterative, isLive: (id) => scheduler.isLive(id) }),
    ordered: strategy.kind === 'oldest' && strategy.preserveOrdering === true,
  };
}

/** The scheduler that the options describe, and what goes with it. */
export function createScheduling(order: SchedulingOrder): ModelScheduling {
  const { model, options, maxBatch, backend } = order;
  const { scheduling, maxDelayMs, maxQueue } = options;
  if (scheduling?.kind === 'sequence') return sequences(scheduling, order);
  if (scheduling?.kind === 'batch') return batches(scheduling, order);
  return {
    scheduler: new BatchPlanner<Job>({ model, maxBatch, maxDelayMs, maxQueue }),
    composer: backend ? WITH_CONTEXT : PLAIN,
    ordered: false,
  };
}
