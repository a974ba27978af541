import type { FaceVector } from '../port.js';

/** What a recogniser asks of the known faces. */
export interface KnownFaces {
  /** The name of the nearest known face among those of the same model, and its cosine distance (0 to 2); undefined when there is none. */
  nearest(vector: FaceVector): Promise<{ readonly name: string; readonly distance: number } | undefined>;
}

/** What can be searched for the nearest faces, best first: a gallery. */
export interface FaceSearch {
  nearest(vector: FaceVector, limit?: number): Promise<readonly { readonly person: string; readonly distance: number }[]>;
}

/** The people of a gallery as known faces. */
export const knownIn = (search: FaceSearch): KnownFaces => ({
  async nearest(vector) {
    const [match] = await search.nearest(vector, 1);
    return match && { name: match.person, distance: match.distance };
  },
});

/** Why a face has no name: its view is too poor to be compared, nobody known is near enough, or there was nobody to compare with. */
export type UnknownReason = 'poor-quality' | 'nobody-near' | 'nobody-known';

/** Whose face it is. */
export type Identity =
  | { readonly kind: 'known'; readonly name: string; readonly distance: number }
  | {
      readonly kind: 'unknown';
      readonly reason: UnknownReason;
      /** Distance to the nearest known face, where one was looked for and found. Its name is not told, so that nobody takes it for an answer. */
      readonly distance?: number;
    };

/** Asks who has such a face. Without known faces to ask, nobody is known. @throws what `known` throws */
export async function identify(vector: FaceVector | undefined, known: KnownFaces | undefined, maximumDistance: number): Promise<Identity> {
  if (!vector) return { kind: 'unknown', reason: 'poor-quality' };
  const nearest = await known?.nearest(vector);
  if (!nearest) return { kind: 'unknown', reason: 'nobody-known' };
  const { name, distance } = nearest;
  return distance <= maximumDistance ? { kind: 'known', name, distance } : { kind: 'unknown', reason: 'nobody-near', distance };
}
