import type { LoadedModel } from '../../inference/index.js';
import { type PackedRgb, scaledPicture } from '../../vision/index.js';
import { askPictures, pictureOf } from '../picture-batch.js';
import type { FaceVector } from '../port.js';
import { inTurns } from '../turns.js';
import type { EmbeddingSpec } from './embeddings.js';

/** Faces in one run: beyond it a run takes longer by as much as it does more. */
export const EMBEDDING_ROWS = 8;

/** Makes vectors of aligned faces. */
export class FaceEmbedder {
  constructor(
    readonly spec: EmbeddingSpec,
    private readonly model: LoadedModel,
  ) {}

  /** The vectors of faces as `alignFace` cuts them out, in their order; several share a run. @throws Fault as `LoadedModel.infer` */
  async embed(faces: readonly PackedRgb[], signal?: AbortSignal): Promise<FaceVector[]> {
    const groups = Array.from({ length: Math.ceil(faces.length / EMBEDDING_ROWS) }, (_, at) =>
      faces.slice(at * EMBEDDING_ROWS, (at + 1) * EMBEDDING_ROWS),
    );
    return (await inTurns(groups, this.model.concurrency, (group) => this.#group(group, signal))).flat();
  }

  async #group(faces: readonly PackedRgb[], signal: AbortSignal | undefined): Promise<FaceVector[]> {
    const { fit } = pictureOf(this.model);
    const pictures = faces.map((face) => scaledPicture(face, fit));
    const data = new Uint8Array(pictures.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const picture of pictures) {
      data.set(picture, at);
      at += picture.length;
    }
    const answers = await askPictures(this.model, data, faces.length, 'embedding', { signal });
    return answers.map(({ vector }) => ({ model: this.spec.vectors, values: vector }));
  }
}
