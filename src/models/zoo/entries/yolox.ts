import type { CatalogueEntry } from '../port.js';
import { COCO_LABELS } from './labels.js';

/** YOLOX detectors: anchor-free, boxes on grids of stride 8, 16 and 32, decoded by the `yolox` head. */
export const YOLOX: readonly CatalogueEntry[] = [
  {
    name: 'yolox-nano',
    aliases: ['yolox-nano-416'],
    card: {
      summary: 'General detector of 80 kinds of objects; the lightest of its family.',
      task: 'object detection',
      licence: 'Apache-2.0',
      origin: 'Megvii YOLOX, trained on COCO train2017; exported to ONNX in Kazuhito00/YOLOX-ONNX-TFLite-Sample.',
      figures: [
        'mAP 0.284, mAP@.5 0.444 on the 80 validation photographs of COCO_Tiny (its authors publish 0.258 on all of COCO val2017).',
        'Person recall 0.903, precision 0.790 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
        '4.6 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'Misses small and distant objects, and vehicles seen from above.',
    },
    file: 'yolox_nano_416.onnx',
    sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
    bytes: 3660092,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx',
    },
    conversion: 'none',
    picture: {
      input: 'images',
      fit: { mode: 'top-left', size: { width: 416, height: 416 }, order: 'bgr', layout: 'planar', pad: 114 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: { type: 'yolox', outputs: { output: 'output' }, confidence: 0.3, maximumIou: 0.45, limit: 300 },
    labels: COCO_LABELS,
  },
];
