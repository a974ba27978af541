import { createHash } from 'node:crypto';
import { didYouMean, fail } from '../../core/index.js';
import type { ModelDefinition, Weights } from '../port.js';
import { BLAZE } from './entries/blaze.js';
import { CENTERNET } from './entries/centernet.js';
import { FACE_ATTRIBUTES } from './entries/face-attributes.js';
import { FACE_EMBEDDINGS } from './entries/face-embeddings.js';
import { FACE_LANDMARKS } from './entries/face-landmarks.js';
import { MASKS } from './entries/masks.js';
import { MOVENET_MULTIPOSE } from './entries/movenet-multipose.js';
import { NANODET } from './entries/nanodet.js';
import { OMZ_DETECTORS } from './entries/omz-detectors.js';
import { OMZ_RECOGNITION } from './entries/omz-recognition.js';
import { PERSON_VEHICLE_BIKE } from './entries/person-vehicle-bike.js';
import { POSES } from './entries/poses.js';
import { PP_OCR_DETECTION } from './entries/pp-ocr-detection.js';
import { PP_OCR_READING } from './entries/pp-ocr-reading.js';
import { REID } from './entries/reid.js';
import { ULTRAFACE } from './entries/ultraface.js';
import { YOLOX } from './entries/yolox.js';
import { YUNET } from './entries/yunet.js';
import type { CatalogueEntry, FilesSource } from './port.js';

/** Every model that Ocellus knows by name. A new one is an entry in a file of its family and, for a new family, one line here. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...PERSON_VEHICLE_BIKE,
  ...OMZ_DETECTORS,
  ...YOLOX,
  ...CENTERNET,
  ...NANODET,
  ...YUNET,
  ...ULTRAFACE,
  ...BLAZE,
  ...OMZ_RECOGNITION,
  ...REID,
  ...FACE_EMBEDDINGS,
  ...FACE_LANDMARKS,
  ...FACE_ATTRIBUTES,
  ...MOVENET_MULTIPOSE,
  ...POSES,
  ...MASKS,
  ...PP_OCR_DETECTION,
  ...PP_OCR_READING,
];

/** The entry of that name or alias, in any case. @throws Fault NOT_FOUND with the nearest names */
export function findModel(name: string, catalogue: readonly CatalogueEntry[] = CATALOGUE): CatalogueEntry {
  const wanted = name.trim().toLowerCase();
  const found = catalogue.find((entry) => [entry.name, ...(entry.aliases ?? [])].some((known) => known.toLowerCase() === wanted));
  if (found) return found;
  const known = catalogue.map((entry) => entry.name);
  return fail('NOT_FOUND', `no model is called "${name}".${didYouMean(name, known)} The ${known.length} of the catalogue: ocellus models ls`);
}

/** What an instance needs to run the entry from the ONNX file at `path` (absolute). */
export function toDefinition(entry: CatalogueEntry, path: string): ModelDefinition {
  const { name, picture, head, labels } = entry;
  return { name, weights: { runtime: 'onnx', path }, ...(picture ? { picture } : {}), head, labels };
}

/** What an instance needs to run the model of that name, or alias, from other weights than the catalogue's. @throws Fault NOT_FOUND as {@link findModel} */
export function catalogueDefinition(name: string, weightsOf: (name: string) => Weights): ModelDefinition {
  const entry = findModel(name);
  return { ...toDefinition(entry, ''), weights: weightsOf(entry.name) };
}

/** The checksum that the finished ONNX file must have, in hex; absent where a conversion on this machine makes it. */
export function knownSha256(entry: CatalogueEntry): string | undefined {
  if (entry.sha256 !== undefined) return entry.sha256;
  return entry.conversion === 'none' && entry.source.kind === 'npm' ? entry.source.files[0]?.sha256 : undefined;
}

/** The checksum of a finished file that is called as the entry says: the only one, or one that spares the conversion. */
export const readySha256 = (entry: CatalogueEntry): string | undefined => knownSha256(entry) ?? entry.ready?.sha256;

/** The source of an entry, where it names its files one by one. */
export function filesSource({ source }: Pick<CatalogueEntry, 'source'>): FilesSource | undefined {
  if (source.kind === 'npm') return source;
  return source.kind === 'url' && source.files ? { ...source, files: source.files } : undefined;
}

/** Outputs that the head reads: a conversion keeps these alone, since every further one costs a copy per picture. */
export const wantedOutputs = ({ head }: CatalogueEntry): readonly string[] => [...new Set(Object.values(head.outputs))].toSorted();

/** One hash over all source files and kept outputs of an entry that is converted; names what a converted file was made of. Absent for other entries. */
export function sourceHash(entry: CatalogueEntry): string | undefined {
  const source = filesSource(entry);
  if (entry.conversion === 'none' || !source) return undefined;
  const lines = source.files.map((file) => `${file.sha256}  ${file.path}`);
  return createHash('sha256')
    .update([...lines, ...wantedOutputs(entry)].join('\n'))
    .digest('hex');
}
