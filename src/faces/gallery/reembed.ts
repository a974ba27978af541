import { type Fault, toFault } from '../../core/index.js';
import type { FaceVector } from '../port.js';
import type { ChangeNote, Face, Gallery, StoredFace } from './port.js';

/** What embedding again came to. */
export interface ReembedReport {
  /** Faces that have a vector of the model now, those that had one before left out. */
  readonly renewed: number;
  /** Faces without a chip: they keep the vector of their old model until somebody enrols a picture of them again. */
  readonly withoutChip: readonly Face[];
  /** Faces whose chip could not be embedded, with the reason. */
  readonly failed: readonly { readonly face: Face; readonly fault: Fault }[];
}

/**
 * Gives every face a vector of `model` by embedding its chip again. Faces that have one already are passed over, so it can be stopped and
 * started again; meanwhile each face is found by the model that its vector is of.
 */
export async function reembed(
  gallery: Gallery,
  model: string,
  embed: (chip: Uint8Array) => Promise<FaceVector>,
  note: ChangeNote,
): Promise<ReembedReport> {
  let renewed = 0;
  const withoutChip: Face[] = [];
  const failed: { face: Face; fault: Fault }[] = [];
  for await (const stored of gallery.stored()) {
    if (stored.model === model) continue;
    const { vector: _, chip, ...face } = stored satisfies StoredFace;
    if (chip === undefined) {
      withoutChip.push(face);
      continue;
    }
    try {
      await gallery.replaceVector(face.id, await embed(chip), note);
      renewed++;
    } catch (error) {
      failed.push({ face, fault: toFault(error) });
    }
  }
  return { renewed, withoutChip, failed };
}
