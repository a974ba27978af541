/** What a face looks like to an embedding network: a direction, comparable only with directions of the same network. */
export interface FaceVector {
  /** Names the network and its version; vectors of two models are never compared. */
  readonly model: string;
  /** The direction, of unit length. */
  readonly values: Float32Array;
}
