import type { HostOptions, InstanceGroup, Placement, Scheduling } from '../../inference/index.js';
import { type ModelConfig, type ModelInstanceGroup, ModelInstanceGroup_Kind } from '../../wire/index.js';
import { batchScheduling, sequenceScheduling } from './scheduling-options.js';

/** A parameter of the configuration; undefined when it is not there. */
export const parameterOf = ({ parameters }: ModelConfig, name: string): string | undefined => parameters[name]?.stringValue;

function groupOf({ count, kind, gpus, rateLimiter }: ModelInstanceGroup): InstanceGroup {
  const resources = rateLimiter?.resources ?? [];
  return {
    count,
    // A machine without a GPU serves the model all the same; the log says which provider was taken.
    ...(kind === ModelInstanceGroup_Kind.GPU && { devices: gpus.length > 0 ? gpus : [0], providers: ['cuda', 'cpu'] }),
    ...(resources.length > 0 && { resources: resources.map(({ name, count: claimed, global }) => ({ name, count: claimed, global })) }),
    ...(rateLimiter && rateLimiter.priority > 0 && { ratePriority: rateLimiter.priority }),
  };
}

async function schedulingOf(config: ModelConfig, folder: string): Promise<Scheduling | undefined> {
  const { schedulingChoice: choice, maxBatchSize } = config;
  if (choice.case === 'sequenceBatching') return sequenceScheduling(choice.value, config, folder);
  // Without a batch axis a batcher has nothing to do but to queue.
  return choice.case === 'dynamicBatching' && maxBatchSize > 0 ? batchScheduling(choice.value) : undefined;
}

/**
 * How the engine is to host a model: the one place where a configuration becomes options of instances, batcher and queue.
 * @param folder the model's, which may hold initial states
 * @throws Fault INVALID_ARGUMENT in Triton's words
 */
export async function hostOptionsOf(config: ModelConfig, folder: string): Promise<HostOptions> {
  const { maxBatchSize, instanceGroup, responseCache, input } = config;
  const scheduling = await schedulingOf(config, folder);
  const groups = instanceGroup.filter(({ passive }) => !passive).map(groupOf);
  const placement = parameterOf(config, 'placement');
  return {
    batchAxis: maxBatchSize > 0,
    // Without a batcher Triton runs each request by itself.
    maxBatch: Math.max(1, maxBatchSize),
    optionalInputs: input.filter(({ optional }) => optional).map(({ name }) => name),
    raggedInputs: input.filter(({ allowRaggedBatch }) => allowRaggedBatch).map(({ name }) => name),
    cache: responseCache?.enable ?? false,
    ...(groups.length > 0 && { instanceGroups: groups }),
    ...(scheduling && { scheduling }),
    ...(placement !== undefined && { placement: placement as Placement }),
  };
}
