import { createHash } from 'node:crypto';
import { didYouMean, fail } from '../../core/index.js';
import type { ModelDefinition } from '../port.js';
import { CENTERNET } from './entries/centernet.js';
import { FACE_ATTRIBUTES } from './entries/face-attributes.js';
import { FACE_EMBEDDINGS } from './entries/face-embeddings.js';
import { FACE_LANDMARKS } from './entries/face-landmarks.js';
import { MASKS } from './entries/masks.js';
import { OMZ_RECOGNITION } from './entries/omz-recognition.js';
import { PERSON_VEHICLE_BIKE } from './entries/person-vehicle-bike.js';
import { POSES } from './entries/poses.js';
import { PP_OCR_READING } from './entries/pp-ocr-reading.js';
import { REID } from './entries/reid.js';
import { YOLOX } from './entries/yolox.js';
import type { CatalogueEntry } from './port.js';

/** Every model that Ocellus knows by name. A new one is an entry in a file of its family and, for a new family, one line here. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...PERSON_VEHICLE_BIKE,
  ...YOLOX,
  ...CENTERNET,
  ...OMZ_RECOGNITION,
  ...REID,
  ...FACE_EMBEDDINGS,
  ...FACE_LANDMARKS,
  ...FACE_ATTRIBUTES,
  ...POSES,
  ...MASKS,
  ...PP_OCR_READING,
];

/** The entry of that name or alias, in any case. @throws Fault NOT_FOUND with the nearest names */
export function findModel(name: string, catalogue: readonly CatalogueEntry[] = CATALOGUE): CatalogueEntry {
  const wanted = name.trim().toLowerCase();
  const found = catalogue.find((entry) => [entry.name, ...(entry.aliases ?? [])].some((known) => known.toLowerCase() === wanted));
  if (found) return found;
  const known = catalogue.map((entry) => entry.name);
  return fail('NOT_FOUND', `no model is called "${name}".${didYouMean(name, known)} The catalogue has: ${known.join(', ')}.`);
}

/** What an instance needs to run the entry from the ONNX file at `path` (absolute). */
export function toDefinition(entry: CatalogueEntry, path: string): ModelDefinition {
  const { name, picture, head, labels } = entry;
  return { name, weights: { runtime: 'onnx', path }, ...(picture ? { picture } : {}), head, labels };
}

/** The checksum that the finished ONNX file must have, in hex; absent where a conversion on this machine makes it. */
export function knownSha256(entry: CatalogueEntry): string | undefined {
  if (entry.sha256 !== undefined) return entry.sha256;
  return entry.conversion === 'none' && entry.source.kind === 'npm' ? entry.source.files[0]?.sha256 : undefined;
}

/** Outputs that the head reads: a conversion keeps these alone, since every further one costs a copy per picture. */
export const wantedOutputs = ({ head }: CatalogueEntry): readonly string[] => [...new Set(Object.values(head.outputs))].toSorted();

/** One hash over all source files and kept outputs of an entry that is converted; names what a converted file was made of. Absent for other entries. */
export function sourceHash(entry: CatalogueEntry): string | undefined {
  if (entry.conversion === 'none' || entry.source.kind !== 'npm') return undefined;
  const lines = entry.source.files.map((file) => `${file.sha256}  ${file.path}`);
  return createHash('sha256')
    .update([...lines, ...wantedOutputs(entry)].join('\n'))
    .digest('hex');
}
