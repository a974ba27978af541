import type { BoundCount } from './distribution.js';
import { fail } from './fault.js';
import type { MeterLabels } from './meter.js';

/** What Prometheus is told the text is. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The kinds of metrics. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** A metric as a table lists it, under the name that a meter knows it by. */
export interface MetricRow {
  readonly kind: MetricKind;
  /** What it counts or measures, in a sentence. */
  readonly help: string;
  /** Names of its labels. */
  readonly labels?: readonly string[];
}

/** Metrics by the names that a meter knows them by, such as `inference_run_ms`. */
export type MetricTable = Readonly<Record<string, MetricRow>>;

/** One series: a number, or a distribution by bounds. */
export type MetricSeries =
  | { readonly labels: MeterLabels; readonly value: number }
  | { readonly labels: MeterLabels; readonly bounds: readonly BoundCount[]; readonly sum: number };

/** A metric with its series. The name is that of a meter: `_ms` becomes `_seconds` in the text, values with it. */
export interface MetricFamily {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help?: string;
  readonly series: readonly MetricSeries[];
}

/**
 * The name that Prometheus sees: milliseconds become seconds, its base unit, and counters end in `_total`.
 * @throws Fault INVALID_ARGUMENT for a name that the format does not allow
 */
export function prometheusName(name: string, kind: MetricKind, prefix = ''): string {
  const stem = kind === 'counter' ? name.replace(/_total$/, '') : name;
  const full = `${prefix}${stem.replace(/_ms$/, '_seconds')}${kind === 'counter' ? '_total' : ''}`;
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(full)
    ? full
    : fail('INVALID_ARGUMENT', `"${name}" is no name for a metric: letters, digits and _ only, and no digit first`);
}

/** Numbers are divided by this on their way out. */
const scaleOf = (name: string): number => (/_ms(_total)?$/.test(name) ? 1000 : 1);

/** Twelve digits: 0.3 and not 0.30000000000000004. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(12)));
}

const escapedValue = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const escapedHelp = (help: string): string => help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function labelsText(labels: MeterLabels, bound?: string): string {
  const inner = Object.entries(labels).map(([name, value]) => `${name}="${escapedValue(value)}"`);
  if (bound !== undefined) inner.push(`le="${bound}"`);
  return inner.length > 0 ? `{${inner.join(',')}}` : '';
}

function seriesLines(name: string, series: MetricSeries, scale: number): string[] {
  const { labels } = series;
  if ('value' in series) return [`${name}${labelsText(labels)} ${numberText(series.value / scale)}`];
  const { bounds, sum } = series;
  return [
    ...bounds.map(({ atMost, count }) => `${name}_bucket${labelsText(labels, numberText(atMost / scale))} ${count}`),
    `${name}_sum${labelsText(labels)} ${numberText(sum / scale)}`,
    `${name}_count${labelsText(labels)} ${bounds.at(-1)?.count ?? 0}`,
  ];
}

/** The text exposition format of Prometheus, version 0.0.4. Metrics without a series are left out. @throws Fault INVALID_ARGUMENT for a name that the format does not allow */
export function prometheusText(families: readonly MetricFamily[], prefix = ''): string {
  const lines = families.flatMap(({ name, kind, help, series }) => {
    if (series.length === 0) return [];
    const full = prometheusName(name, kind, prefix);
    const head = [...(help === undefined ? [] : [`# HELP ${full} ${escapedHelp(help)}`]), `# TYPE ${full} ${kind}`];
    return [...head, ...series.flatMap((each) => seriesLines(full, each, scaleOf(name)))];
  });
  return lines.map((line) => `${line}\n`).join('');
}
