/** Values from here down share one bucket. */
const LOWEST = 1e-3;
const HIGHEST = 6e7;
/** Relative error of a bucket's middle; quantiles promise 5 %. */
const ACCURACY = 0.045;
const GROWTH = (1 + ACCURACY) / (1 - ACCURACY);
const PER_LOG = 1 / Math.log(GROWTH);
const BUCKETS = Math.ceil(Math.log(HIGHEST / LOWEST) * PER_LOG) + 1;

/** What is known of a set of values. All are 0 where there are none. */
export interface Figures {
  readonly count: number;
  readonly sum: number;
  readonly mean: number;
  readonly max: number;
  /** The median, within 5 % (for values between 0.001 and 60 million). */
  readonly p50: number;
  /** Within 5 %. */
  readonly p95: number;
  /** Within 5 %. */
  readonly p99: number;
}

/** The bucket of a value: buckets grow by a constant factor, so that a bucket's middle is near each of its values. */
export function bucketOf(value: number): number {
  if (!(value > LOWEST)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value / LOWEST) * PER_LOG));
}

const middleOf = (bucket: number): number => (bucket === 0 ? LOWEST : (2 * LOWEST * GROWTH ** bucket) / (1 + GROWTH));

/** Values counted by bucket. O(1) to add to, and of constant size. */
export class ValueTally {
  /** Doubles count on where 32 bits would be full after some days. */
  readonly counts = new Float64Array(BUCKETS);
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;

  /** `bucket` is `bucketOf(value)`. */
  add(value: number, bucket: number): void {
    this.counts[bucket]!++;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** Forgets all values. */
  clear(): void {
    this.counts.fill(0);
    this.count = 0;
    this.sum = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }
}

/** The buckets in which the values of these ranks lie: at least a share of all values is not above the value of nearest rank. Shares rise. */
function bucketsAt(tallies: readonly ValueTally[], count: number, shares: readonly number[]): number[] {
  const found: number[] = [];
  let below = 0;
  for (let bucket = 0; bucket < BUCKETS && found.length < shares.length; bucket++) {
    for (const { counts } of tallies) below += counts[bucket]!;
    while (found.length < shares.length && below >= Math.max(1, Math.ceil(shares[found.length]! * count))) found.push(bucket);
  }
  return found;
}

/** Figures of the values of all tallies together. */
export function figuresOf(tallies: readonly ValueTally[]): Figures {
  let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
  for (const tally of tallies) {
    count += tally.count;
    sum += tally.sum;
    min = Math.min(min, tally.min);
    max = Math.max(max, tally.max);
  }
  if (count === 0) return { count: 0, sum: 0, mean: 0, max: 0, p50: 0, p95: 0, p99: 0 };
  const [p50, p95, p99] = bucketsAt(tallies, count, [0.5, 0.95, 0.99]).map((bucket) => Math.min(max, Math.max(min, middleOf(bucket))));
  return { count, sum, mean: sum / count, max, p50: p50!, p95: p95!, p99: p99! };
}
