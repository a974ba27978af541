import type { CatalogueEntry } from '../port.js';
import { headOf } from './packages.js';

/** Appearance of people, from others than Intel. */
export const REID: readonly CatalogueEntry[] = [
  {
    name: 'osnet-x0-25',
    aliases: ['osnet'],
    card: {
      summary: 'Tells people apart by their looks: 512 numbers, the fastest.',
      task: 'person re-identification',
      licence: 'MIT (torchreid); the repository that carries the file has no licence file',
      origin: 'OSNet x0.25 of Zhou et al. (torchreid), trained on MSMT17, which is research data.',
      figures: [
        'AUC 0.970 on 249 pairs of one person and 1136 of two, of OpenCV vtest.avi.',
        '0.9 ms a person with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'Tells clothes and build, not faces: good for one place and one day.',
    },
    file: 'osnet_x0_25_msmt17.onnx',
    sha256: '61b2604171ef9d58d21758626f83b35a253c3d7123976523a6e03068c3c95d7b',
    bytes: 921616,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/akshaydhame2001/YOLOv8_Tracking_TensorRT/cb948b3224a53986e8ccc0ca940fb8fe842e145b/osnet_x0_25_msmt17.onnx',
    },
    conversion: 'none',
    picture: {
      input: 'images',
      fit: { mode: 'stretch', size: { width: 128, height: 256 }, order: 'rgb', layout: 'planar', pad: 0 },
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
    },
    head: headOf('embedding', { embedding: 'output' }, { dimensions: 512 }),
    labels: [],
  },
];
