/** Costs of the pairs that may be matched, row by row: those of row `r` stand at `rowStart[r]` up to `rowStart[r + 1]`. */
export interface SparseCosts {
  readonly rows: number;
  readonly columns: number;
  /** At least `rows + 1` long. */
  readonly rowStart: Int32Array;
  readonly column: Int32Array;
  readonly cost: Float64Array;
}

const NONE = -1;

/**
 * Optimal linear assignment of sparse, rectangular costs: of all matchings the one whose sum of `maximumCost - cost` is greatest,
 * so a pair that costs more than `maximumCost` stays apart. Shortest augmenting paths with dual prices (Jonker and Volgenant 1987),
 * where each row may also take a place of its own at `maximumCost`. A path never leaves its connected component, so far-apart
 * groups cost nothing together. Buffers are kept between calls; answers hold until the next call.
 */
export class Assignment {
  /** Column of each row, -1 for none. */
  columnOf = new Int32Array(0);
  /** Row of each column, -1 for none. */
  rowOf = new Int32Array(0);
  #rowPrice = new Float64Array(0);
  #columnPrice = new Float64Array(0);
  #distance = new Float64Array(0);
  /** Row from which a column was reached. */
  #from = new Int32Array(0);
  /** Columns that the search has reached; those before `#settled` have their final distance. */
  #reached = new Int32Array(0);
  #reachedCount = 0;
  #settled = 0;

  /** Matches; see `columnOf` and `rowOf`. Costs and `maximumCost` must be finite. */
  solve(costs: SparseCosts, maximumCost: number): void {
    this.#prepare(costs.rows, costs.columns);
    for (let row = 0; row < costs.rows; row++) {
      const cheapest = this.#cheapest(costs, row);
      if (cheapest === NONE || costs.cost[cheapest]! > maximumCost) continue;
      this.#rowPrice[row] = costs.cost[cheapest]! - this.#columnPrice[costs.column[cheapest]!]!;
      const column = costs.column[cheapest]!;
      if (this.rowOf[column] === NONE) this.#match(row, column);
      else this.#augment(costs, row, maximumCost);
    }
  }

  #prepare(rows: number, columns: number): void {
    if (this.columnOf.length < rows) {
      const size = Math.max(rows, 2 * this.columnOf.length);
      this.columnOf = new Int32Array(size);
      this.#rowPrice = new Float64Array(size);
    }
    if (this.rowOf.length < columns) {
      const size = Math.max(columns, 2 * this.rowOf.length);
      this.rowOf = new Int32Array(size);
      this.#columnPrice = new Float64Array(size);
      this.#distance = new Float64Array(size);
      this.#from = new Int32Array(size);
      this.#reached = new Int32Array(size);
    }
    this.columnOf.fill(NONE, 0, rows);
    this.rowOf.fill(NONE, 0, columns);
    this.#columnPrice.fill(0, 0, columns);
    this.#distance.fill(Infinity, 0, columns);
  }

  #match(row: number, column: number): void {
    this.columnOf[row] = column;
    this.rowOf[column] = row;
  }

  /** Place of the pair of `row` with the least reduced cost; a free column goes before a taken one. */
  #cheapest({ rowStart, column, cost }: SparseCosts, row: number): number {
    let best = NONE;
    let least = Infinity;
    const end = rowStart[row + 1]!;
    for (let at = rowStart[row]!; at < end; at++) {
      const reduced = cost[at]! - this.#columnPrice[column[at]!]!;
      if (reduced > least) continue;
      if (reduced === least && (this.rowOf[column[at]!] !== NONE || this.rowOf[column[best]!] === NONE)) continue;
      least = reduced;
      best = at;
    }
    return best;
  }

  /** Dijkstra from `start` to the nearest free column, or to the row that gives its column up most cheaply. */
  #augment(costs: SparseCosts, start: number, maximumCost: number): void {
    this.#reachedCount = 0;
    this.#settled = 0;
    let row = start;
    let length = 0;
    let leaving = NONE;
    let leavingLength = Infinity;
    let sink = NONE;
    while (true) {
      const toLeave = length + maximumCost - this.#rowPrice[row]!;
      if (toLeave < leavingLength) {
        leavingLength = toLeave;
        leaving = row;
      }
      this.#relax(costs, row, length);
      const next = this.#nearest();
      if (next === NONE || this.#distance[next]! > leavingLength) break;
      length = this.#distance[next]!;
      if (this.rowOf[next] === NONE) {
        sink = next;
        break;
      }
      row = this.rowOf[next]!;
    }
    const total = sink === NONE ? leavingLength : length;
    this.#reprice(start, total);
    if (sink !== NONE) this.#shift(start, sink);
    else if (leaving !== start) {
      const given = this.columnOf[leaving]!;
      this.columnOf[leaving] = NONE;
      this.#shift(start, given);
    }
    for (let i = 0; i < this.#reachedCount; i++) this.#distance[this.#reached[i]!] = Infinity;
  }

  #relax({ rowStart, column, cost }: SparseCosts, row: number, length: number): void {
    const price = this.#rowPrice[row]!;
    const end = rowStart[row + 1]!;
    for (let at = rowStart[row]!; at < end; at++) {
      const to = column[at]!;
      // Rounding may make a pair a bargain by a hair; a column that is settled must not be reached again through it.
      const distance = length + Math.max(0, cost[at]! - price - this.#columnPrice[to]!);
      const known = this.#distance[to]!;
      if (distance >= known) continue;
      if (known === Infinity) this.#reached[this.#reachedCount++] = to;
      this.#distance[to] = distance;
      this.#from[to] = row;
    }
  }

  /** Settles the nearest column that is not settled yet; a free one goes before a taken one. */
  #nearest(): number {
    let best = NONE;
    let least = Infinity;
    for (let i = this.#settled; i < this.#reachedCount; i++) {
      const column = this.#reached[i]!;
      const distance = this.#distance[column]!;
      if (distance > least || (distance === least && this.rowOf[column] !== NONE)) continue;
      least = distance;
      best = i;
    }
    if (best === NONE) return NONE;
    const column = this.#reached[best]!;
    this.#reached[best] = this.#reached[this.#settled]!;
    this.#reached[this.#settled++] = column;
    return column;
  }

  /** Prices follow the distances, so that every matched pair stays tight and no pair becomes a bargain. */
  #reprice(start: number, total: number): void {
    this.#rowPrice[start] = this.#rowPrice[start]! + total;
    for (let i = 0; i < this.#settled; i++) {
      const column = this.#reached[i]!;
      const gain = total - this.#distance[column]!;
      if (gain <= 0) continue;
      this.#columnPrice[column] = this.#columnPrice[column]! - gain;
      const owner = this.rowOf[column]!;
      if (owner !== NONE) this.#rowPrice[owner] = this.#rowPrice[owner]! + gain;
    }
  }

  /** Each row of the path takes the column it reached, from `end` back to `start`. */
  #shift(start: number, end: number): void {
    let column = end;
    while (true) {
      const row = this.#from[column]!;
      const given = this.columnOf[row]!;
      this.#match(row, column);
      if (row === start) return;
      column = given;
    }
  }
}

/**
 * Optimal assignment of a dense matrix of costs, `rows` x `columns`, row-major; a cost that is not finite forbids its pair.
 * Answers the column of each row, -1 for none. Without `maximumCost` as many pairs as possible are matched.
 */
export function assign(costs: ArrayLike<number>, rows: number, columns: number, maximumCost?: number): Int32Array {
  const rowStart = new Int32Array(rows + 1);
  const column = new Int32Array(rows * columns);
  const cost = new Float64Array(rows * columns);
  let count = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let row = 0; row < rows; row++) {
    for (let to = 0; to < columns; to++) {
      const value = costs[row * columns + to]!;
      if (!Number.isFinite(value)) continue;
      column[count] = to;
      cost[count++] = value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    rowStart[row + 1] = count;
  }
  const solver = new Assignment();
  // Leaving a row out must cost more than any detour through all others.
  const beyond = count === 0 ? 0 : most + (most - least + 1) * (Math.min(rows, columns) + 1);
  solver.solve({ rows, columns, rowStart, column, cost }, maximumCost ?? beyond);
  return solver.columnOf.slice(0, rows);
}
