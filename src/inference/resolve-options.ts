import { availableParallelism } from 'node:os';
import { didYouMean, fail } from '../core/index.js';
import { PLACEMENTS } from './placements.js';
import type { HostOptions, Placement } from './port.js';

/** Host options with nothing left open. */
export interface ResolvedOptions {
  readonly placement: Placement;
  readonly instances: number;
  readonly maxBatch: number;
  readonly answersInPairs: boolean;
  readonly maxDelayMs: number;
  readonly maxQueue: number;
  readonly hangAfterMs: number | undefined;
}

function count(model: string, name: string, value: number, least = 1): number {
  if (Number.isInteger(value) && value >= least) return value;
  return fail('INVALID_ARGUMENT', `model "${model}": option ${name} is ${value}, wanted a whole number of ${least} or more`);
}

function duration(model: string, name: string, value: number, positive: boolean): number {
  if (Number.isFinite(value) && (positive ? value > 0 : value >= 0)) return value;
  return fail('INVALID_ARGUMENT', `model "${model}": option ${name} is ${value}, wanted milliseconds ${positive ? 'above 0' : 'of 0 or more'}`);
}

/** Fills in what is absent. @throws Fault INVALID_ARGUMENT naming the model, the option and what it may be */
export function resolveOptions(model: string, options: HostOptions): ResolvedOptions {
  const { placement = 'thread', maxBatch = 1, answersInPairs = false, maxDelayMs = 0, maxQueue = Infinity, hangAfterMs } = options;
  const { instances = placement === 'inline' ? 1 : availableParallelism() } = options;
  const names = Object.keys(PLACEMENTS);
  if (!names.includes(placement))
    fail('INVALID_ARGUMENT', `model "${model}": no placement "${placement}".${didYouMean(placement, names)} There are ${names.join(', ')}`);
  if (hangAfterMs !== undefined && placement !== 'process')
    fail('INVALID_ARGUMENT', `model "${model}": option hangAfterMs needs placement "process"; an instance placed "${placement}" cannot be killed`);
  return {
    placement,
    instances: count(model, 'instances', instances),
    maxBatch: count(model, 'maxBatch', maxBatch, 0),
    answersInPairs: answersInPairs && placement === 'thread',
    maxDelayMs: duration(model, 'maxDelayMs', maxDelayMs, false),
    maxQueue: maxQueue === Infinity ? maxQueue : count(model, 'maxQueue', maxQueue),
    hangAfterMs: hangAfterMs === undefined ? undefined : duration(model, 'hangAfterMs', hangAfterMs, true),
  };
}
