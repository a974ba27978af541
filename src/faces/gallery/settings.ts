import { z } from 'zod';
import { type Clock, type Log, fail } from '../../core/index.js';

/** What a gallery asks for and keeps to, wherever its faces lie. */
export const GalleryPolicySchema = z.strictObject({
  requireConsent: z.boolean().default(false).describe('Refuse to enrol a face without a consent.'),
  retentionDays: z.number().positive().optional().describe('Days after its enrolment at which a face is forgotten; never when absent.'),
  duplicateDistance: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe('A face within this cosine distance of one with another name is refused as nearly the same picture.'),
  purgeEveryMinutes: z
    .number()
    .positive()
    .default(60)
    .describe('How often faces past their expiry are looked for, besides at opening and at every search.'),
});

/** A checked {@link GalleryPolicySchema}. */
export type GalleryPolicy = z.output<typeof GalleryPolicySchema>;

/** Where the known faces are, and what is asked of them. */
export const GallerySettingsSchema = GalleryPolicySchema.extend({
  folder: z.string().optional().describe('Folder of the embedded gallery; `faces` when neither this nor `database` is given.'),
  database: z.string().optional().describe('Address of a PostgreSQL database with pgvector, such as postgres://host/name: for several servers.'),
  schema: z.string().default('ocellus_faces').describe('Schema of the tables in the database.'),
  readOnly: z.boolean().default(false).describe('Open without the right to change anything, beside a process that writes.'),
}).refine(({ folder, database }) => folder === undefined || database === undefined, 'give a folder or a database, not both');

/** Settings as they are written, defaults left out. */
export type GallerySettings = z.input<typeof GallerySettingsSchema>;

/** The policy among options, with defaults where they say nothing. @throws Fault CONFIG_INVALID */
export function resolvePolicy(options: Partial<GalleryPolicy>): GalleryPolicy {
  const { requireConsent, retentionDays, duplicateDistance, purgeEveryMinutes } = options;
  const result = GalleryPolicySchema.safeParse({ requireConsent, retentionDays, duplicateDistance, purgeEveryMinutes });
  return result.success ? result.data : fail('CONFIG_INVALID', `gallery: ${z.prettifyError(result.error)}`);
}

/** What a gallery is given beside its settings. */
export interface GallerySurroundings {
  readonly clock?: Clock;
  /** The time of day in milliseconds since 1970; the machine's when absent. */
  readonly now?: () => number;
  readonly log?: Log;
}
