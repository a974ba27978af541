import type { CatalogueEntry } from '../port.js';
import { omzDetector } from './omz-detectors.js';

const limits = 'Three classes only; made for street and campus cameras that look down a little.';

type Given = Parameters<typeof omzDetector>[0];

const entry = (version: '2000' | '2001' | '2002', sizePx: number, only: Pick<Given, 'summary' | 'figures' | 'ready'>): CatalogueEntry =>
  omzDetector({
    name: `person-vehicle-bike-${version}`,
    aliases: [`person-vehicle-bike-detection-${version}`],
    omz: `person-vehicle-bike-detection-${version}`,
    input: 'image',
    size: { width: sizePx, height: sizePx },
    classes: [0, 1, 2, -1],
    labels: ['vehicle', 'person', 'bike'],
    limits,
    ...only,
  });

/** Intel's person, vehicle and bike detectors: SSD on MobileNet features, decoded by the `ssd` head. */
export const PERSON_VEHICLE_BIKE: readonly CatalogueEntry[] = [
  entry('2002', 512, {
    summary: 'Detector of people, vehicles and bikes for street cameras; the primary detector to start with.',
    figures: [
      'Person recall 0.912, precision 0.941, mean IoU 0.757 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
      '11 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    ready: { sha256: '14939e033686332cc4e38e1cbeb7668558ed1e885bbe58550005d449b09860bd', bytes: 3857336 },
  }),
  entry('2001', 384, {
    summary: 'The same classes between the two others: smaller pictures than 2002, surer than 2000.',
    figures: [
      'Person recall 0.868, precision 0.931, mean IoU 0.754 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
      '7 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
  }),
  entry('2000', 256, {
    summary: 'The same classes at half the size: for many streams on one machine.',
    figures: [
      'Person recall 0.787, precision 0.902, mean IoU 0.740 at IoU 0.5 and confidence 0.4 on the 795 frames of OpenCV vtest.avi.',
      '2.4 ms a picture with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.',
    ],
    ready: { sha256: '04cfdde41fa29967c88a09c3479fbeabda6e355c808df1b17171384bc43f09f8', bytes: 3728309 },
  }),
];
