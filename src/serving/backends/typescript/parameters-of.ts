import type { Parameters } from '../../../wire/infer.js';
import type { ParametersInput } from './model.js';

/** Parameters as code wrote them, as they travel. */
export const parametersOf = (input: ParametersInput): Parameters =>
  new Map(Object.entries(input).map(([name, value]) => [name, typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value]));
