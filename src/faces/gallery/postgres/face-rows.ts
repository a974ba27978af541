import type { Consent, Face, StoredFace } from '../port.js';

/** A row of the table of faces, as {@link FACE_COLUMNS} names it. */
export interface FaceRow {
  readonly id: string | number;
  readonly person: string;
  readonly model: string;
  readonly source: string;
  readonly digest: string;
  readonly quality: number | null;
  readonly consent: Consent | null;
  readonly enrolled_at: Date;
  readonly expires_at: Date | null;
  readonly has_chip: boolean;
}

/** A row with all that is stored. */
export interface StoredFaceRow extends FaceRow {
  readonly vector: string;
  readonly chip: Uint8Array | null;
}

/** What is selected of a face. */
export const FACE_COLUMNS = 'id, person, model, source, digest, quality, consent, enrolled_at, expires_at, chip IS NOT NULL AS has_chip';

/** The face of a row. */
export function faceOf(row: FaceRow): Face {
  return {
    id: Number(row.id),
    person: row.person,
    model: row.model,
    source: row.source,
    digest: row.digest,
    enrolledAt: row.enrolled_at.toISOString(),
    hasChip: row.has_chip,
    ...(row.quality === null ? {} : { quality: row.quality }),
    ...(row.consent === null ? {} : { consent: { by: row.consent.by, at: row.consent.at, basis: row.consent.basis } }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
  };
}

/** The stored face of a row. */
export function storedFaceOf(row: StoredFaceRow): StoredFace {
  const values = Float32Array.from(JSON.parse(row.vector) as number[]);
  return { ...faceOf(row), vector: { model: row.model, values }, ...(row.chip === null ? {} : { chip: Uint8Array.from(row.chip) }) };
}

/** A vector as pgvector reads it. */
export function vectorText(values: Float32Array): string {
  return `[${values.join(',')}]`;
}
