import type { z } from 'zod';
import { didYouMean, fail } from '../core/index.js';

/** Checks the settings of a tracker and fills in defaults. @throws Fault CONFIG_INVALID naming each setting that is wrong */
export function parseTrackerSettings<Schema extends z.ZodObject>(
  type: string,
  schema: Schema,
  settings: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const known = Object.keys(schema.shape);
  const problems = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownSetting(key, known)).join('; ');
    return `${issue.path.join('.')}: ${issue.message.replace('Invalid input: ', '')}`;
  });
  return fail('CONFIG_INVALID', `settings of the tracker "${type}": ${problems.join('; ')}`);
}

const unknownSetting = (key: string, known: readonly string[]): string =>
  `${key}: no such setting.${didYouMean(key, known) || ` There are ${known.join(', ')}`}`;
