import type { BatchScheduling, QueuePolicy } from './scheduling.js';

/** A {@link QueuePolicy} with nothing left open. */
export type ResolvedPolicy = Required<QueuePolicy>;

/** A policy that lets everybody wait for as long as it takes. */
export const PATIENT: ResolvedPolicy = Object.freeze({ timeoutAction: 'reject', defaultTimeoutMs: 0, allowTimeoutOverride: false, maxQueueSize: 0 });

/** The levels of a queue and how each treats those that wait. */
export interface QueueLevels {
  /** The level of a request by its priority. */
  levelOf(priority: number): number;
  policyOf(level: number): ResolvedPolicy;
}

/** Levels as {@link BatchScheduling} describes them. */
export function queueLevels({
  priorityLevels = 0,
  defaultPriorityLevel = 0,
  defaultQueuePolicy,
  priorityQueuePolicies,
}: BatchScheduling): QueueLevels {
  const fallback = { ...PATIENT, ...defaultQueuePolicy };
  const policies = new Map(Object.entries(priorityQueuePolicies ?? {}).map(([level, policy]) => [Number(level), { ...PATIENT, ...policy }]));
  return {
    levelOf(priority) {
      if (priorityLevels === 0) return 0;
      return priority === 0 || priority > priorityLevels ? defaultPriorityLevel : priority;
    },
    policyOf: (level) => policies.get(level) ?? fallback,
  };
}

/** How long a request may wait under a policy; 0 is for ever. A request may shorten what there is, never set or lengthen it. */
export function timeoutUnder({ defaultTimeoutMs, allowTimeoutOverride }: ResolvedPolicy, askedMs: number): number {
  return allowTimeoutOverride && askedMs > 0 && askedMs < defaultTimeoutMs ? askedMs : defaultTimeoutMs;
}
