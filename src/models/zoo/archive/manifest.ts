import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fail, toFault } from '../../../core/index.js';
import { knownSha256, sourceHash } from '../catalogue.js';
import type { CatalogueEntry } from '../port.js';

/** Name of the list of models in an exported archive or folder. */
export const MANIFEST_FILE = 'ocellus-models.json';

/** Longest list that is read, in bytes. */
export const MANIFEST_BYTES = 1024 * 1024;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

/** One model in an exported archive or folder. */
export const ManifestModel = z.strictObject({
  name: z.string().min(1).describe('Name in the catalogue.'),
  file: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a plain file name')
    .refine((name) => name !== MANIFEST_FILE, 'must not be the list itself')
    .describe('File beside this list.'),
  sha256: Sha256.describe('Checksum of the file.'),
  bytes: z.int().positive().describe('Size of the file.'),
  made: z
    .strictObject({
      of: Sha256.describe('One hash over the source files.'),
      by: z
        .string()
        .regex(/^[a-z]+-[A-Za-z0-9.]{1,40}$/)
        .describe('Kind and version of the conversion.'),
    })
    .optional()
    .describe('Of a converted model: what it was made of, and by what.'),
});

/** One model in an exported archive or folder. */
export type ManifestModel = z.output<typeof ManifestModel>;

/** The list of models in an exported archive or folder. */
export const Manifest = z.strictObject({
  format: z.literal('ocellus-models'),
  version: z.literal(1),
  models: z
    .array(ManifestModel)
    .min(1)
    .max(10_000)
    .refine((models) => new Set(models.map(({ file }) => file)).size === models.length, 'two models share a file'),
});

/** The list of models in an exported archive or folder. */
export type Manifest = z.output<typeof Manifest>;

/** Reads the list. @throws Fault INPUT_CORRUPT naming the field */
export function parseManifest(bytes: Uint8Array, from: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    return fail('INPUT_CORRUPT', `${MANIFEST_FILE} of ${from} is no JSON: ${(error as Error).message}`, error);
  }
  const result = Manifest.safeParse(raw);
  return result.success ? result.data : fail('INPUT_CORRUPT', `${MANIFEST_FILE} of ${from} cannot be used:\n${z.prettifyError(result.error)}`);
}

/** Reads the list in a folder; undefined where there is none. @throws Fault INPUT_CORRUPT */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = `${folder}/${MANIFEST_FILE}`;
  try {
    return parseManifest(await readFile(path), folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toFault(error, 'INPUT_CORRUPT', `cannot read ${path}: `);
  }
}

/** Checks that the list promises what the catalogue knows of the model. @throws Fault INTEGRITY */
export function checkPromise(model: ManifestModel, entry: CatalogueEntry, from: string): void {
  const known = knownSha256(entry);
  if (known !== undefined && model.sha256 !== known)
    fail('INTEGRITY', `${model.file} of ${from} is not ${entry.name}: the catalogue has sha256 ${known}, the list there ${model.sha256}`);
  if (!model.made && entry.ready && model.sha256 === entry.ready.sha256) return;
  const of = sourceHash(entry);
  if (of !== model.made?.of) {
    const promise = model.made ? `made of ${model.made.of}` : 'not converted';
    fail(
      'INTEGRITY',
      `${model.file} of ${from} is not ${entry.name}: the catalogue has ${of ? `a model made of ${of}` : 'no conversion'}, the list there ${promise}`,
    );
  }
}
