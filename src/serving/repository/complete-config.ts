import {
  create,
  type ModelConfig,
  ModelInstanceGroup_Kind,
  ModelInstanceGroupSchema,
  ModelOptimizationPolicySchema,
  ModelVersionPolicySchema,
} from '../../wire/index.js';
import { backendOf, findBackend, platformOf } from '../backends/backends.js';
import type { ModelFolder } from '../backends/port.js';

const DEFAULT_IDLE_MICROSECONDS = 1_000_000n;

function completeInstanceGroups(config: ModelConfig): void {
  if (config.instanceGroup.length === 0) config.instanceGroup.push(create(ModelInstanceGroupSchema, {}));
  config.instanceGroup.forEach((group, index) => {
    if (group.name === '') group.name = `${config.name}_${index}`;
    if (group.count === 0) group.count = findBackend(config)?.defaultInstances ?? 1;
    if (group.kind === ModelInstanceGroup_Kind.AUTO) group.kind = ModelInstanceGroup_Kind.CPU;
  });
}

function completeScheduling({ schedulingChoice: choice, maxBatchSize }: ModelConfig): void {
  if (choice.case === 'dynamicBatching' && choice.value.preferredBatchSize.length === 0 && maxBatchSize > 0)
    choice.value.preferredBatchSize.push(maxBatchSize);
  if (choice.case !== 'sequenceBatching') return;
  if (choice.value.maxSequenceIdleMicroseconds === 0n) choice.value.maxSequenceIdleMicroseconds = DEFAULT_IDLE_MICROSECONDS;
  const strategy = choice.value.strategyChoice;
  if (strategy.case === 'oldest' && strategy.value.preferredBatchSize.length === 0 && maxBatchSize > 0)
    strategy.value.preferredBatchSize.push(maxBatchSize);
}

/**
 * Fills in what a configuration leaves open, from the folder's name, from its files (unless `fromFiles` is false), and from Triton's defaults.
 * Changes `config`. @throws Fault when the files that should tell cannot be read
 */
export async function completeConfig(config: ModelConfig, folder: ModelFolder, fromFiles: boolean): Promise<void> {
  if (config.name === '') config.name = folder.name;
  if (config.schedulingChoice.case === 'ensembleScheduling') config.platform = 'ensemble';
  else if (config.backend === '') config.backend = await backendOf(config, folder);
  const backend = findBackend(config);
  if (config.platform === '') config.platform = platformOf(backend);
  if (fromFiles) await backend?.complete?.(config, folder);
  config.versionPolicy ??= create(ModelVersionPolicySchema, { policyChoice: { case: 'latest', value: { numVersions: 1 } } });
  if (config.defaultModelFilename === '') config.defaultModelFilename = backend?.files?.[0] ?? '';
  completeScheduling(config);
  if (config.schedulingChoice.case === 'ensembleScheduling') return;
  completeInstanceGroups(config);
  config.optimization ??= create(ModelOptimizationPolicySchema, {});
  config.optimization.inputPinnedMemory ??= create(ModelOptimizationPolicySchema, { inputPinnedMemory: { enable: true } }).inputPinnedMemory!;
  config.optimization.outputPinnedMemory ??= create(ModelOptimizationPolicySchema, { outputPinnedMemory: { enable: true } }).outputPinnedMemory!;
}
