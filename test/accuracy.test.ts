import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { libavMedia } from 'ocellus/media';
import { createZoo, type ModelDefinition } from 'ocellus/models';
import { convertTfjs } from 'ocellus/models/convert';
import { type ModelHost, openModelHost } from 'ocellus/models/instance';
import { asset, needs } from '../dist/testing/assets.js';
import { averagePrecision, fit, unfit, type LabelledBox, type ScoredBox } from 'ocellus/vision';

/**
 * The detectors of the slice on the 22 labelled photographs (COCO val2017, CC BY), against figures that other code gave for the same networks:
 * decoders written for a first trial, pictures read and scaled by sharp 0.35 (bilinear), every box of confidence 0.01 or more, scored by the
 * measure of `vision`, which agrees with pycocotools 2.0.11 to four digits on these very detections.
 */
const TOLERANCE = 0.01;

const human = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '..');
const LABELS = 'labels/coco-cc-by-instances.json';
const PHOTOS = 'images/coco-cc-by';
const NUMBERS = { mean: [0, 0, 0], std: [1, 1, 1] };
const THRESHOLDS = { confidence: 0.01, limit: 300 };

interface Labels {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly iscrowd: number;
  }[];
}

let folder: string;
let labels: Labels;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-accuracy-'));
  if (!needs(LABELS).skip) labels = JSON.parse(await readFile(asset(LABELS), 'utf8')) as Labels;
});
after(() => rm(folder, { recursive: true }));

/** The labelled boxes, of the classes that `classOf` gives a number. */
function truthOf(classOf: (name: string, at: number) => number | undefined): LabelledBox[] {
  const classes = new Map(labels.categories.map(({ id, name }, at) => [id, classOf(name, at)]));
  return labels.annotations.flatMap(({ image_id: image, category_id, bbox: [x, y, width, height], iscrowd }) => {
    const classId = classes.get(category_id);
    return classId === undefined ? [] : [{ image, classId, box: { x1: x, y1: y, x2: x + width, y2: y + height }, crowd: iscrowd === 1 }];
  });
}

/** What a model finds on one photograph, in pixels of the photograph. */
async function detect(host: ModelHost, path: string, image: number): Promise<ScoredBox[]> {
  const { fit: target } = host.definition.picture!;
  await using source = await libavMedia().open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    const fitted = fit(held.size, target);
    const { width, height } = target.size;
    const shape = target.layout === 'planar' ? [1, 3, height, width] : [1, height, width, 3];
    const data = await held.render(fitted.request);
    const { results } = await host.execute([{ inputs: [{ name: 'picture', datatype: 'UINT8', shape, data }], answer: 'decoded' }]);
    const [result] = results;
    const found = result && 'answers' in result ? result.answers[0] : undefined;
    assert.ok(found?.kind === 'detections', JSON.stringify(result));
    const { boxes, scores, classIds } = found;
    return Array.from(scores, (score, i) => {
      const [x1, y1, x2, y2] = boxes.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
      return { image, classId: classIds[i]!, score, box: unfit({ x1, y1, x2, y2 }, fitted) };
    });
  }
  return assert.fail(`${path} has no picture`);
}

async function scoreOf(definition: ModelDefinition, truth: readonly LabelledBox[]) {
  await using host = await openModelHost(definition);
  const found: ScoredBox[] = [];
  for (const { id, file_name } of labels.images) found.push(...(await detect(host, asset(`${PHOTOS}/${file_name}`), id)));
  return averagePrecision(truth, found);
}

const near = (actual: number, expected: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${what} is ${actual.toFixed(4)}, the trial's decoder had ${expected}`);

const YOLOX = 'models/yolox_nano_416.onnx';
test('yolox-nano scores as in the trial', needs(LABELS, PHOTOS, YOLOX), async () => {
  const score = await scoreOf(
    {
      name: 'yolox-nano',
      weights: { runtime: 'onnx', path: asset(YOLOX) },
      picture: {
        input: 'images',
        fit: { mode: 'top-left', size: { width: 416, height: 416 }, order: 'bgr', layout: 'planar', pad: 114 },
        ...NUMBERS,
      },
      head: { type: 'yolox', outputs: { output: 'output' }, maximumIou: 0.45, ...THRESHOLDS },
    },
    truthOf((_, at) => at),
  );
  near(score.map, 0.2928, 'mAP');
});

const PVB = 'models/person-vehicle-bike-detection-2002.onnx';
const VEHICLE = 0;
const PERSON = 1;
const BIKE = 2;
/** COCO's names for the network's three classes. Trains, boats and aeroplanes are left out: the network was not made for them. */
const COCO_TO_PVB: Readonly<Record<string, number>> = { person: PERSON, bicycle: BIKE, motorcycle: BIKE, car: VEHICLE, bus: VEHICLE, truck: VEHICLE };
test('person-vehicle-bike-2002 scores as in the trial', needs(LABELS, PHOTOS, PVB), async () => {
  const score = await scoreOf(
    {
      name: 'person-vehicle-bike-2002',
      weights: { runtime: 'onnx', path: asset(PVB) },
      picture: { input: 'image', fit: { mode: 'stretch', size: { width: 512, height: 512 }, order: 'bgr', layout: 'planar', pad: 0 }, ...NUMBERS },
      head: { type: 'ssd', outputs: { loc: 'loc', conf: 'conf', priors: 'priors' }, maximumIou: 0.45, settings: { background: 3 }, ...THRESHOLDS },
    },
    truthOf((name) => COCO_TO_PVB[name]),
  );
  // Photographs from eye level are not what it was made for, and 8 vehicles and 5 bikes are too few to compare by: on the very same pixels both
  // decoders have mAP 0.0801, but one vehicle that another scaler's pixels bring up moves the mean by 0.02. So that mean may only not be worse.
  assert.ok(score.map >= 0.0801 - TOLERANCE, `mAP is ${score.map.toFixed(4)}, the trial's decoder had 0.0801`);
  near(score.classes.find(({ classId }) => classId === PERSON)!.ap, 0.227, 'AP of people');
});

test('coco-centernet, converted here, scores as in the trial', needs(LABELS, PHOTOS), async () => {
  const json: unknown = JSON.parse(await readFile(join(human, 'models/centernet.json'), 'utf8'));
  const weights = [await readFile(join(human, 'models/centernet.bin'))];
  const path = join(folder, 'coco-centernet.onnx');
  await writeFile(path, convertTfjs(json, weights, { outputs: ['tower_0/detections'] }));
  const score = await scoreOf(
    {
      name: 'coco-centernet',
      weights: { runtime: 'onnx', path },
      picture: {
        input: 'tower_0/images',
        fit: { mode: 'stretch', size: { width: 512, height: 512 }, order: 'rgb', layout: 'packed', pad: 0 },
        ...NUMBERS,
      },
      head: { type: 'boxes', outputs: { boxes: 'tower_0/detections' }, maximumIou: 0.5, ...THRESHOLDS },
    },
    truthOf((_, at) => at),
  );
  near(score.map, 0.3479, 'mAP');
});

test('coco-nanodet, converted here, scores as in the trial', needs(LABELS, PHOTOS), async () => {
  const zoo = createZoo({ cacheFolder: folder, cwd: import.meta.dirname, retries: 0 });
  const { head, ...definition } = await zoo.named('coco-nanodet');
  const score = await scoreOf(
    { ...definition, head: { ...head!, ...THRESHOLDS } },
    truthOf((_, at) => at),
  );
  // The trial's decoder had 0.2946 with the middles of cells half a pixel to the upper left, and this with them in the middle, as here.
  near(score.map, 0.3004, 'mAP');
});
