import { type Clock, systemClock } from './clock.js';
import { Distribution, type DistributionReading, MS_BOUNDS } from './distribution.js';
import { fail } from './fault.js';
import type { Meter, MeterLabels } from './meter.js';
import { type MetricFamily, type MetricKind, type MetricSeries, type MetricTable, prometheusName, prometheusText } from './prometheus-text.js';

/** Upper bounds for what is not measured in milliseconds. */
const COUNT_BOUNDS: readonly number[] = Object.freeze([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384, 65_536]);

/** One series with its value. */
export interface NumberReading {
  readonly name: string;
  readonly labels: MeterLabels;
  readonly value: number;
}

/** One series with its distribution, in the unit of its name. */
export interface HistogramReading extends DistributionReading {
  readonly name: string;
  readonly labels: MeterLabels;
}

/** Everything that a meter knows, as plain data. */
export interface MeterReading {
  readonly counters: readonly NumberReading[];
  readonly gauges: readonly NumberReading[];
  readonly histograms: readonly HistogramReading[];
}

/** A meter that can be read. */
export interface LiveMeter extends Meter {
  snapshot(): MeterReading;
  /** The text exposition format 0.0.4, in base units: `run_ms` is exposed as `ocellus_run_seconds`. */
  prometheus(): string;
  /** Forgets every series that has all of these labels. Instruments of theirs that are still held record into nothing. */
  remove(labels: MeterLabels): void;
}

/** How a meter is made. */
export interface LiveMeterOptions {
  /** What is known of metrics, for the HELP lines. */
  readonly table?: MetricTable;
  /** Stands before each name in the text; `ocellus_` when absent. */
  readonly prefix?: string;
  /** Rising upper bounds of a histogram; undefined leaves it at the usual ones. */
  readonly bounds?: (name: string) => readonly number[] | undefined;
  /** How far back "recent" reaches on average, in milliseconds. */
  readonly windowMs?: number;
  readonly clock?: Clock;
}

interface Value {
  value: number;
}

interface Family<T> {
  readonly name: string;
  readonly series: Map<string, { readonly labels: MeterLabels; readonly held: T }>;
}

type Families<T> = Map<string, Family<T>>;

const hasAll = (labels: MeterLabels, wanted: MeterLabels): boolean => Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** Separators that stand in no label name, so that two sets of labels are never mistaken for each other. */
const keyOf = (labels: MeterLabels): string =>
  Object.keys(labels)
    .toSorted()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0001');

function checkLabels(name: string, labels: MeterLabels, kind: MetricKind): void {
  for (const label of Object.keys(labels))
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || (kind === 'histogram' && label === 'le'))
      fail('INVALID_ARGUMENT', `"${label}" is no name for a label of ${name}: letters, digits and _ only, no digit first, and not le`);
}

class Live implements LiveMeter {
  readonly #counters: Families<Value> = new Map();
  readonly #gauges: Families<Value> = new Map();
  readonly #histograms: Families<Distribution> = new Map();
  /** By the name that Prometheus sees, the name it was made under. */
  readonly #names = new Map<string, string>();

  constructor(readonly options: Required<LiveMeterOptions>) {}

  counter(name: string, labels: MeterLabels = {}): { add(n?: number): void } {
    const count = this.#held(this.#counters, 'counter', name, labels, () => ({ value: 0 }));
    return { add: (n = 1) => void (count.value += n) };
  }

  gauge(name: string, labels: MeterLabels = {}): { set(value: number): void } {
    const state = this.#held(this.#gauges, 'gauge', name, labels, () => ({ value: 0 }));
    return { set: (value) => void (state.value = value) };
  }

  histogram(name: string, labels: MeterLabels = {}): { record(value: number): void } {
    const { clock, bounds, windowMs } = this.options;
    const usual = name.endsWith('_ms') ? MS_BOUNDS : COUNT_BOUNDS;
    const make = (): Distribution => new Distribution({ bounds: bounds(name) ?? usual, windowMs });
    const values = this.#held(this.#histograms, 'histogram', name, labels, make);
    return { record: (value) => values.record(value, clock.nowMs()) };
  }

  remove(labels: MeterLabels): void {
    for (const families of [this.#counters, this.#gauges, this.#histograms])
      for (const { series } of families.values()) for (const [key, each] of series) if (hasAll(each.labels, labels)) series.delete(key);
  }

  snapshot(): MeterReading {
    const nowMs = this.options.clock.nowMs();
    const number = (name: string, labels: MeterLabels, { value }: Value): NumberReading => ({ name, labels, value });
    return {
      counters: readings(this.#counters, number),
      gauges: readings(this.#gauges, number),
      histograms: readings(this.#histograms, (name, labels, held) => ({ name, labels, ...held.reading(nowMs) })),
    };
  }

  prometheus(): string {
    const { table, prefix } = this.options;
    const told = <T>(families: Families<T>, kind: MetricKind, read: (labels: MeterLabels, held: T) => MetricSeries): MetricFamily[] =>
      [...families.values()].map(({ name, series }) => {
        const help = table[name]?.help;
        return { name, kind, series: [...series.values()].map(({ labels, held }) => read(labels, held)), ...(help === undefined ? {} : { help }) };
      });
    return prometheusText(
      [
        ...told(this.#counters, 'counter', (labels, { value }) => ({ labels, value })),
        ...told(this.#gauges, 'gauge', (labels, { value }) => ({ labels, value })),
        ...told(this.#histograms, 'histogram', (labels, held) => ({ labels, bounds: held.boundCounts(), sum: held.sum })),
      ],
      prefix,
    );
  }

  #held<T>(families: Families<T>, kind: MetricKind, name: string, labels: MeterLabels, make: () => T): T {
    checkLabels(name, labels, kind);
    this.#claim(name, kind);
    let family = families.get(name);
    if (!family) families.set(name, (family = { name, series: new Map() }));
    const key = keyOf(labels);
    let series = family.series.get(key);
    if (!series) family.series.set(key, (series = { labels: { ...labels }, held: make() }));
    return series.held;
  }

  /** One name in the text has one kind and one unit. */
  #claim(name: string, kind: MetricKind): void {
    const full = prometheusName(name, kind, this.options.prefix);
    const claim = `${kind} ${name}`;
    const known = this.#names.get(full);
    if (known === undefined) this.#names.set(full, claim);
    else if (known !== claim) fail('INVALID_ARGUMENT', `the ${claim} and the ${known} would both be told as ${full}: rename one`);
  }
}

function readings<T, R>(families: Families<T>, read: (name: string, labels: MeterLabels, held: T) => R): R[] {
  return [...families.values()].flatMap(({ name, series }) => [...series.values()].map(({ labels, held }) => read(name, labels, held)));
}

/** A meter whose numbers can be read: as plain data with quantiles over everything and of late, and as text for Prometheus. Its memory grows with the number of series only. */
export function createMeter(options: LiveMeterOptions = {}): LiveMeter {
  const { table = {}, prefix = 'ocellus_', bounds = () => undefined, windowMs = 10_000, clock = systemClock } = options;
  return new Live({ table, prefix, bounds, windowMs, clock });
}
