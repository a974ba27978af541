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

/** The value of nearest rank: at least `share` of all values are not above it. */
function quantile(tallies: readonly ValueTally[], count: number, share: number, min: number, max: number): number {
  const rank = Math.max(1, Math.ceil(share * count));
  let below = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (const { counts } of tallies) below += counts[bucket]!;
    if (below >= rank) return Math.min(max, Math.max(min, middleOf(bucket)));
  }
  return max;
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
  const at = (share: number): number => quantile(tallies, count, share, min, max);
  return { count, sum, mean: sum / count, max, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
