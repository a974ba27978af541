/** Names a series: `{ stream: 'cam1', node: 'detector' }`. */
export type MeterLabels = Readonly<Record<string, string>>;

/** Where numbers go. Instruments are made once and kept; recording is cheap. Names are snake_case with the unit last. */
export interface Meter {
  /** Only ever grows. */
  counter(name: string, labels?: MeterLabels): { add(n?: number): void };
  /** Goes up and down. */
  gauge(name: string, labels?: MeterLabels): { set(value: number): void };
  /** A distribution. */
  histogram(name: string, labels?: MeterLabels): { record(value: number): void };
}

const NOTHING = { add() {}, set() {}, record() {} };

/** Drops everything: the default of every function that takes a meter. */
export const NULL_METER: Meter = { counter: () => NOTHING, gauge: () => NOTHING, histogram: () => NOTHING };

/** What {@link memoryMeter} holds: a number, or the recorded values of a histogram, by series. */
export type MeterSnapshot = Readonly<Record<string, number | readonly number[]>>;

const seriesOf = (name: string, labels: MeterLabels): string => {
  const inner = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return inner.length ? `${name}{${inner.join(',')}}` : name;
};

/** A meter for tests and summaries: keeps each value in memory. */
export function memoryMeter(): Meter & { snapshot(): MeterSnapshot } {
  const numbers = new Map<string, number>();
  const lists = new Map<string, number[]>();
  return {
    counter(name, labels = {}) {
      const series = seriesOf(name, labels);
      return { add: (n = 1) => void numbers.set(series, (numbers.get(series) ?? 0) + n) };
    },
    gauge(name, labels = {}) {
      const series = seriesOf(name, labels);
      return { set: (value) => void numbers.set(series, value) };
    },
    histogram(name, labels = {}) {
      const series = seriesOf(name, labels);
      const values = lists.get(series) ?? [];
      lists.set(series, values);
      return { record: (value) => void values.push(value) };
    },
    snapshot: () => Object.fromEntries([...numbers, ...[...lists].map(([series, values]) => [series, [...values]] as const)]),
  };
}
