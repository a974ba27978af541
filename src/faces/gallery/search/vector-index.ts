import { fail, WASM_PAGE, type WasmMemory, wasmMemory } from '../../../core/index.js';
import { type Kernels, SIGNATURE_BITS, kernelsOver } from './kernels.js';
import { Signer } from './signature.js';

/** Memory grows by 16 MiB at a time: pages that nobody touched cost nothing. */
const GROWTH_PAGES = 256;
const MOST_PAGES = 65_536;
/** Components are kept as 16-bit numbers: their dot products then fit into 32 bits, and a distance is right to about 1e-5. */
const SCALE = 32_767;
const SIGNATURE_BYTES = SIGNATURE_BITS / 8;
/** Vectors looked at in one call: their distances stay in the processor's cache. */
const BLOCK = 32_768;

/** A found vector. */
export interface Neighbour {
  readonly id: number;
  /** Cosine distance, from 0 to 2. */
  readonly distance: number;
}

/** How an index searches. The defaults were measured; see docs/adr/0046. */
export interface VectorIndexOptions {
  /** Up to so many vectors every one is compared in full, and the answer is exact; 50,000 when absent. */
  readonly exactUpTo?: number;
  /** How many vectors with the nearest signatures are compared in full beyond that; 4,000 when absent. */
  readonly candidates?: number;
}

/** A growing array of equal rows in a WebAssembly memory, behind room for a query and for answers. */
class Rows {
  readonly #memory: WasmMemory;
  readonly kernels: Kernels;
  capacity = 0;
  words = new Uint32Array();
  shorts = new Int16Array();

  constructor(
    readonly base: number,
    readonly rowBytes: number,
  ) {
    this.#memory = wasmMemory(Math.ceil(base / WASM_PAGE), MOST_PAGES);
    this.kernels = kernelsOver(this.#memory);
  }

  addressOf(row: number): number {
    return this.base + row * this.rowBytes;
  }

  /** Makes room for one more row than `count`. @throws Fault RESOURCE_EXHAUSTED */
  reserve(count: number): void {
    if (count < this.capacity) return;
    const held = this.#memory.buffer.byteLength / WASM_PAGE;
    const more = Math.min(GROWTH_PAGES, MOST_PAGES - held);
    try {
      if (more === 0) throw new RangeError('the memory has its largest size');
      this.#memory.grow(more);
    } catch (error) {
      fail('RESOURCE_EXHAUSTED', `no memory for more than ${count} face vectors of one model; use the PostgreSQL gallery for more`, error);
    }
    this.words = new Uint32Array(this.#memory.buffer);
    this.shorts = new Int16Array(this.#memory.buffer);
    this.capacity = Math.floor((this.#memory.buffer.byteLength - this.base) / this.rowBytes);
  }

  move(from: number, to: number): void {
    this.words.copyWithin(this.addressOf(to) / 4, this.addressOf(from) / 4, this.addressOf(from + 1) / 4);
  }

  clear(row: number): void {
    this.words.fill(0, this.addressOf(row) / 4, this.addressOf(row + 1) / 4);
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }
}

/**
 * Vectors of unit length, to be searched by cosine distance. Small ones are searched exhaustively. In large ones, every vector's signature of
 * 512 bits is compared first, and the vectors of the nearest signatures then in full; there is nothing to train and nothing to rebalance.
 */
export class VectorIndex {
  readonly #exactUpTo: number;
  readonly #candidates: number;
  readonly #signer: Signer;
  readonly #vectors: Rows;
  readonly #signatures: Rows;
  readonly #answers: number;
  readonly #ids: number[] = [];
  readonly #rows = new Map<number, number>();

  constructor(
    readonly dimensions: number,
    { exactUpTo = 50_000, candidates = 4000 }: VectorIndexOptions = {},
  ) {
    this.#exactUpTo = exactUpTo;
    this.#candidates = candidates;
    this.#signer = new Signer(dimensions);
    const rowBytes = Math.ceil(dimensions / 16) * 32;
    this.#answers = rowBytes;
    this.#vectors = new Rows(rowBytes + BLOCK * 4, rowBytes);
    this.#vectors.reserve(0);
    this.#signatures = new Rows(SIGNATURES_AT, SIGNATURE_BYTES);
    this.#signatures.reserve(0);
  }

  /** How many vectors it holds. */
  get size(): number {
    return this.#ids.length;
  }

  /** Memory that is set aside for vectors and signatures, in bytes. */
  get bytes(): number {
    return this.#vectors.bytes + this.#signatures.bytes;
  }

  /** Adds a vector under a number that is not in use. @throws Fault RESOURCE_EXHAUSTED */
  add(id: number, values: Float32Array): void {
    const row = this.#ids.length;
    this.#vectors.reserve(row);
    this.#signatures.reserve(row);
    this.#write(values, row);
    this.#ids.push(id);
    this.#rows.set(id, row);
  }

  #write(values: Float32Array, row: number): void {
    this.#quantise(values, this.#vectors.addressOf(row) / 2);
    this.#signer.sign(values, this.#signatures.words, this.#signatures.addressOf(row) / 4);
  }

  #quantise(values: Float32Array, at: number): void {
    const { shorts } = this.#vectors;
    // Math.round branches on the sign, which is a coin toss here: it takes a third of the time of adding.
    for (let i = 0; i < values.length; i++) shorts[at + i] = Math.floor(values[i]! * SCALE + 0.5);
  }

  /** Takes a vector out and overwrites it; false when it is not there. */
  remove(id: number): boolean {
    const row = this.#rows.get(id);
    if (row === undefined) return false;
    const last = this.#ids.length - 1;
    for (const rows of [this.#vectors, this.#signatures]) {
      rows.move(last, row);
      rows.clear(last);
    }
    this.#rows.set(this.#ids[last]!, row);
    this.#ids[row] = this.#ids[last]!;
    this.#ids.pop();
    this.#rows.delete(id);
    return true;
  }

  /** The `limit` vectors nearest to `values`, nearest first; `exact` compares every one in full. */
  nearest(values: Float32Array, limit: number, exact = this.size <= this.#exactUpTo): Neighbour[] {
    const best = new Nearest(limit);
    if (this.size === 0) return [];
    this.#quantise(values, 0);
    if (exact) this.#compareAll(best);
    else this.#compare(this.#candidateRows(values, Math.max(this.#candidates, 16 * limit)), best);
    return best.rows.map((row, rank) => ({ id: this.#ids[row]!, distance: Math.max(0, 1 - best.products[rank]! / SCALE ** 2) }));
  }

  #compareAll(best: Nearest): void {
    const { kernels, rowBytes } = this.#vectors;
    const products = new Int32Array(this.#vectors.words.buffer, this.#answers, BLOCK);
    for (let start = 0; start < this.size; start += BLOCK) {
      const count = Math.min(BLOCK, this.size - start);
      kernels.dots(0, this.#vectors.addressOf(start), rowBytes, count, this.#answers);
      for (let i = 0; i < count; i++) best.offer(start + i, products[i]!);
    }
  }

  #compare(rows: readonly number[], best: Nearest): void {
    const { kernels, rowBytes } = this.#vectors;
    const product = new Int32Array(this.#vectors.words.buffer, this.#answers, 1);
    for (const row of rows) {
      kernels.dots(0, this.#vectors.addressOf(row), rowBytes, 1, this.#answers);
      best.offer(row, product[0]!);
    }
  }

  /** Rows with the nearest signatures, about `wanted`. What counts as near gets stricter block by block. */
  #candidateRows(values: Float32Array, wanted: number): number[] {
    this.#signer.sign(values, this.#signatures.words, 0);
    const { buffer } = this.#signatures.words;
    const histogram = new Uint32Array(buffer, HISTOGRAM_AT, SIGNATURE_BITS + 1).fill(0);
    const distances = new Uint16Array(buffer, DISTANCES_AT, BLOCK);
    const rows: number[] = [];
    const bits: number[] = [];
    let limit = 0;
    for (let start = 0; start < this.size; start += BLOCK) {
      const count = Math.min(BLOCK, this.size - start);
      this.#signatures.kernels.hamming(0, this.#signatures.addressOf(start), count, DISTANCES_AT, HISTOGRAM_AT);
      limit = nearestShare(histogram, wanted);
      for (let i = 0; i < count; i++)
        if (distances[i]! <= limit) {
          rows.push(start + i);
          bits.push(distances[i]!);
        }
    }
    return rows.filter((_, at) => bits[at]! <= limit);
  }
}

const HISTOGRAM_AT = SIGNATURE_BYTES;
const DISTANCES_AT = 4096;
const SIGNATURES_AT = DISTANCES_AT + BLOCK * 2;

/** The smallest distance within which at least `wanted` were counted. */
function nearestShare(histogram: Uint32Array, wanted: number): number {
  let seen = 0;
  for (let distance = 0; distance < histogram.length; distance++) {
    seen += histogram[distance]!;
    if (seen >= wanted) return distance;
  }
  return histogram.length;
}

/** The rows of the largest products so far, largest first. */
class Nearest {
  readonly rows: number[] = [];
  readonly products: number[] = [];
  #least = -Infinity;

  constructor(readonly limit: number) {}

  offer(row: number, product: number): void {
    if (product <= this.#least) return;
    let at = this.rows.length;
    while (at > 0 && this.products[at - 1]! < product) at--;
    this.rows.splice(at, 0, row);
    this.products.splice(at, 0, product);
    if (this.rows.length > this.limit) {
      this.rows.pop();
      this.products.pop();
    }
    if (this.rows.length === this.limit) this.#least = this.products[this.limit - 1]!;
  }
}
