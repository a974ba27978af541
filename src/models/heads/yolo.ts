import { z } from 'zod';
import type { Size } from '../../core/index.js';
import { type Detections, Candidates, nms } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { cellsOf, gridsOf } from './grids.js';
import { floatsOf, type HeadOutput, mismatch, outputOf } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { parseSettings } from './settings.js';

/**
 * How a version lays its output out. `rows`: a row a box of centre, size, objectness and class scores. `columns`: the same turned on its side and
 * without objectness. `picked`: rows of corners, score and class that the network itself has picked.
 */
const LAYOUTS = {
  v5: 'rows',
  v6: 'rows',
  v7: 'rows',
  v8: 'columns',
  v9: 'columns',
  v10: 'picked',
  v11: 'columns',
  v12: 'columns',
  v26: 'picked',
} as const;

type Layout = (typeof LAYOUTS)[keyof typeof LAYOUTS];

/** Settings of {@link yolo}. */
export const YoloSettings = z.strictObject({
  version: z
    .enum(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])
    .describe(
      'Which YOLO: v5 to v7 give [N, boxes, 5 + classes], v8, v9, v11 and v12 [N, 4 + classes, boxes], v10 and v26 ready rows [N, boxes, 6].',
    ),
  keyPoints: z.int().min(0).default(0).describe('Key points of each box, as the pose networks have them after the class scores.'),
  keyPointScores: z.boolean().default(true).describe('Whether each key point has a score after its x and y.'),
  normalised: z.boolean().default(false).describe('Whether coordinates are fractions of the picture rather than pixels.'),
});

type Settings = z.output<typeof YoloSettings>;

/** All that decoding needs to know of the network. */
interface Plan extends Settings {
  readonly layout: Layout;
  readonly output: HeadOutput;
  /** Numbers of a key point. */
  readonly perPoint: number;
  /** Numbers of all key points of a box, its last ones. */
  readonly tail: number;
  /** Numbers before the class scores. */
  readonly header: number;
  /** From the output's unit to pixels. */
  readonly scale: Size;
}

const HEADERS: Readonly<Record<Layout, number>> = { rows: 5, columns: 4, picked: 6 };

function expectedOf(layout: Layout, tail: number): string {
  const points = tail > 0 ? ` + ${tail} of key points` : '';
  if (layout === 'picked') return `[N, boxes, ${6 + tail}]: corners, score, class${points}`;
  return layout === 'rows' ? `[N, boxes, 5 + classes${points}]` : `[N, 4 + classes${points}, boxes]`;
}

/** Cells of the usual grids, with one box a cell and with three: an axis of that length can only be the one of the boxes. */
function isBoxCount(size: number, picture: Size): boolean {
  const counts = [
    [8, 16, 32],
    [8, 16, 32, 64],
  ].map((strides) => cellsOf(gridsOf(strides, picture)));
  return counts.some((count) => size === count || size === 3 * count);
}

function planOf(head: HeadSpec, model: ModelSpec, picture: Size): Plan {
  const settings = parseSettings(YoloSettings, head);
  const layout = LAYOUTS[settings.version];
  const perPoint = settings.keyPointScores ? 3 : 2;
  const tail = settings.keyPoints * perPoint;
  const expected = `${expectedOf(layout, tail)} for version ${settings.version}`;
  const output = outputOf(head, model, 'output', expected);
  const [, first = 0, second = 0] = output.shape;
  const [boxes, width] = layout === 'columns' ? [second, first] : [first, second];
  const header = HEADERS[layout];
  const least = header + tail + (layout === 'picked' ? 0 : 1);
  const tooNarrow = width >= 0 && (layout === 'picked' ? width !== least : width < least);
  const turned = isBoxCount(width, picture) && boxes >= 0 && !isBoxCount(boxes, picture);
  if (output.shape.length !== 3 || tooNarrow || turned || boxes === 0) mismatch(head, output, expected);
  const scale = settings.normalised ? picture : { width: 1, height: 1 };
  return { ...settings, layout, output, perPoint, tail, header, scale };
}

/** The numbers of one picture: number `i` of box `b` lies at `from + b * width + i`, or turned on its side at `from + i * boxes + b`. */
interface View {
  readonly data: Float32Array;
  readonly from: number;
  readonly boxes: number;
  readonly width: number;
  readonly confidence: number;
}

type Collect = (plan: Plan, candidates: Candidates, view: View) => void;

/** Adds the box whose first number is at `at` and whose next numbers are `step` apart. */
function addBox(plan: Plan, candidates: Candidates, { data, width }: View, at: number, step: number, score: number, classId: number): void {
  const { width: kx, height: ky } = plan.scale;
  const [a, b, c, d] = [data[at]! * kx, data[at + step]! * ky, data[at + 2 * step]! * kx, data[at + 3 * step]! * ky];
  if (plan.layout === 'picked') candidates.add(a, b, c, d, score, classId);
  else candidates.add(a - c / 2, b - d / 2, a + c / 2, b + d / 2, score, classId);
  let from = at + (width - plan.tail) * step;
  for (let k = 0; k < plan.keyPoints; k++, from += plan.perPoint * step)
    candidates.setPoint(k, data[from]! * kx, data[from + step]! * ky, plan.keyPointScores ? data[from + 2 * step]! : score);
}

const collectPicked: Collect = (plan, candidates, view) => {
  const { data, from, boxes, width, confidence } = view;
  for (let at = from; at < from + boxes * width; at += width) {
    const score = data[at + 4]!;
    if (score >= confidence) addBox(plan, candidates, view, at, 1, score, Math.round(data[at + 5]!));
  }
};

/** Confidence is objectness times class score, and a class score is at most 1: a box of low objectness needs no look at its classes. */
const collectRows: Collect = (plan, candidates, view) => {
  const { data, from, boxes, width, confidence } = view;
  const classes = width - plan.header - plan.tail;
  for (let at = from; at < from + boxes * width; at += width) {
    const objectness = data[at + 4]!;
    if (!(objectness >= confidence)) continue;
    const first = at + plan.header;
    let best = first;
    for (let i = first + 1; i < first + classes; i++) if (data[i]! > data[best]!) best = i;
    const score = objectness * data[best]!;
    if (score >= confidence) addBox(plan, candidates, view, at, 1, score, best - first);
  }
};

/** Reads class by class, as the numbers lie in memory: box by box would miss the processor's cache at every number. */
const collectColumns: Collect = (plan, candidates, view) => {
  const { data, from, boxes, width, confidence } = view;
  const first = from + plan.header * boxes;
  const end = from + (width - plan.tail) * boxes;
  const best = data.slice(first, first + boxes);
  const classIds = new Int32Array(boxes);
  for (let at = first + boxes, classId = 1; at < end; classId++)
    for (let box = 0; box < boxes; box++, at++)
      if (data[at]! > best[box]!) {
        best[box] = data[at]!;
        classIds[box] = classId;
      }
  best.forEach((score, box) => {
    if (score >= confidence) addBox(plan, candidates, view, from + box, boxes, score, classIds[box]!);
  });
};

const COLLECT: Readonly<Record<Layout, Collect>> = { rows: collectRows, columns: collectColumns, picked: collectPicked };

/**
 * The YOLO networks whose boxes leave the graph decoded, in pixels of the picture or as fractions of it: exports of Ultralytics and of the
 * authors of v6, v7, v9 and v10, object detection and pose.
 */
export const yolo: Head<Detections> = {
  type: 'yolo',
  answers: 'detections',
  summary: 'YOLO v5 to v12 and v26, detection and pose: the version, which the settings name, says how boxes and scores lie in the output.',
  create(head, model, picture) {
    const plan = planOf(head, model, picture);
    const { layout, output, header, tail } = plan;
    const candidates = new Candidates(plan.keyPoints);
    const specWidth = output.shape[layout === 'columns' ? 1 : 2]!;
    return {
      ...(layout !== 'picked' && specWidth >= 0 ? { classes: specWidth - header - tail } : {}),
      decode(outputs, row, thresholds) {
        const { confidence, maximumIou, limit } = { ...head, ...thresholds };
        const [, first = 0, second = 0] = outputs[output.at]!.shape;
        const [boxes, width] = layout === 'columns' ? [second, first] : [first, second];
        candidates.clear();
        COLLECT[layout](plan, candidates, { data: floatsOf(outputs, output), from: row * boxes * width, boxes, width, confidence });
        return nms(candidates, { maximumIou, limit });
      },
    };
  },
};
