import type { CatalogueEntry, ModelCard } from '../port.js';
import { OMZ_SOURCES } from './omz-sources.js';

/** What tells one SSD detector of the Open Model Zoo from another. */
interface OmzDetector extends Pick<CatalogueEntry, 'name' | 'aliases' | 'ready' | 'labels'>, Pick<ModelCard, 'summary' | 'figures' | 'limits'> {
  /** Name in the Open Model Zoo. */
  readonly omz: keyof typeof OMZ_SOURCES;
  /** Name of the network's input. */
  readonly input: string;
  readonly size: { readonly width: number; readonly height: number };
  /** For each of the network's classes, which of our labels it is; -1 for the background. */
  readonly classes: readonly number[];
}

/** An entry for a detector whose head is cut before `DetectionOutput`: offsets, scores and priors, decoded by the `ssd` head. */
export function omzDetector({ omz, input, size, classes, summary, figures, limits, name, aliases, ready, labels }: OmzDetector): CatalogueEntry {
  return {
    name,
    ...(aliases ? { aliases } : {}),
    card: {
      task: 'object detection',
      licence: 'Apache-2.0',
      origin: 'Intel Open Model Zoo, FP16 weights, converted from OpenVINO IR to ONNX here; Intel does not publish the training data.',
      summary,
      figures,
      limits,
    },
    file: `${omz}.onnx`,
    source: OMZ_SOURCES[omz],
    conversion: 'openvino',
    ...(ready ? { ready } : {}),
    picture: {
      input,
      fit: { mode: 'stretch', size, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: {
      type: 'ssd',
      outputs: { loc: 'loc', conf: 'conf', priors: 'priors' },
      confidence: 0.4,
      maximumIou: 0.45,
      limit: 200,
      settings: { background: classes.indexOf(-1), classIds: classes },
    },
    labels,
  };
}

const WIDE = { width: 672, height: 384 };

/** Detectors of the Open Model Zoo for one or three kinds of objects. */
export const OMZ_DETECTORS: readonly CatalogueEntry[] = [
  omzDetector({
    name: 'person-vehicle-bike-crossroad-0078',
    aliases: ['person-vehicle-bike-detection-crossroad-0078'],
    omz: 'person-vehicle-bike-detection-crossroad-0078',
    input: 'data',
    size: { width: 1024, height: 1024 },
    classes: [-1, 0, 1, 2],
    labels: ['person', 'vehicle', 'bike'],
    summary: 'The three classes of street cameras in large pictures: finds far vehicles that the others miss.',
    figures: [
      'Eleven boxes in a frame of a suburban road in which vehicle-detection-0200 found five; five of seven walkers and both parked vans in one of OpenCV vtest.avi.',
      '125 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'Slow. Boxes with scores under 0.6 are often double or wrong: raise the confidence where that matters.',
  }),
  omzDetector({
    name: 'vehicle-detection-0200',
    omz: 'vehicle-detection-0200',
    input: 'image',
    size: { width: 256, height: 256 },
    classes: [0, -1],
    labels: ['vehicle'],
    summary: 'Detector of vehicles alone, light, also for those seen from above.',
    figures: [
      'In three frames all near vehicles and no other box: five on a suburban road, two on a motorway, one seen from above.',
      '5.4 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'One class: cars, buses and trucks are all vehicles. Misses far ones.',
  }),
  omzDetector({
    name: 'vehicle-detection-adas-0002',
    omz: 'vehicle-detection-adas-0002',
    input: 'data',
    size: WIDE,
    classes: [-1, 0],
    labels: ['vehicle'],
    summary: 'Detector of vehicles ahead, for cameras in a car.',
    figures: [
      'Two of two cars in a frame from a car on a motorway; on two fixed cameras one large wrong box each.',
      '21 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'For cameras behind a windscreen only: on fixed cameras, above all from above, it draws large wrong boxes.',
  }),
  omzDetector({
    name: 'pedestrian-detection-adas-0002',
    omz: 'pedestrian-detection-adas-0002',
    input: 'data',
    size: WIDE,
    classes: [-1, 0],
    labels: ['person'],
    summary: 'Detector of people on foot, for cameras in a car; works on street cameras too.',
    figures: [
      'All six walkers in a frame of OpenCV vtest.avi and five of seven in another; one of one person in a room.',
      '21 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'One class; misses far people, and those half behind something.',
  }),
  omzDetector({
    name: 'face-detection-adas-0001',
    omz: 'face-detection-adas-0001',
    input: 'data',
    size: WIDE,
    classes: [-1, 0],
    labels: ['face'],
    summary: 'Detector of faces, made for drivers and good in groups.',
    figures: [
      'All faces in three photographs of groups (5, 2, 3), 70 in one of a crowd, 5 in a frame of people walking up; no wrong box in these.',
      '22 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'Misses faces turned away or down, of which the crowd has many. No key points.',
  }),
  omzDetector({
    name: 'face-detection-retail-0004',
    omz: 'face-detection-retail-0004',
    input: 'data',
    size: { width: 300, height: 300 },
    classes: [-1, 0],
    labels: ['face'],
    summary: 'The light detector of faces, in small pictures.',
    figures: [
      'All faces in three photographs of groups (5, 2, 3), 51 in one of a crowd in which face-detection-adas-0001 found 70, 4 in a frame of people walking up; a hand once taken for a face, at 0.57.',
      '6.4 ms a picture with ONNX Runtime 1.30 on one core of an AMD EPYC.',
    ],
    limits: 'For near faces: misses more small ones than face-detection-adas-0001. No key points.',
  }),
];
