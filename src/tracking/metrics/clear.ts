import { assign } from '../assignment.js';
import type { AlignedFrame, AlignedSequence } from './aligned.js';

/** What CLEAR-MOT counts; sequences add up. */
export interface ClearCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Times that an object is matched with another track than when it was last matched. */
  readonly idSwitches: number;
  /** Times that an object is matched again after a break. */
  readonly fragmentations: number;
  /** Objects matched on more than 80 % of their frames, on 20 % to 80 %, on less. */
  readonly mostlyTracked: number;
  readonly partlyTracked: number;
  readonly mostlyLost: number;
  /** Sum of the IoU of all matches. */
  readonly iouSum: number;
}

/** CLEAR-MOT's measures. */
export interface Clear extends ClearCounts {
  /** 1 - (misses + false positives + id switches) / labelled boxes; may be negative. */
  readonly mota: number;
  /** Mean IoU of the matches, 0 to 1. */
  readonly motp: number;
  /** 0 to 1. */
  readonly recall: number;
  readonly precision: number;
}

const MINIMUM_IOU = 0.5;
/** TrackEval lets rounding pass: the step between 1 and the next number. */
const EPSILON = Number.EPSILON;
/** Outweighs any sum of IoUs, so that matches of the frame before go on where they can. */
const GOES_ON = 1000;

/** Pairs of one frame: matches go on first, then IoU decides. */
function matchFrame({ truth, found, iou }: AlignedFrame, before: ReadonlyMap<number, number>): [number, number][] {
  const costs = Float64Array.from(iou, (overlap, at) => {
    if (overlap < MINIMUM_IOU - EPSILON) return Infinity;
    const goesOn = before.get(truth[Math.floor(at / found.length)]!) === found[at % found.length];
    return -overlap - (goesOn ? GOES_ON : 0);
  });
  return [...assign(costs, truth.length, found.length, 0)].flatMap((column, row): [number, number][] => (column < 0 ? [] : [[row, column]]));
}

/** What happened to each object so far. */
class Histories {
  readonly matched: Int32Array;
  readonly episodes: Int32Array;
  /** Track of each object when it was last matched. */
  readonly last = new Map<number, number>();
  /** Track of each object on the frame before. */
  before = new Map<number, number>();
  switches = 0;

  constructor(objects: number) {
    this.matched = new Int32Array(objects);
    this.episodes = new Int32Array(objects);
  }

  take(pairs: readonly (readonly [object: number, track: number])[]): void {
    for (const [object, track] of pairs) {
      const last = this.last.get(object);
      if (last !== undefined && last !== track) this.switches++;
      if (!this.before.has(object)) this.episodes[object]!++;
      this.matched[object]!++;
      this.last.set(object, track);
    }
    this.before = new Map(pairs);
  }
}

/**
 * Counts of CLEAR-MOT (Bernardin and Stiefelhagen 2008) at IoU 0.5, as TrackEval counts them. Like there, a frame on which either
 * side has nothing at all does not end a match: fragmentations and the matching of the next frame look past it.
 */
export function countClear({ frames, truthBoxes, foundBoxes }: AlignedSequence): ClearCounts {
  const histories = new Histories(truthBoxes.length);
  let truePositives = 0;
  let iouSum = 0;
  for (const frame of frames) {
    if (frame.truth.length === 0 || frame.found.length === 0) continue;
    const pairs = matchFrame(frame, histories.before);
    for (const [row, column] of pairs) iouSum += frame.iou[row * frame.found.length + column]!;
    truePositives += pairs.length;
    histories.take(pairs.map(([row, column]) => [frame.truth[row]!, frame.found[column]!]));
  }
  const parts = [...truthBoxes].map((boxes, object) => histories.matched[object]! / boxes);
  const mostlyTracked = parts.filter((part) => part > 0.8).length;
  const mostlyLost = parts.filter((part) => part < 0.2).length;
  return {
    truePositives,
    falsePositives: sumOf(foundBoxes) - truePositives,
    falseNegatives: sumOf(truthBoxes) - truePositives,
    idSwitches: histories.switches,
    fragmentations: sumOf(histories.episodes.map((episodes) => Math.max(0, episodes - 1))),
    mostlyTracked,
    partlyTracked: parts.length - mostlyTracked - mostlyLost,
    mostlyLost,
    iouSum,
  };
}

const sumOf = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0);

/** CLEAR-MOT's measures of the counts of one or more sequences. */
export function clearOf(counts: readonly ClearCounts[]): Clear {
  const sum = (key: keyof ClearCounts): number => counts.reduce((total, count) => total + count[key], 0);
  const truePositives = sum('truePositives');
  const falsePositives = sum('falsePositives');
  const falseNegatives = sum('falseNegatives');
  const idSwitches = sum('idSwitches');
  const iouSum = sum('iouSum');
  const boxes = Math.max(1, truePositives + falseNegatives);
  return {
    mota: (truePositives - falsePositives - idSwitches) / boxes,
    motp: iouSum / Math.max(1, truePositives),
    recall: truePositives / boxes,
    precision: truePositives / Math.max(1, truePositives + falsePositives),
    truePositives,
    falsePositives,
    falseNegatives,
    idSwitches,
    fragmentations: sum('fragmentations'),
    mostlyTracked: sum('mostlyTracked'),
    partlyTracked: sum('partlyTracked'),
    mostlyLost: sum('mostlyLost'),
    iouSum,
  };
}
