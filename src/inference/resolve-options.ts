import { availableParallelism } from 'node:os';
import { didYouMean, fail } from '../core/index.js';
import { PLACEMENTS } from './placements.js';
import { checkScheduling } from './check-scheduling.js';
import { type PlannedInstance, planInstances } from './instance-plan.js';
import type { HostOptions, Placement } from './port.js';
import type { Scheduling } from './scheduling.js';

/** Host options with nothing left open. */
export interface ResolvedOptions {
  readonly placement: Placement;
  /** One entry for each instance. */
  readonly plan: readonly PlannedInstance[];
  readonly maxBatch: number;
  readonly answersInPairs: boolean;
  readonly maxDelayMs: number;
  readonly maxQueue: number;
  readonly hangAfterMs: number | undefined;
  /** Undefined: batches by `maxDelayMs` and `maxQueue`. */
  readonly scheduling: Scheduling | undefined;
  readonly batchAxis: boolean;
  readonly optionalInputs: readonly string[];
  readonly raggedInputs: readonly string[];
  readonly cache: boolean;
  readonly onAsk: (question: unknown, signal: AbortSignal) => unknown;
}

const NOBODY_ANSWERS = (): never =>
  fail('FAILED_PRECONDITION', 'nobody answers: the model was loaded without onAsk, so its backend cannot ask anything');

function count(model: string, name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  return fail('INVALID_ARGUMENT', `model "${model}": option ${name} is ${value}, wanted a whole number of 1 or more`);
}

function duration(model: string, name: string, value: number, positive: boolean): number {
  if (Number.isFinite(value) && (positive ? value > 0 : value >= 0)) return value;
  return fail('INVALID_ARGUMENT', `model "${model}": option ${name} is ${value}, wanted milliseconds ${positive ? 'above 0' : 'of 0 or more'}`);
}

/** Fills in what is absent. @throws Fault INVALID_ARGUMENT naming the model, the option and what it may be */
export function resolveOptions(model: string, options: HostOptions): ResolvedOptions {
  const { placement = 'thread', maxBatch = 1, answersInPairs = false, maxDelayMs = 0, maxQueue = Infinity, hangAfterMs, scheduling } = options;
  const { batchAxis = true, optionalInputs = [], raggedInputs = [], cache = false, onAsk = NOBODY_ANSWERS } = options;
  const { instances = placement === 'inline' ? 1 : availableParallelism() } = options;
  const names = Object.keys(PLACEMENTS);
  if (!names.includes(placement))
    fail('INVALID_ARGUMENT', `model "${model}": no placement "${placement}".${didYouMean(placement, names)} There are ${names.join(', ')}`);
  if (hangAfterMs !== undefined && placement !== 'process')
    fail('INVALID_ARGUMENT', `model "${model}": option hangAfterMs needs placement "process"; an instance placed "${placement}" cannot be killed`);
  count(model, 'maxBatch', maxBatch);
  if (scheduling) checkScheduling(model, scheduling, maxBatch, batchAxis);
  if (cache && scheduling?.kind === 'sequence')
    fail('INVALID_ARGUMENT', `model "${model}": option cache is not for sequences: their answers depend on what came before`);
  return {
    placement,
    plan: planInstances(model, options.instanceGroups ?? [{ count: count(model, 'instances', instances) }]),
    maxBatch,
    // What a run of a sequence makes is needed for the next: it cannot wait for company.
    answersInPairs: answersInPairs && placement === 'thread' && scheduling?.kind !== 'sequence',
    maxDelayMs: duration(model, 'maxDelayMs', maxDelayMs, false),
    maxQueue: maxQueue === Infinity ? maxQueue : count(model, 'maxQueue', maxQueue),
    hangAfterMs: hangAfterMs === undefined ? undefined : duration(model, 'hangAfterMs', hangAfterMs, true),
    scheduling,
    batchAxis,
    optionalInputs,
    raggedInputs,
    cache,
    onAsk,
  };
}
