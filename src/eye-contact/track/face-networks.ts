import { fail } from '../../core/index.js';
import type { Engine, HostOptions, LoadedModel } from '../../inference/index.js';
import type { ModelSource } from '../../models/index.js';
import type { Answer, Detections, Landmarks } from '../../vision/index.js';
import { openModels } from '../open-models.js';

/** Sides in pixels of the square crops, packed RGB, that the networks take. */
export const CROP_SIDES = Object.freeze({ faces: 256, mesh: 192, eye: 64 });

/** The networks that faces and eyes are read with. Crops are handed over: read them no more. Points come in pixels of their crop. */
export interface FaceNetworks extends AsyncDisposable {
  /** Finds faces, best first, with their eyes (first the one at the picture's left) among the points. */
  faces(crop: Uint8Array<ArrayBuffer>): Promise<Detections>;
  /** The 468 points of a face that fills two thirds of the crop, upright. */
  mesh(crop: Uint8Array<ArrayBuffer>): Promise<Landmarks>;
  /** The rims of eyes (points 0 to 70) and irises (71 to 75), each as if it were the eye at the picture's left; one entry a crop. */
  eyes(crops: readonly Uint8Array[]): Promise<readonly Landmarks[]>;
}

/** Names in the catalogue of the networks that {@link openFaceNetworks} loads: what to fetch ahead of time. */
export const FACE_NETWORKS = ['blazeface', 'face-mesh-468', 'iris'] as const;

type Kind<K extends Answer['kind']> = Extract<Answer, { kind: K }>;

async function ask<K extends Answer['kind']>(
  model: LoadedModel,
  data: Uint8Array<ArrayBuffer>,
  rows: number,
  side: number,
  kind: K,
): Promise<Kind<K>[]> {
  const { answers } = await model.infer({
    inputs: [{ name: 'crops', datatype: 'UINT8', shape: [rows, side, side, 3], data }],
    answer: 'decoded',
  });
  return answers.map((answer) =>
    answer.kind === kind ? (answer as Kind<K>) : fail('MODEL_MISMATCH', `${model.definition.name} answers ${answer.kind}, wanted ${kind}`),
  );
}

/**
 * Loads the networks: BlazeFace, the face mesh and the iris network of MediaPipe. Each runs in one copy, where `host` says nothing else.
 *
 * @throws Fault as `models.named` and `engine.load`
 */
export async function openFaceNetworks(engine: Engine, models: ModelSource, host: HostOptions = {}, signal?: AbortSignal): Promise<FaceNetworks> {
  const optionsOf = (name: string): HostOptions => ({ instances: 1, ...host, maxBatch: name === 'iris' ? 2 : 1 });
  const opened = await openModels(engine, models, FACE_NETWORKS, optionsOf, signal);
  const [faces, mesh, iris] = opened as [LoadedModel, LoadedModel, LoadedModel];
  return {
    faces: async (crop) => (await ask(faces, crop, 1, CROP_SIDES.faces, 'detections'))[0]!,
    mesh: async (crop) => (await ask(mesh, crop, 1, CROP_SIDES.mesh, 'landmarks'))[0]!,
    eyes: (crops) => ask(iris, joined(crops), crops.length, CROP_SIDES.eye, 'landmarks'),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((model) => model[Symbol.asyncDispose]()));
    },
  };
}

function joined(crops: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(crops.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const crop of crops) {
    all.set(crop, at);
    at += crop.length;
  }
  return all;
}
