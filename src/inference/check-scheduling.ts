import { fail } from '../core/index.js';
import type { BatchScheduling, QueuePolicy, Scheduling, SequenceScheduling } from './scheduling.js';

type Check = (ok: boolean, what: string) => void;

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
const isDuration = (value: number): boolean => Number.isFinite(value) && value >= 0;

function checkSizes(check: Check, sizes: readonly number[], maxBatch: number, batchAxis: boolean): void {
  for (const size of sizes) {
    check(isCount(size), `preferredBatchSizes has ${size}, wanted whole numbers of 1 or more`);
    check(!batchAxis || size <= maxBatch, `preferredBatchSizes has ${size}, more than maxBatch (${maxBatch})`);
  }
}

function checkPolicy(check: Check, name: string, { defaultTimeoutMs = 0, maxQueueSize = 0 }: QueuePolicy): void {
  check(isDuration(defaultTimeoutMs), `${name}.defaultTimeoutMs is ${defaultTimeoutMs}, wanted milliseconds of 0 or more`);
  check(Number.isInteger(maxQueueSize) && maxQueueSize >= 0, `${name}.maxQueueSize is ${maxQueueSize}, wanted a whole number of 0 or more`);
}

function checkBatch(check: Check, scheduling: BatchScheduling): void {
  const { maxQueueDelayMs = 0, preserveOrdering, priorityLevels = 0, defaultPriorityLevel = 0 } = scheduling;
  const policies = Object.entries(scheduling.priorityQueuePolicies ?? {});
  check(isDuration(maxQueueDelayMs), `maxQueueDelayMs is ${maxQueueDelayMs}, wanted milliseconds of 0 or more`);
  check(Number.isInteger(priorityLevels) && priorityLevels >= 0, `priorityLevels is ${priorityLevels}, wanted a whole number of 0 or more`);
  if (priorityLevels > 0)
    check(
      isCount(defaultPriorityLevel) && defaultPriorityLevel <= priorityLevels,
      `defaultPriorityLevel is ${defaultPriorityLevel}, wanted a level from 1 to ${priorityLevels}`,
    );
  checkPolicy(check, 'defaultQueuePolicy', scheduling.defaultQueuePolicy ?? {});
  for (const [level, policy] of policies) {
    check(Number(level) >= 1 && Number(level) <= priorityLevels, `priorityQueuePolicies names level ${level}; there are ${priorityLevels} levels`);
    checkPolicy(check, `priorityQueuePolicies[${level}]`, policy);
  }
  if (!preserveOrdering) return;
  const delays = [scheduling.defaultQueuePolicy ?? {}, ...policies.map(([, policy]) => policy)].some(
    ({ timeoutAction }) => timeoutAction === 'delay',
  );
  check(priorityLevels <= 1, `preserveOrdering needs a single level; priorityLevels is ${priorityLevels}`);
  check(!delays, 'preserveOrdering and a queue policy that delays exclude each other');
}

function checkSequences(check: Check, { strategy, maxIdleMs = 1, controls = [], states = [] }: SequenceScheduling): void {
  check(Number.isFinite(maxIdleMs) && maxIdleMs > 0, `maxIdleMs is ${maxIdleMs}, wanted milliseconds above 0`);
  for (const kind of ['start', 'end', 'ready', 'sequenceId'] as const)
    check(controls.filter((control) => control.kind === kind).length <= 1, `controls names "${kind}" more than once`);
  const inputs = [...controls, ...states].map(({ input }) => input);
  const twice = inputs.find((input, index) => inputs.indexOf(input) !== index);
  check(twice === undefined, `input "${twice}" is named more than once among controls and states`);
  for (const { input, dims, initial } of states) {
    const own = (initial?.dims ?? dims).map((size) => (size < 0 ? 1 : size));
    const count = own.reduce((product, size) => product * size, 1);
    check(
      !initial || initial.data.length === count,
      `the initial value of state "${input}" has ${initial?.data.length} elements; [${own}] needs ${count}`,
    );
  }
  if (strategy?.kind === 'oldest')
    check(isCount(strategy.maxCandidateSequences), `maxCandidateSequences is ${strategy.maxCandidateSequences}, wanted a whole number of 1 or more`);
  if (strategy?.kind === 'direct') {
    const { minimumSlotUtilization: part = 0 } = strategy;
    check(part >= 0 && part <= 1, `minimumSlotUtilization is ${part}, wanted a number from 0 to 1`);
  }
  if (strategy) check(isDuration(strategy.maxQueueDelayMs ?? 0), `maxQueueDelayMs is ${strategy.maxQueueDelayMs}, wanted milliseconds of 0 or more`);
}

/** Looks at what types cannot say. @throws Fault CONFIG_INVALID naming the model and the option */
export function checkScheduling(model: string, scheduling: Scheduling, maxBatch: number, batchAxis: boolean): void {
  const check: Check = (ok, what) => {
    if (!ok) fail('CONFIG_INVALID', `model "${model}": scheduling: ${what}`);
  };
  if (scheduling.kind === 'batch') {
    checkSizes(check, scheduling.preferredBatchSizes ?? [], maxBatch, batchAxis);
    checkBatch(check, scheduling);
  } else {
    if (scheduling.strategy?.kind === 'oldest') checkSizes(check, scheduling.strategy.preferredBatchSizes ?? [], maxBatch, batchAxis);
    checkSequences(check, scheduling);
  }
}
