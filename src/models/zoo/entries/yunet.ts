import type { CatalogueEntry } from '../port.js';

const STRIDES = [8, 16, 32];

/** The twelve outputs play the roles that their own names say. */
const outputs = Object.fromEntries(
  ['cls', 'obj', 'bbox', 'kps'].flatMap((role) => STRIDES.map((stride) => [`${role}_${stride}`, `${role}_${stride}`])),
);

const entry = (sizePx: number, summary: string, figures: readonly string[], file: Pick<CatalogueEntry, 'sha256' | 'bytes'>): CatalogueEntry => ({
  name: `yunet-${sizePx}`,
  aliases: [`yunet-n-${sizePx}`],
  card: {
    summary,
    task: 'face detection with five points',
    licence: 'Apache-2.0 (the LICENSE file; the repository’s badge says BSD)',
    origin: 'YuNet by Wu, Peng and Yu, trained on WIDER FACE; exported to ONNX by its authors.',
    figures,
    limits: 'Eyes, nose and mouth corners are placed on faces seen from the side too, where half of them are hidden.',
  },
  file: `yunet_n_${sizePx}_${sizePx}.onnx`,
  ...file,
  source: {
    kind: 'url',
    url: `https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_n_${sizePx}_${sizePx}.onnx`,
  },
  conversion: 'none',
  picture: {
    input: 'input',
    fit: { mode: 'top-left', size: { width: sizePx, height: sizePx }, order: 'bgr', layout: 'planar', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  head: { type: 'yunet', outputs, confidence: 0.6, maximumIou: 0.3, limit: 300, settings: { strides: STRIDES } },
  labels: ['face'],
});

/** YuNet faces, decoded by the `yunet` head. */
export const YUNET: readonly CatalogueEntry[] = [
  entry(
    640,
    'Faces with five points, small ones too; the face detector to start with.',
    [
      'All 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15; 177 in a 2048x1150 selfie of a crowd.',
      '3.8 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    { sha256: '25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31', bytes: 317466 },
  ),
  entry(
    320,
    'The same network on a quarter of the pixels: for near faces and many streams.',
    [
      'All 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15.',
      '0.9 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    {
      sha256: '81dbde155e982455488235acb8ec2dec5d647edf7cf7080d33e4abb69b93a0d2',
      bytes: 317434,
    },
  ),
];
