import type { CatalogueEntry, ModelCard, UrlSource } from '../port.js';
import { OMZ_SOURCES, OPEN_CLOSED_EYE_ONNX } from './omz-sources.js';
import { headOf } from './packages.js';

const omz = { licence: 'Apache-2.0' };
const ORIGIN = 'Intel Open Model Zoo, FP16 weights; Intel does not publish the training data. Converted from OpenVINO IR here.';

const bgr = (input: string, width: number, height: number): Pick<CatalogueEntry, 'picture'> => ({
  picture: {
    input,
    fit: { mode: 'stretch', size: { width, height }, order: 'bgr', layout: 'planar', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
});

const timing = (ms: number): string => `${ms} ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.`;

/** Files that an earlier conversion made of the same networks; a mirror that has them spares the conversion. */
const READY: Readonly<Record<string, NonNullable<CatalogueEntry['ready']>>> = {
  'vehicle-attributes-recognition-barrier-0039': { sha256: '8a89ca02ffa74bfece1b8bb8cb270fda7082cab375049e63bda362638b804508', bytes: 1258345 },
  'person-attributes-recognition-crossroad-0230': { sha256: '25b5aa6a00a1fa0b643b13db0b0eeb4f3f6120a11c969960ff418bfc5f7a419e', bytes: 1501768 },
  'person-reidentification-retail-0287': { sha256: 'f0ea0c79d27140b81bd3426e06cb613208758ec7538c07c273b1b4363624ad5f', bytes: 1288013 },
  'landmarks-regression-retail-0009': { sha256: 'f07155f3d53eb8280b8d98ca4dff7123febff0945a87f94b9c90bf74e40c57b6', bytes: 390207 },
  'head-pose-estimation-adas-0001': { sha256: 'a5352700773186615fc222d2af6ef09a6d046c3363e8437090be3887b0b105f0', bytes: 3836022 },
  'gaze-estimation-adas-0002': { sha256: '89b77509aa14db2069a897b0965153d62d7ff7e61f63503bf6de7a4c8a28e2b0', bytes: 3778067 },
};

/** What the entries of converted networks share: the source, the conversion, and the name of the file. */
const converted = (name: keyof typeof OMZ_SOURCES): Pick<CatalogueEntry, 'file' | 'conversion' | 'ready'> & { source: UrlSource } => ({
  file: `${name}.onnx`,
  source: OMZ_SOURCES[name],
  conversion: 'openvino',
  ...(READY[name] ? { ready: READY[name] } : {}),
});

const card = (only: Pick<ModelCard, 'summary' | 'task' | 'figures' | 'limits'>): ModelCard => ({ ...omz, origin: ORIGIN, ...only });

const COLOURS = ['white', 'gray', 'yellow', 'red', 'green', 'blue', 'black'];
const TYPES = ['car', 'bus', 'truck', 'van'];
const PERSON = ['male', 'bag', 'backpack', 'hat', 'long sleeves', 'long trousers', 'long hair', 'coat or jacket'];

const ATTRIBUTES: readonly CatalogueEntry[] = [
  {
    ...converted('vehicle-attributes-recognition-barrier-0039'),
    ...bgr('input', 72, 72),
    name: 'vehicle-attributes-recognition-barrier-0039',
    aliases: ['vehicle-attributes'],
    card: card({
      summary: 'Colour and type of a vehicle.',
      task: 'vehicle attributes',
      figures: ['Colours were right on red, white, silver and black cars that were looked at; silver is called gray.', timing(0.6)],
      limits: 'Made for front views: sedans seen from behind are often called trucks.',
    }),
    head: headOf('classify', { colour: 'color', type: 'type' }, { questions: { colour: { labels: COLOURS }, type: { labels: TYPES } } }),
    labels: [...COLOURS, ...TYPES],
  },
  {
    ...converted('person-attributes-recognition-crossroad-0230'),
    ...bgr('0', 80, 160),
    name: 'person-attributes-recognition-crossroad-0230',
    aliases: ['person-attributes'],
    card: card({
      summary: 'Eight things about a person: gender, bag, backpack, hat, sleeves, trousers, hair, coat.',
      task: 'person attributes',
      figures: [timing(0.7)],
      limits: 'Made for whole people seen from above; weak on close crops. Each attribute stands alone and is told from its score on.',
    }),
    head: { ...headOf('classify', { looks: '453' }, { questions: { looks: { choice: 'each', labels: PERSON } } }), confidence: 0.5, limit: 8 },
    labels: PERSON,
  },
];

const FACES: readonly CatalogueEntry[] = [
  {
    ...converted('landmarks-regression-retail-0009'),
    ...bgr('0', 48, 48),
    name: 'landmarks-regression-retail-0009',
    aliases: ['landmarks-5'],
    card: card({
      summary: 'Five points of a face: eyes, tip of the nose, corners of the mouth, each from the viewer’s left.',
      task: 'face landmarks',
      figures: ['0.2 ms a face with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
      limits: 'Sees the face box alone, 48x48. The points are those that ARCFACE_POINTS align.',
    }),
    head: headOf('landmarks', { points: '95' }, { count: 5, units: 'fractions' }),
    labels: [],
  },
  {
    ...converted('head-pose-estimation-adas-0001'),
    ...bgr('data', 60, 60),
    name: 'head-pose-estimation-adas-0001',
    aliases: ['head-pose'],
    card: card({
      summary: 'Angles of a head in degrees.',
      task: 'head pose',
      figures: [timing(0.4)],
      limits: 'Yaw from -90 to 90, pitch and roll from -70 to 70.',
    }),
    head: headOf('values', { yaw: 'angle_y_fc', pitch: 'angle_p_fc', roll: 'angle_r_fc' }, { values: { yaw: {}, pitch: {}, roll: {} } }),
    labels: [],
  },
  {
    ...converted('gaze-estimation-adas-0002'),
    name: 'gaze-estimation-adas-0002',
    aliases: ['gaze'],
    card: card({
      summary: 'Where somebody looks: a direction in space, from both eyes and the angles of the head.',
      task: 'gaze',
      figures: ['Plausible on six photographs: averted eyes and tilted heads follow.', timing(0.5)],
      limits:
        'Takes tensors, not a picture: left_eye_image and right_eye_image [N, 3, 60, 60] in BGR bytes as FP32, and head_pose_angles [N, 3] of yaw, pitch and roll in degrees.',
    }),
    head: headOf(
      'values',
      { gaze: 'gaze_vector' },
      { values: { x: { output: 'gaze', at: 0 }, y: { output: 'gaze', at: 1 }, z: { output: 'gaze', at: 2 } } },
    ),
    labels: [],
  },
  {
    ...OPEN_CLOSED_EYE_ONNX,
    name: 'open-closed-eye-0001',
    card: {
      ...omz,
      origin: 'Open Model Zoo (public), trained on the MRL eye data set; published in ONNX by its authors.',
      summary: 'Whether an eye is open or closed.',
      task: 'eye state',
      figures: [timing(0.1)],
      limits: 'A square around one eye. One eye a run: its batch is fixed.',
    },
    file: 'open-closed-eye-0001.onnx',
    conversion: 'none',
    picture: {
      input: 'input.1',
      fit: { mode: 'stretch', size: { width: 32, height: 32 }, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [127, 127, 127],
      std: [255, 255, 255],
    },
    head: headOf('classify', { eye: '19' }, { questions: { eye: { labels: ['closed', 'open'] } } }),
    labels: ['closed', 'open'],
  },
];

/** Provinces and kinds of Chinese plates, as one class each. */
const PROVINCES = [
  'Anhui, Beijing, Chongqing, Fujian, Gansu, Guangdong, Guangxi, Guizhou, Hainan, Hebei, Heilongjiang, Henan, HongKong, Hubei, Hunan, InnerMongolia, Jiangsu',
  'Jiangxi, Jilin, Liaoning, Macau, Ningxia, Qinghai, Shaanxi, Shandong, Shanghai, Shanxi, Sichuan, Tianjin, Tibet, Xinjiang, Yunnan, Zhejiang, police',
].flatMap((row) => row.split(', ').map((name) => `<${name}>`));
const PLATE_LETTERS = [...'0123456789', ...PROVINCES, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

const plates = (name: keyof typeof OMZ_SOURCES, input: string, figures: readonly string[]): CatalogueEntry => ({
  ...converted(name),
  ...bgr(input, 94, 24),
  name,
  card: card({
    summary: 'Reads a Chinese licence plate.',
    task: 'licence plate recognition',
    figures,
    limits: 'Chinese plates alone, cropped closely; the province is written in angle brackets.',
  }),
  head: headOf('ctc', { steps: 'logits' }, { letters: PLATE_LETTERS, blank: 'last', activation: 'softmax' }),
  labels: [],
});

const reid = (version: string, aliases: readonly string[], summary: string, figures: readonly string[]): CatalogueEntry => {
  const name = `person-reidentification-retail-${version}` as keyof typeof OMZ_SOURCES;
  return {
    ...converted(name),
    ...bgr('data', 128, 256),
    name,
    aliases,
    card: card({ summary, task: 'person re-identification', figures, limits: 'Tells clothes and build, not faces: good for one place and one day.' }),
    head: headOf('embedding', { embedding: 'reid_embedding' }, { dimensions: 256 }),
    labels: [],
  };
};

/** Intel's networks that say something of a crop: of a vehicle, a person, a face, a plate. */
export const OMZ_RECOGNITION: readonly CatalogueEntry[] = [
  ...ATTRIBUTES,
  ...FACES,
  reid('0287', ['person-reid'], 'Tells people apart by their looks: 256 numbers; the re-identification to start with.', [
    'AUC 0.988 on 249 pairs of one person and 1136 of two, of OpenCV vtest.avi.',
    timing(2),
  ]),
  reid('0288', [], 'The same at a third of the size.', [
    'Of three walkers half a second apart in OpenCV vtest.avi, 0.77 to 0.85 with themselves and 0.37 or less with others.',
  ]),
  plates('license-plate-recognition-barrier-0001', 'data', ['Read 3 of 3 well-cropped plates of HyperLPR’s samples.', timing(1.3)]),
];
