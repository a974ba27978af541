import { z } from 'zod';
import { fail } from '../../core/index.js';
import type { HeadSpec } from './port.js';

/** The settings of a head, checked and with defaults filled in. @throws Fault CONFIG_INVALID with the path of each wrong value */
export function parseSettings<S extends z.ZodObject>(schema: S, head: HeadSpec): z.output<S> {
  const result = schema.safeParse(head.settings ?? {});
  if (result.success) return result.data;
  return fail('CONFIG_INVALID', `head.settings of type "${head.type}": ${z.prettifyError(result.error)}`);
}

/** The thresholds that a caller may set for one request. */
export type Thresholds = Partial<Pick<HeadSpec, 'confidence' | 'maximumIou' | 'limit'>>;
