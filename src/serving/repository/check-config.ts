import { fail } from '../../core/index.js';
import { DataType, type ModelConfig, ModelInstanceGroup_Kind, type ModelQueuePolicy, ModelQueuePolicy_TimeoutAction } from '../../wire/index.js';
import { findBackend } from '../backends/backends.js';

const wrong = (text: string): never => fail('INVALID_ARGUMENT', text);

type Io = ModelConfig['input'][number] | ModelConfig['output'][number];

function checkIo(kind: 'input' | 'output', io: Io, maxBatch: number): void {
  const what = `model ${kind}`;
  if (io.name === '') wrong(`${what} must specify 'name'`);
  if (io.dataType === DataType.TYPE_INVALID) wrong(`${what} must specify 'data_type'`);
  if (io.dims.length === 0 && maxBatch === 0 && !io.reshape) wrong(`${what} must specify 'dims'`);
  const bad = io.dims.find((size) => size < -1n || size === 0n);
  if (bad !== undefined)
    wrong(
      `${what} dimension must be integer >= 1, or -1 to indicate a variable-size dimension; '${io.name}' has ${bad} in [${io.dims.join(',')}]${maxBatch > 0 ? `. The batch of up to ${maxBatch} stands before these dims and is not one of them` : ''}`,
    );
  if (io.reshape) checkReshape(what, io, io.reshape.shape);
}

function checkReshape(what: string, { name, dims }: Io, shape: readonly bigint[]): void {
  const free = (sizes: readonly bigint[]): number => sizes.filter((size) => size === -1n).length;
  const known = (sizes: readonly bigint[]): bigint => sizes.reduce((product, size) => (size === -1n ? product : product * size), 1n);
  if (free(dims) !== free(shape) || known(dims) !== known(shape))
    wrong(`${what} '${name}' has different size for dims and reshape: [${dims.join(',')}] and [${shape.join(',')}]`);
}

function checkDelay(policy: ModelQueuePolicy | undefined, name: string): void {
  if (policy?.timeoutAction === ModelQueuePolicy_TimeoutAction.DELAY)
    wrong(`Queue policy can not have DELAY as timeout action when 'preserve_ordering' is true for ${name}`);
}

function checkDynamicBatching({ name, maxBatchSize, schedulingChoice: choice }: ModelConfig): void {
  if (choice.case !== 'dynamicBatching') return;
  const { preferredBatchSize, priorityLevels, defaultPriorityLevel, priorityQueuePolicy, preserveOrdering, defaultQueuePolicy } = choice.value;
  if (preferredBatchSize.some((size) => size <= 0)) wrong(`dynamic batching preferred size must be positive for ${name}`);
  if (preferredBatchSize.some((size) => size > maxBatchSize)) wrong(`dynamic batching preferred size must be <= max batch size for ${name}`);
  if (priorityLevels > 0n) {
    const within = (level: bigint): boolean => level >= 1n && level <= priorityLevels;
    if (!within(defaultPriorityLevel)) wrong(`default priority level must be in range [1, ${priorityLevels}] for ${name}`);
    if (!Object.keys(priorityQueuePolicy).every((level) => within(BigInt(level))))
      wrong(`priority queue policy must have priority level in range [1, ${priorityLevels}] for ${name}`);
  }
  if (!preserveOrdering) return;
  if (priorityLevels > 1n) wrong(`Only one priority level is allowed when 'preserve_ordering' is true for ${name}`);
  for (const policy of [defaultQueuePolicy, ...Object.values(priorityQueuePolicy)]) checkDelay(policy, name);
}

function checkSequenceBatching({ name, maxBatchSize, responseCache, schedulingChoice: choice }: ModelConfig): void {
  if (choice.case !== 'sequenceBatching') return;
  if (responseCache?.enable)
    wrong(`Response Cache does not currently support model ${name} with sequence batching scheduler. Please disable the response cache.`);
  const { strategyChoice, controlInput } = choice.value;
  if (strategyChoice.case === 'oldest') {
    const { preferredBatchSize } = strategyChoice.value;
    if (preferredBatchSize.some((size) => size <= 0)) wrong(`sequence batching preferred batch size must be positive for ${name}`);
    if (preferredBatchSize.some((size) => size > maxBatchSize)) wrong(`sequence batching preferred batch size must be <= max batch size for ${name}`);
  }
  if (strategyChoice.case === 'direct') {
    const { minimumSlotUtilization } = strategyChoice.value;
    if (minimumSlotUtilization < 0 || minimumSlotUtilization > 1)
      wrong(`sequence batching minimum slot utilization must be in range (0.0, 1.0] for ${name}`);
  }
  const seen = new Set<string>();
  for (const { name: control } of controlInput) {
    if (control === '') wrong(`sequence batching control tensor must have a name for ${name}`);
    if (seen.has(control)) wrong(`sequence batching control tensor '${control}' is specified for multiple control kinds for ${name}`);
    seen.add(control);
  }
}

function checkInstances({ name, instanceGroup }: ModelConfig): void {
  for (const group of instanceGroup) {
    if (group.kind === ModelInstanceGroup_Kind.CPU && group.gpus.length > 0)
      wrong(`instance group ${group.name} of model ${name} has kind KIND_CPU but specifies one or more GPUs`);
    if (group.count < 1) wrong(`instance group ${group.name} of model ${name} must have a count of 1 or more`);
  }
}

/** Checks a completed configuration. @throws Fault INVALID_ARGUMENT in Triton's words */
export function checkConfig(config: ModelConfig, folderName: string): void {
  const { name, backend, maxBatchSize } = config;
  if (name !== folderName) wrong(`unexpected directory name '${folderName}' for model '${name}', directory name must equal model name`);
  const ensemble = config.schedulingChoice.case === 'ensembleScheduling';
  if (ensemble && backend !== '') wrong(`Ensemble model '${name}' must have platform type 'ensemble' and empty backend type`);
  if (!ensemble && backend === '') wrong(`must specify 'platform' or 'backend' for '${name}'`);
  if (!findBackend(config)) wrong(`unknown backend '${backend}' of model '${name}'`);
  if (maxBatchSize < 0) wrong(`'max_batch_size' must be non-negative value for ${name}`);
  if (config.input.length === 0 && !findBackend(config)?.mayLackInputs) wrong(`model configuration must specify one or more inputs for ${name}`);
  if (config.output.length === 0) wrong(`model configuration must specify one or more outputs for ${name}`);
  for (const io of config.input) checkIo('input', io, maxBatchSize);
  for (const io of config.output) checkIo('output', io, maxBatchSize);
  if (config.responseCache?.enable && config.modelTransactionPolicy?.decoupled)
    wrong(`Response Cache does not currently support model ${name} with 'decoupled' transaction policy. Please disable the response cache.`);
  checkDynamicBatching(config);
  checkSequenceBatching(config);
  checkInstances(config);
}
