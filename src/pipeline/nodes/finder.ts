import { type Size, didYouMean, fail } from '../../core/index.js';
import { type Detections, type Fit, clip, unfit } from '../../vision/index.js';
import { type Draft, NOTHING } from './board.js';
import { framePoints } from './sayings.js';

/** Labels told where none comes near the one that was asked for. */
const MOST_TOLD = 20;

function unknownLabel(node: string, label: string, known: readonly string[]): never {
  const told = ` It has: ${known.slice(0, MOST_TOLD).join(', ')}${known.length > MOST_TOLD ? `, and ${known.length - MOST_TOLD} more` : ''}`;
  return fail('CONFIG_INVALID', `nodes.${node}.labels: the model has no label "${label}".${didYouMean(label, known) || told}`);
}

function wantedClasses(node: string, known: readonly string[], wanted: readonly string[] | undefined): ReadonlySet<number> | null {
  if (!wanted) return null;
  const ids = wanted.map((label) => {
    const id = known.indexOf(label);
    return id >= 0 ? id : unknownLabel(node, label, known);
  });
  return new Set(ids);
}

/** Where drafts of one picture are put. */
export interface Finds {
  /** Those of the confidence that was asked for. */
  readonly strong: Draft[];
  /** The rest, for trackers. */
  readonly weak: Draft[];
}

/** Makes drafts of detections, in pixels of the displayed frame. */
export class Finder {
  readonly #wanted: ReadonlySet<number> | null;

  /** @throws Fault CONFIG_INVALID for wanted labels that the model does not have */
  constructor(
    readonly node: string,
    readonly labels: readonly string[],
    wanted: readonly string[] | undefined,
    readonly confidence: number,
  ) {
    this.#wanted = wantedClasses(node, labels, wanted);
  }

  /** Adds what was found in a picture that lies as `fit` in a frame of `size`; what has no area within the frame is left out. */
  collect(detections: Detections, size: Size, fit: Fit, { strong, weak }: Finds, parent?: Draft): void {
    const { boxes, scores, classIds, points } = detections;
    for (let row = 0; row < scores.length; row++) {
      const classId = classIds[row]!;
      if (this.#wanted && !this.#wanted.has(classId)) continue;
      const at = row * 4;
      const seen = { x1: boxes[at]!, y1: boxes[at + 1]!, x2: boxes[at + 2]!, y2: boxes[at + 3]! };
      const box = clip(unfit(seen, fit), size);
      if (box.x2 <= box.x1 || box.y2 <= box.y1) continue;
      const label = this.labels[classId] ?? `class ${classId}`;
      const confidence = scores[row]!;
      const draft: Draft = { node: this.node, label, classId, confidence, box, attributes: NOTHING };
      (confidence >= this.confidence ? strong : weak).push(points || parent ? this.#more(draft, detections, row, fit, parent) : draft);
    }
  }

  #more(draft: Draft, { points, scores }: Detections, row: number, fit: Fit, parent: Draft | undefined): Draft {
    const count = points ? points.length / 3 / scores.length : 0;
    return {
      ...draft,
      ...(parent ? { parent } : {}),
      ...(points ? { points: { node: this.node, points: framePoints(points, row * count * 3, count, fit) } } : {}),
    };
  }
}
