import { fail, throwIfAborted } from '../../core/index.js';
import type { Engine, HostOptions, LoadedModel } from '../../inference/index.js';
import type { ModelSource } from '../../models/index.js';
import type { PackedRgb } from '../../vision/index.js';
import { FACE_DETECTORS } from '../detection/detectors.js';
import { FaceDetector } from '../detection/face-detector.js';
import { FaceLandmarker, LANDMARK_ROWS } from '../detection/face-landmarker.js';
import { alignFace } from '../embedding/align-face.js';
import { FACE_EMBEDDINGS } from '../embedding/embeddings.js';
import { EMBEDDING_ROWS, FaceEmbedder } from '../embedding/face-embedder.js';
import type { FaceFinding, FacePicture, FaceVector } from '../port.js';
import { type FaceQuality, judgeFace, measureFace, type QualityRules } from '../quality/quality-gate.js';
import { type Identity, type KnownFaces, identify } from './identity.js';
import { FaceSettings, type FaceSettingsInput } from './settings.js';

/** A face that was looked at: found, aligned and judged. */
export interface SeenFace extends FaceFinding {
  readonly quality: FaceQuality;
  /** The aligned face, 112x112: what vectors are made of. Keep it to make vectors by another model later. */
  readonly chip: PackedRgb;
  /** Absent where the quality was refused. */
  readonly vector?: FaceVector;
}

/** A face, and whose it is. */
export interface RecognizedFace extends SeenFace {
  readonly identity: Identity;
}

/** How one picture is looked at. */
export interface LookOptions {
  /** Instead of those of the settings, such as the stricter `ENROLMENT_RULES`. */
  readonly quality?: QualityRules;
  readonly signal?: AbortSignal;
}

/** Finds and names the faces of pictures. Keeps nothing of them; calls may overlap, and share runs of the networks. */
export interface FaceRecognizer extends AsyncDisposable {
  readonly settings: FaceSettings;
  /** `FaceVector.model` of its vectors. */
  readonly vectors: string;
  /** Greatest cosine distance that gives a name. */
  readonly maximumDistance: number;
  /** Where faces are, surest first. @throws Fault as `LoadedModel.infer` and the picture's `render` */
  detect(picture: FacePicture, signal?: AbortSignal): Promise<FaceFinding[]>;
  /** The faces of a picture with their vectors, surest first: what enrolment needs. @throws Fault as {@link FaceRecognizer.detect} */
  look(picture: FacePicture, options?: LookOptions): Promise<SeenFace[]>;
  /** The faces of a picture with their names, surest first; all are unknown without `known`. @throws Fault as {@link FaceRecognizer.detect}, and what `known` throws */
  recognize(picture: FacePicture, known?: KnownFaces, options?: LookOptions): Promise<RecognizedFace[]>;
  /** Vectors of faces that were aligned before, in their order. @throws Fault as `LoadedModel.infer` */
  embed(chips: readonly PackedRgb[], signal?: AbortSignal): Promise<FaceVector[]>;
  /** Unloads the networks. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a recogniser is made with. */
export interface FaceRecognizerOptions {
  /** Where its networks run; the engine stays the caller's. */
  readonly engine: Engine;
  /** Where its networks come from, such as a zoo. */
  readonly models: ModelSource;
  readonly settings?: FaceSettingsInput;
  /** Where its networks are placed and in how many copies; worker threads, one a core, when absent. Batches are its own affair. */
  readonly hosting?: Pick<HostOptions, 'placement' | 'instances' | 'maxDelayMs' | 'maxQueue'>;
  readonly signal?: AbortSignal;
}

interface Parts {
  readonly detector: FaceDetector;
  readonly embedder: FaceEmbedder;
  readonly loaded: readonly LoadedModel[];
}

class Recognizer implements FaceRecognizer {
  readonly vectors: string;
  readonly maximumDistance: number;

  constructor(
    readonly settings: FaceSettings,
    private readonly parts: Parts,
  ) {
    const { spec } = parts.embedder;
    this.vectors = spec.vectors;
    this.maximumDistance = settings.maximumDistance ?? spec.maximumDistance;
  }

  detect(picture: FacePicture, signal?: AbortSignal): Promise<FaceFinding[]> {
    return this.parts.detector.detect(picture, { smallestFace: this.settings.smallestFace, signal });
  }

  async look(picture: FacePicture, { quality: rules = this.settings.quality, signal }: LookOptions = {}): Promise<SeenFace[]> {
    const findings = await this.detect(picture, signal);
    const faces = await Promise.all(
      findings.map(async (finding) => {
        const chip = await alignFace(picture, finding.landmarks);
        return { ...finding, chip, quality: judgeFace(measureFace(finding.landmarks, chip), rules) };
      }),
    );
    throwIfAborted(signal);
    const good = faces.filter(({ quality }) => quality.refusals.length === 0);
    const vectors = await this.embed(
      good.map(({ chip }) => chip),
      signal,
    );
    const vectorOf = new Map(good.map((face, at) => [face, vectors[at]!] as const));
    return faces.map((face) => {
      const vector = vectorOf.get(face);
      return vector ? { ...face, vector } : face;
    });
  }

  async recognize(picture: FacePicture, known?: KnownFaces, options?: LookOptions): Promise<RecognizedFace[]> {
    const faces = await this.look(picture, options);
    return Promise.all(faces.map(async (face) => ({ ...face, identity: await identify(face.vector, known, this.maximumDistance) })));
  }

  embed(chips: readonly PackedRgb[], signal?: AbortSignal): Promise<FaceVector[]> {
    return this.parts.embedder.embed(chips, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.parts.loaded.map((model) => model[Symbol.asyncDispose]()));
  }
}

async function loadParts(
  settings: FaceSettings,
  { engine, models, hosting = {}, signal }: FaceRecognizerOptions,
  loaded: LoadedModel[],
): Promise<Parts> {
  const load = async (name: string, maxBatch: number): Promise<LoadedModel> => {
    const model = await engine.load(await models.named(name, signal), { ...hosting, maxBatch });
    loaded.push(model);
    return model;
  };
  const detection = FACE_DETECTORS.find(({ name }) => name === settings.detector)!;
  const embedding = FACE_EMBEDDINGS.find(({ name }) => name === settings.embedding)!;
  const confidence = settings.minConfidence ?? detection.confidence;
  const finder = await load(detection.model, 1);
  const landmarker = detection.landmarks === undefined ? undefined : new FaceLandmarker(await load(detection.landmarks, LANDMARK_ROWS));
  return {
    detector: new FaceDetector({ ...detection, confidence }, finder, landmarker),
    embedder: new FaceEmbedder(embedding, await load(embedding.name, EMBEDDING_ROWS)),
    loaded,
  };
}

/**
 * Loads the networks that find and tell faces apart.
 * @throws Fault CONFIG_INVALID naming the setting; as `ModelSource.named` and `Engine.load`
 */
export async function openFaceRecognizer(options: FaceRecognizerOptions): Promise<FaceRecognizer> {
  const parsed = FaceSettings.safeParse(options.settings ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    fail('CONFIG_INVALID', `faces.${issue!.path.join('.')}: ${issue!.message}`);
  }
  const loaded: LoadedModel[] = [];
  try {
    return new Recognizer(parsed.data, await loadParts(parsed.data, options, loaded));
  } catch (error) {
    await Promise.all(loaded.map((model) => model[Symbol.asyncDispose]()));
    throw error;
  }
}
