import type { SparseCosts } from './assignment.js';

/** Boxes as columns: x1, y1, x2, y2 of each in turn, and its class. */
export interface BoxTable {
  readonly boxes: Float64Array;
  readonly classIds: Float64Array;
}

/** What makes a pair close enough. */
export interface Gate {
  /** Least similarity: the IoU, times the weight of the column where there are weights. Above 0. */
  readonly minimum: number;
  /** A factor from 0 to 1 for each box of the column table. */
  readonly weights?: Float64Array;
  /** Whether boxes of different classes may pair. */
  readonly mixClasses: boolean;
}

/** Positions in a table. Grows as needed and keeps its room. */
export class Positions {
  items = new Int32Array(64);
  length = 0;

  /** Takes in one more. */
  push(position: number): void {
    if (this.length === this.items.length) this.items = grown(this.items, this.length + 1);
    this.items[this.length++] = position;
  }

  /** Becomes empty. */
  clear(): void {
    this.length = 0;
  }
}

/** A longer copy of `array`: at least `length`, at least twice as long as before. */
export function grown<A extends Int32Array | Float64Array>(array: A, length: number): A {
  const longer = new (array.constructor as new (length: number) => A)(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}

/**
 * Finds the pairs of boxes that overlap enough to be thought of as the same object; cost is 1 - similarity.
 * The columns are sorted into strips by their left edge, so that each row meets only those near it.
 */
export class ClosePairs implements SparseCosts {
  rows = 0;
  columns = 0;
  rowStart = new Int32Array(64);
  column = new Int32Array(256);
  cost = new Float64Array(256);
  #count = 0;
  /** Where the columns of each strip begin in `#byStrip`. */
  #stripStart = new Int32Array(64);
  #byStrip = new Int32Array(64);
  #stripOf = new Int32Array(64);
  #left = 0;
  #stripsPerPx = 0;
  #widest = 0;

  /** Collects the close pairs of the boxes at `rowsAt` and `columnsAt`; `rows` and `columns` then number these lists. */
  collect(rowTable: BoxTable, rowsAt: Positions, columnTable: BoxTable, columnsAt: Positions, gate: Gate): void {
    this.rows = rowsAt.length;
    this.columns = columnsAt.length;
    this.#count = 0;
    if (this.rowStart.length <= this.rows) this.rowStart = grown(this.rowStart, this.rows + 1);
    if (this.columns > 0 && this.rows > 0) this.#sortIntoStrips(columnTable.boxes, columnsAt);
    for (let row = 0; row < this.rows; row++) {
      this.rowStart[row] = this.#count;
      if (this.columns > 0) this.#collectRow(rowTable, rowsAt.items[row]!, columnTable, columnsAt, gate);
    }
    this.rowStart[this.rows] = this.#count;
  }

  /** Counting sort by left edge, with about one column to a strip. */
  #sortIntoStrips(boxes: Float64Array, { items, length }: Positions): void {
    this.#measure(boxes, items, length);
    if (this.#stripStart.length < length + 2) this.#stripStart = grown(this.#stripStart, length + 2);
    if (this.#byStrip.length < length) {
      this.#byStrip = grown(this.#byStrip, length);
      this.#stripOf = grown(this.#stripOf, length);
    }
    const starts = this.#stripStart;
    starts.fill(0, 0, length + 2);
    for (let i = 0; i < length; i++) {
      const strip = this.#strip(boxes[4 * items[i]!]!);
      this.#stripOf[i] = strip;
      starts[strip + 2] = starts[strip + 2]! + 1;
    }
    for (let at = 2; at <= length; at++) starts[at + 1] = starts[at + 1]! + starts[at]!;
    // starts[strip + 1] is where the strip begins; filling it moves that on to where the next one begins.
    for (let i = 0; i < length; i++) {
      const next = this.#stripOf[i]! + 1;
      this.#byStrip[starts[next]!] = i;
      starts[next] = starts[next]! + 1;
    }
  }

  #measure(boxes: Float64Array, items: Int32Array, length: number): void {
    let left = Infinity;
    let right = -Infinity;
    let widest = 0;
    for (let i = 0; i < length; i++) {
      const x1 = boxes[4 * items[i]!]!;
      if (x1 < left) left = x1;
      if (x1 > right) right = x1;
      widest = Math.max(widest, boxes[4 * items[i]! + 2]! - x1);
    }
    this.#left = left;
    this.#widest = widest;
    this.#stripsPerPx = right > left ? (length - 1) / (right - left) : 0;
  }

  #strip(x: number): number {
    const strip = Math.floor((x - this.#left) * this.#stripsPerPx);
    return strip < 0 ? 0 : strip >= this.columns ? this.columns - 1 : strip;
  }

  #collectRow(rowTable: BoxTable, rowAt: number, columnTable: BoxTable, columnsAt: Positions, gate: Gate): void {
    const { boxes } = columnTable;
    const { minimum, weights, mixClasses } = gate;
    const x1 = rowTable.boxes[4 * rowAt]!;
    const y1 = rowTable.boxes[4 * rowAt + 1]!;
    const x2 = rowTable.boxes[4 * rowAt + 2]!;
    const y2 = rowTable.boxes[4 * rowAt + 3]!;
    const area = (x2 - x1) * (y2 - y1);
    const classId = rowTable.classIds[rowAt]!;
    const from = this.#stripStart[this.#strip(x1 - this.#widest)]!;
    const to = this.#stripStart[this.#strip(x2) + 1]!;
    for (let i = from; i < to; i++) {
      const column = this.#byStrip[i]!;
      const columnAt = columnsAt.items[column]!;
      const at = 4 * columnAt;
      const left = boxes[at]!;
      const right = boxes[at + 2]!;
      const width = (x2 < right ? x2 : right) - (x1 > left ? x1 : left);
      if (!(width > 0)) continue;
      const top = boxes[at + 1]!;
      const bottom = boxes[at + 3]!;
      const height = (y2 < bottom ? y2 : bottom) - (y1 > top ? y1 : top);
      if (!(height > 0)) continue;
      if (!mixClasses && columnTable.classIds[columnAt] !== classId) continue;
      const shared = width * height;
      const overlap = shared / (area + (right - left) * (bottom - top) - shared);
      const similarity = weights === undefined ? overlap : overlap * weights[columnAt]!;
      if (similarity >= minimum) this.#add(column, 1 - similarity);
    }
  }

  #add(column: number, cost: number): void {
    if (this.#count === this.column.length) {
      this.column = grown(this.column, this.#count + 1);
      this.cost = grown(this.cost, this.#count + 1);
    }
    this.column[this.#count] = column;
    this.cost[this.#count++] = cost;
  }
}
