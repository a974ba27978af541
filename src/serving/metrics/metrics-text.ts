import type { ModelStatistics } from '../../inference/index.js';

/** A version and its counters. */
export interface MeteredVersion {
  readonly model: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly statistics: ModelStatistics;
}

type Kind = 'counter' | 'gauge';
type Value = number | Readonly<Record<string, number>>;

const micros = (ms: number): number => Math.round(ms * 1000);

/** Families in the order in which Triton prints them. A record of values is labelled by its keys as `reason`. */
const FAMILIES: readonly (readonly [name: string, kind: Kind, help: string, of: (statistics: ModelStatistics) => Value])[] = [
  ['nv_inference_request_success', 'counter', 'Number of successful inference requests, all batch sizes', ({ requests }) => requests],
  [
    'nv_inference_request_failure',
    'counter',
    'Number of failed inference requests, all batch sizes',
    ({ failuresBy, cancelled }) => ({ REJECTED: failuresBy.rejected, CANCELED: cancelled, BACKEND: failuresBy.backend, OTHER: failuresBy.other }),
  ],
  ['nv_inference_count', 'counter', 'Number of inferences performed (does not include cached requests)', ({ inferences }) => inferences],
  ['nv_inference_exec_count', 'counter', 'Number of model executions performed (does not include cached requests)', ({ executions }) => executions],
  [
    'nv_inference_request_duration_us',
    'counter',
    'Cumulative inference request duration in microseconds (includes cached requests)',
    ({ successMs }) => micros(successMs),
  ],
  [
    'nv_inference_queue_duration_us',
    'counter',
    'Cumulative inference queuing duration in microseconds (includes cached requests)',
    ({ queueMs }) => micros(queueMs),
  ],
  [
    'nv_inference_compute_input_duration_us',
    'counter',
    'Cumulative compute input duration in microseconds (does not include cached requests)',
    ({ inputMs }) => micros(inputMs),
  ],
  [
    'nv_inference_compute_infer_duration_us',
    'counter',
    'Cumulative compute inference duration in microseconds (does not include cached requests)',
    ({ runMs }) => micros(runMs),
  ],
  [
    'nv_inference_compute_output_duration_us',
    'counter',
    'Cumulative inference compute output duration in microseconds (does not include cached requests)',
    ({ outputMs }) => micros(outputMs),
  ],
  ['nv_inference_pending_request_count', 'gauge', 'Instantaneous number of pending requests awaiting execution per-model.', ({ queued }) => queued],
];

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const series = (name: string, labels: Readonly<Record<string, string>>, value: number): string =>
  `${name}{${Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key}="${escaped(text)}"`)
    .join(',')}} ${value}\n`;

function rows(name: string, { model, version, tags }: MeteredVersion, value: Value): string {
  const labels = { model, version, ...Object.fromEntries(Object.entries(tags).map(([key, tag]) => [`_${key}`, tag])) };
  if (typeof value === 'number') return series(name, labels, value);
  return Object.entries(value)
    .map(([reason, count]) => series(name, { ...labels, reason }, count))
    .join('');
}

/** The counters of all versions as Prometheus reads them, under Triton's names. */
export function metricsText(versions: readonly MeteredVersion[]): string {
  return FAMILIES.map(([name, kind, help, of]) => {
    const head = `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
    return head + versions.map((version) => rows(name, version, of(version.statistics))).join('');
  }).join('');
}
