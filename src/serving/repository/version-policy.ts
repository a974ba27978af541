import { fail } from '../../core/index.js';
import type { ModelConfig } from '../../wire/index.js';

/** The versions that a policy serves, of those that there are (ascending). @throws Fault INVALID_ARGUMENT when that is none */
export function chosenVersions({ name, versionPolicy }: ModelConfig, there: readonly number[]): readonly number[] {
  const choice = versionPolicy?.policyChoice;
  const chosen =
    choice?.case === 'all'
      ? there
      : choice?.case === 'specific'
        ? there.filter((version) => choice.value.versions.includes(BigInt(version)))
        : there.slice(-Math.max(1, choice?.value?.numVersions ?? 1));
  if (chosen.length === 0) fail('INVALID_ARGUMENT', `at least one version must be available under the version policy of model '${name}'`);
  return chosen;
}
