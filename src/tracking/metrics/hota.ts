import { assign } from '../assignment.js';
import type { AlignedFrame, AlignedSequence } from './aligned.js';

/** What HOTA counts at each of its thresholds, {@link HOTA_THRESHOLDS}; sequences add up. */
export interface HotaCounts {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly falseNegatives: Float64Array;
  /** Sums over the true positives: of the association accuracy, recall and precision, and of the IoU. */
  readonly association: Float64Array;
  readonly associationRecall: Float64Array;
  readonly associationPrecision: Float64Array;
  readonly iou: Float64Array;
}

/** HOTA and its parts, 0 to 1, each the mean over the thresholds. */
export interface Hota {
  readonly hota: number;
  /** Detection accuracy, recall and precision. */
  readonly detA: number;
  readonly detRe: number;
  readonly detPr: number;
  /** Association accuracy, recall and precision. */
  readonly assA: number;
  readonly assRe: number;
  readonly assPr: number;
  /** Mean IoU of the matches. */
  readonly locA: number;
}

/** IoU 0.05 to 0.95 in 19 steps. */
export const HOTA_THRESHOLDS: readonly number[] = Object.freeze(Array.from({ length: 19 }, (_, i) => 0.05 + i * 0.05));
/** TrackEval lets rounding pass: the step between 1 and the next number. */
const EPSILON = Number.EPSILON;

/** IoU of each pair of a frame as a part of all IoU that the two have with anyone. */
function sharesOf({ truth, found, iou }: AlignedFrame): Float64Array {
  const rows = new Float64Array(truth.length);
  const columns = new Float64Array(found.length);
  iou.forEach((overlap, at) => {
    rows[Math.floor(at / found.length)]! += overlap;
    columns[at % found.length]! += overlap;
  });
  return iou.map((overlap, at) => {
    const all = rows[Math.floor(at / found.length)]! + columns[at % found.length]! - overlap;
    return all > EPSILON ? overlap / all : 0;
  });
}

/** How well each object and each track go together over the whole sequence, [objects, tracks] row-major: a soft Jaccard index. */
function alignment({ frames, truthBoxes, foundBoxes }: AlignedSequence): Float64Array {
  const tracks = foundBoxes.length;
  const together = new Float64Array(truthBoxes.length * tracks);
  for (const frame of frames) {
    sharesOf(frame).forEach((share, at) => {
      together[frame.truth[Math.floor(at / frame.found.length)]! * tracks + frame.found[at % frame.found.length]!]! += share;
    });
  }
  return together.map((frames, at) => frames / (truthBoxes[Math.floor(at / tracks)]! + foundBoxes[at % tracks]! - frames));
}

/** Matches of one threshold. */
class Matches {
  /** Frames by object and track. */
  readonly frames = new Map<number, number>();
  count = 0;
  iou = 0;

  add(pair: number, iou: number): void {
    this.frames.set(pair, (this.frames.get(pair) ?? 0) + 1);
    this.count++;
    this.iou += iou;
  }

  /** Sum over all matches of what `score` gives their pair. */
  sum(score: (frames: number, pair: number) => number): number {
    let total = 0;
    for (const [pair, frames] of this.frames) total += frames * score(frames, pair);
    return total;
  }
}

/** Matches every frame, as aligns best over the whole sequence, and sorts the matches by the thresholds that they reach. */
function matchAll(sequence: AlignedSequence): Matches[] {
  const tracks = sequence.foundBoxes.length;
  const aligned = alignment(sequence);
  const matches = HOTA_THRESHOLDS.map(() => new Matches());
  for (const { truth, found, iou } of sequence.frames) {
    const costs = iou.map((overlap, at) => -overlap * aligned[truth[Math.floor(at / found.length)]! * tracks + found[at % found.length]!]!);
    assign(costs, truth.length, found.length, 0).forEach((column, row) => {
      if (column < 0) return;
      const overlap = iou[row * found.length + column]!;
      const pair = truth[row]! * tracks + found[column]!;
      HOTA_THRESHOLDS.forEach((threshold, at) => {
        if (overlap >= threshold - EPSILON) matches[at]!.add(pair, overlap);
      });
    });
  }
  return matches;
}

/** Counts of HOTA (Luiten et al. 2021), as TrackEval counts them. */
export function countHota(sequence: AlignedSequence): HotaCounts {
  const { truthBoxes, foundBoxes } = sequence;
  const matches = matchAll(sequence);
  const truth = truthBoxes.reduce((sum, boxes) => sum + boxes, 0);
  const found = foundBoxes.reduce((sum, boxes) => sum + boxes, 0);
  const objectOf = (pair: number): number => truthBoxes[Math.floor(pair / foundBoxes.length)]!;
  const trackOf = (pair: number): number => foundBoxes[pair % foundBoxes.length]!;
  const each = (value: (at: Matches) => number): Float64Array => Float64Array.from(matches, value);
  return {
    truePositives: each(({ count }) => count),
    falsePositives: each(({ count }) => found - count),
    falseNegatives: each(({ count }) => truth - count),
    association: each((at) => at.sum((frames, pair) => frames / (objectOf(pair) + trackOf(pair) - frames))),
    associationRecall: each((at) => at.sum((frames, pair) => frames / objectOf(pair))),
    associationPrecision: each((at) => at.sum((frames, pair) => frames / trackOf(pair))),
    iou: each(({ iou }) => iou),
  };
}

/** HOTA of the counts of one or more sequences. */
export function hotaOf(counts: readonly HotaCounts[]): Hota {
  const sum = (key: keyof HotaCounts, at: number): number => counts.reduce((total, count) => total + count[key][at]!, 0);
  const rows = HOTA_THRESHOLDS.map((_, at) => {
    const right = sum('truePositives', at);
    const wrong = sum('falsePositives', at);
    const missed = sum('falseNegatives', at);
    const perMatch = (key: keyof HotaCounts): number => sum(key, at) / Math.max(1, right);
    const detA = right / Math.max(1, right + wrong + missed);
    const assA = perMatch('association');
    return {
      hota: Math.sqrt(detA * assA),
      detA,
      detRe: right / Math.max(1, right + missed),
      detPr: right / Math.max(1, right + wrong),
      assA,
      assRe: perMatch('associationRecall'),
      assPr: perMatch('associationPrecision'),
      // Nothing matched is nothing misplaced.
      locA: right === 0 ? 1 : sum('iou', at) / right,
    };
  });
  const mean = (key: keyof Hota): number => rows.reduce((total, row) => total + row[key], 0) / rows.length;
  return {
    hota: mean('hota'),
    detA: mean('detA'),
    detRe: mean('detRe'),
    detPr: mean('detPr'),
    assA: mean('assA'),
    assRe: mean('assRe'),
    assPr: mean('assPr'),
    locA: mean('locA'),
  };
}
