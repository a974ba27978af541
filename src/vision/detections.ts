/** Detections in columns, best first. Row i of `boxes` is x1, y1, x2, y2 in pixels of the picture that the model saw. */
export interface Detections {
  readonly kind: 'detections';
  /** [N, 4] FP32. */
  readonly boxes: Float32Array;
  /** [N] FP32, 0 to 1. */
  readonly scores: Float32Array;
  /** [N] INT32. */
  readonly classIds: Int32Array;
  /** [N, K, 3] FP32: key points of each row (landmarks, joints, corners of a slanted box) as x, y in the same pixels, and score (the row's own where the network scores no points); absent where the network has no points. */
  readonly points?: Float32Array;
}

/** Options of {@link nms}. */
export interface NmsOptions {
  /** Boxes of this IoU or more with a better one are dropped. */
  readonly maximumIou: number;
  /** Whether boxes of different classes may suppress each other. */
  readonly acrossClasses?: boolean;
  /** Keep at most this many. */
  readonly limit?: number;
}

/** Collects candidates column by column; {@link nms} reads it. Grows as needed, may be reused. `keyPoints` is how many points each row has. */
export class Candidates {
  boxes = new Float32Array(256);
  scores = new Float32Array(64);
  classIds = new Int32Array(64);
  /** [capacity, keyPoints, 3]: x, y and score. */
  points: Float32Array;
  count = 0;

  constructor(readonly keyPoints = 0) {
    this.points = new Float32Array(64 * keyPoints * 3);
  }

  clear(): void {
    this.count = 0;
  }

  add(x1: number, y1: number, x2: number, y2: number, score: number, classId: number): void {
    if (this.count === this.scores.length) this.#grow();
    const at = this.count++;
    this.boxes[at * 4] = x1;
    this.boxes[at * 4 + 1] = y1;
    this.boxes[at * 4 + 2] = x2;
    this.boxes[at * 4 + 3] = y2;
    this.scores[at] = score;
    this.classIds[at] = classId;
  }

  /** Sets key point `index` of the candidate added last. */
  setPoint(index: number, x: number, y: number, score: number): void {
    const at = ((this.count - 1) * this.keyPoints + index) * 3;
    this.points[at] = x;
    this.points[at + 1] = y;
    this.points[at + 2] = score;
  }

  #grow(): void {
    this.boxes = moved(this.boxes, new Float32Array(this.boxes.length * 2));
    this.scores = moved(this.scores, new Float32Array(this.scores.length * 2));
    this.classIds = moved(this.classIds, new Int32Array(this.classIds.length * 2));
    this.points = moved(this.points, new Float32Array(this.points.length * 2));
  }
}

function moved<T extends Float32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function overlaps(boxes: Float32Array, a: number, b: number, maximumIou: number): boolean {
  const ax1 = boxes[a]!,
    ay1 = boxes[a + 1]!,
    ax2 = boxes[a + 2]!,
    ay2 = boxes[a + 3]!;
  const bx1 = boxes[b]!,
    by1 = boxes[b + 1]!,
    bx2 = boxes[b + 2]!,
    by2 = boxes[b + 3]!;
  const width = Math.min(ax2, bx2) - Math.max(ax1, bx1);
  const height = Math.min(ay2, by2) - Math.max(ay1, by1);
  if (width <= 0 || height <= 0) return false;
  const shared = width * height;
  return shared >= maximumIou * ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared);
}

/** Greedy non-maximum suppression: best score first, ties by position, so that the result does not depend on the sort. Key points stay with their rows. */
export function nms(candidates: Candidates, { maximumIou, acrossClasses = false, limit = Infinity }: NmsOptions): Detections {
  const { boxes, scores, classIds, count } = candidates;
  const order = Array.from({ length: count }, (_, i) => i).toSorted((a, b) => scores[b]! - scores[a]! || a - b);
  const kept: number[] = [];
  for (const i of order) {
    if (kept.length >= limit) break;
    const beaten = kept.some((k) => (acrossClasses || classIds[k] === classIds[i]) && overlaps(boxes, k * 4, i * 4, maximumIou));
    if (!beaten) kept.push(i);
  }
  return take(candidates, kept);
}

/** The rows `rows` of the candidates, in that order. */
export function take({ boxes, scores, classIds, points, keyPoints }: Candidates, rows: readonly number[]): Detections {
  const size = keyPoints * 3;
  const out: Detections = {
    kind: 'detections',
    boxes: new Float32Array(rows.length * 4),
    scores: new Float32Array(rows.length),
    classIds: new Int32Array(rows.length),
    ...(keyPoints > 0 ? { points: new Float32Array(rows.length * size) } : {}),
  };
  rows.forEach((row, at) => {
    out.boxes.set(boxes.subarray(row * 4, row * 4 + 4), at * 4);
    out.scores[at] = scores[row]!;
    out.classIds[at] = classIds[row]!;
    out.points?.set(points.subarray(row * size, (row + 1) * size), at * size);
  });
  return out;
}
