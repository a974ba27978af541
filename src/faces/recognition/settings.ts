import { z } from 'zod';
import { FACE_DETECTORS } from '../detection/detectors.js';
import { FACE_EMBEDDINGS } from '../embedding/embeddings.js';
import { QualityRules } from '../quality/quality-gate.js';

const namesOf = (specs: readonly { readonly name: string }[]): [string, ...string[]] => specs.map(({ name }) => name) as [string, ...string[]];

/** How faces are found, judged and compared. */
export const FaceSettings = z.strictObject({
  detector: z.enum(namesOf(FACE_DETECTORS)).default(FACE_DETECTORS[0]!.name).describe('What finds faces and their five points.'),
  embedding: z
    .enum(namesOf(FACE_EMBEDDINGS))
    .default(FACE_EMBEDDINGS[0]!.name)
    .describe('What tells faces apart; vectors of two embeddings are never compared.'),
  smallestFace: z
    .number()
    .min(8)
    .default(24)
    .describe('Side of the smallest face to find, in pixels of the picture. Half of it takes four times as long on large pictures.'),
  minConfidence: z.number().min(0).max(1).optional().describe("Least confidence of a face; the detector's own, calibrated one when absent."),
  maximumDistance: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe("Greatest cosine distance to a known face that gives a name; the embedding's own, calibrated one when absent."),
  quality: QualityRules.prefault({}).describe('What a face must have to be compared at all; one that has not is unknown.'),
});

/** {@link FaceSettings} as they may be written. */
export type FaceSettingsInput = z.input<typeof FaceSettings>;

/** {@link FaceSettings} with nothing left open. */
export type FaceSettings = z.output<typeof FaceSettings>;
