import type { CatalogueEntry, ModelCard } from '../port.js';

const hint =
  'It is no file of a package or an address yet: put it into the folder that OCELLUS_MODEL_MIRROR names, or bring it with `ocellus models import`. ' +
  'It is the network of that name of Intel Open Model Zoo, converted to ONNX and cut before DetectionOutput.';

const about = {
  task: 'object detection',
  licence: 'Apache-2.0',
  origin:
    'Intel Open Model Zoo, FP16 weights, converted from OpenVINO IR to ONNX with the priors as an output; Intel does not publish the training data.',
  limits: 'Three classes only; made for street and campus cameras that look down a little.',
} satisfies Partial<ModelCard>;

/** Outputs are [N, 4 x priors], [1, 4 x priors] and [1, 2, 4 x priors]: offsets, one score per class, and corners with variances. */
const entry = (
  version: string,
  sizePx: number,
  only: Pick<CatalogueEntry, 'sha256' | 'bytes'> & Pick<ModelCard, 'summary' | 'figures'>,
): CatalogueEntry => {
  const { summary, figures, ...file } = only;
  return {
    name: `person-vehicle-bike-${version}`,
    aliases: [`person-vehicle-bike-detection-${version}`],
    card: { ...about, summary, figures },
    file: `person-vehicle-bike-detection-${version}.onnx`,
    ...file,
    source: { kind: 'mirror', hint },
    conversion: 'none',
    picture: {
      input: 'image',
      fit: { mode: 'stretch', size: { width: sizePx, height: sizePx }, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: {
      type: 'ssd',
      outputs: { loc: 'loc', conf: 'conf', priors: 'priors' },
      confidence: 0.4,
      maximumIou: 0.45,
      limit: 200,
      settings: { background: 3 },
    },
    labels: ['vehicle', 'person', 'bike'],
  };
};

/** Intel's person, vehicle and bike detectors: SSD on MobileNet features, decoded by the `ssd` head. */
export const PERSON_VEHICLE_BIKE: readonly CatalogueEntry[] = [
  entry('2002', 512, {
    summary: 'Detector of people, vehicles and bikes for street cameras; the primary detector to start with.',
    figures: [
      'Person recall 0.912, precision 0.941, mean IoU 0.757 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
      '11 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    sha256: '14939e033686332cc4e38e1cbeb7668558ed1e885bbe58550005d449b09860bd',
    bytes: 3857336,
  }),
  entry('2000', 256, {
    summary: 'The same classes at half the size: for many streams on one machine.',
    figures: [
      'Person recall 0.787, precision 0.902, mean IoU 0.740 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
      '2.4 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    sha256: '04cfdde41fa29967c88a09c3479fbeabda6e355c808df1b17171384bc43f09f8',
    bytes: 3728309,
  }),
];
