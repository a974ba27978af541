import { fail } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import type { InstanceGroup, ResourceClaim } from './scheduling.js';

/** What one instance is like. */
export interface PlannedInstance {
  /** Instead of the definition's; its own when absent. */
  readonly providers: readonly string[] | undefined;
  /** Number of its GPU; absent on the CPU. */
  readonly device: number | undefined;
  readonly resources: readonly ResourceClaim[];
  readonly ratePriority: number;
}

/** Providers of a group that names devices and says nothing else. */
const GPU_PROVIDERS: readonly string[] = ['cuda'];

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function planGroup(model: string, { count = 1, devices, providers, resources = [], ratePriority = 1 }: InstanceGroup): PlannedInstance[] {
  if (!isCount(count)) fail('INVALID_ARGUMENT', `model "${model}": instanceGroups: count is ${count}, wanted a whole number of 1 or more`);
  if (!isCount(ratePriority))
    fail('INVALID_ARGUMENT', `model "${model}": instanceGroups: ratePriority is ${ratePriority}, wanted a whole number of 1 or more`);
  for (const claim of resources)
    if (!isCount(claim.count)) fail('INVALID_ARGUMENT', `model "${model}": instanceGroups: resource "${claim.name}" has count ${claim.count}`);
  const places: readonly (number | undefined)[] = devices && devices.length > 0 ? devices : [undefined];
  return places.flatMap((device) =>
    Array.from({ length: count }, () => ({
      providers: providers ?? (device === undefined ? undefined : GPU_PROVIDERS),
      device,
      resources,
      ratePriority,
    })),
  );
}

/** Every instance that the groups ask for, in their order. @throws Fault INVALID_ARGUMENT */
export function planInstances(model: string, groups: readonly InstanceGroup[]): readonly PlannedInstance[] {
  const plan = groups.flatMap((group) => planGroup(model, group));
  return plan.length > 0 ? plan : fail('INVALID_ARGUMENT', `model "${model}": instanceGroups is empty; name at least one group`);
}

/** The definition as an instance opens it. */
export function definitionFor(definition: ModelDefinition, { providers, device }: PlannedInstance): ModelDefinition {
  if (!providers && device === undefined) return definition;
  return { ...definition, options: { ...definition.options, ...(providers && { providers }), ...(device !== undefined && { device }) } };
}

/** Whether the instances that two plans share are alike, so that the one can become the other by opening or closing some. */
const sameKind = (a: readonly PlannedInstance[], b: readonly PlannedInstance[]): boolean =>
  a.slice(0, b.length).every((instance, index) => JSON.stringify(instance) === JSON.stringify(b[index]));

/**
 * The plan after a change to that many instances, or to those groups, which opens or closes some and leaves the others as they are.
 * @throws Fault INVALID_ARGUMENT, UNSUPPORTED when those that stay would become others
 */
export function resizedPlan(model: string, plan: readonly PlannedInstance[], wanted: number | readonly InstanceGroup[]): readonly PlannedInstance[] {
  if (typeof wanted === 'number') {
    if (!isCount(wanted)) fail('INVALID_ARGUMENT', `model "${model}": ${wanted} instances, wanted a whole number of 1 or more`);
    return Array.from({ length: wanted }, (_, index) => plan[index] ?? plan[0]!);
  }
  const next = planInstances(model, wanted);
  return sameKind(plan, next) ? next : fail('UNSUPPORTED', `model "${model}": its instances would become others; load it again`);
}
