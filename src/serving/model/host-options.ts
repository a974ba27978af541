import type { HostOptions } from '../../inference/index.js';
import type { ModelConfig } from '../../wire/index.js';

/** A parameter of the configuration; undefined when it is not there. */
export const parameterOf = ({ parameters }: ModelConfig, name: string): string | undefined => parameters[name]?.stringValue;

const MICROSECONDS = 1000;

/** Copies of the model, over all instance groups that run. */
export const instancesOf = ({ instanceGroup }: ModelConfig): number =>
  Math.max(
    1,
    instanceGroup.filter(({ passive }) => !passive).reduce((sum, { count }) => sum + count, 0),
  );

/** How the engine is to host a model: the one place where a configuration becomes options of instances, batcher and queue. */
export function hostOptionsOf(config: ModelConfig): HostOptions {
  const { maxBatchSize, schedulingChoice: choice } = config;
  const common = { instances: instancesOf(config), maxBatch: maxBatchSize === 0 ? 0 : 1 };
  if (choice.case !== 'dynamicBatching' || maxBatchSize === 0) return { ...common, ...(maxBatchSize > 0 && { maxBatch: maxBatchSize }) };
  const { maxQueueDelayMicroseconds, defaultQueuePolicy } = choice.value;
  const maxQueue = defaultQueuePolicy?.maxQueueSize ?? 0;
  return {
    ...common,
    maxBatch: maxBatchSize,
    maxDelayMs: Number(maxQueueDelayMicroseconds) / MICROSECONDS,
    ...(maxQueue > 0 && { maxQueue }),
  };
}
