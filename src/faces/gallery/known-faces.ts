import type { FaceVector } from '../port.js';
import type { Gallery } from './port.js';

/** The gallery as a recogniser asks it: for the one nearest name. */
export function knownFaces(gallery: Pick<Gallery, 'nearest'>): {
  nearest(vector: FaceVector): Promise<{ readonly name: string; readonly distance: number } | undefined>;
} {
  return {
    async nearest(vector) {
      const [match] = await gallery.nearest(vector);
      return match && { name: match.person, distance: match.distance };
    },
  };
}
