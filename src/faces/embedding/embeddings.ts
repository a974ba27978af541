/** A way to tell faces apart: which network, and how its vectors are compared. */
export interface EmbeddingSpec {
  /** Also the name of the network in the catalogue. */
  readonly name: string;
  readonly summary: string;
  /** `FaceVector.model` of its vectors: another version of the network, its picture or the alignment has another. */
  readonly vectors: string;
  /** Greatest cosine distance at which two faces count as one person; where it comes from is in docs/guide/faces.md. */
  readonly maximumDistance: number;
}

/** Embeddings by name; the first is the default. */
export const FACE_EMBEDDINGS: readonly EmbeddingSpec[] = [
  {
    name: 'fr-feature',
    summary: '512 numbers of an aligned face.',
    vectors: 'fr-feature/1',
    maximumDistance: 0.56,
  },
  {
    name: 'faceres',
    summary: '1024 numbers of an aligned face, by a network of another family: a second opinion.',
    vectors: 'faceres/1',
    maximumDistance: 0.32,
  },
];
