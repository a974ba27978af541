import { type Distribution, type MeterLabels, type MetricFamily, type MetricSeries, prometheusText } from '../../core/index.js';
import type { ModelStatistics } from '../../inference/index.js';
import { PIPELINE_METRICS } from './metric-table.js';
import type { NodeMetrics } from './node-metrics.js';
import { DROP_REASONS } from './snapshot.js';
import type { StreamMetrics } from './stream-metrics.js';

type Name = keyof typeof PIPELINE_METRICS;

const distribution = (labels: MeterLabels, held: Distribution): MetricSeries => ({ labels, bounds: held.boundCounts(), sum: held.sum });

/** What a table's rows read of a stream, a node on a stream, and a model. */
type StreamRow = (stream: StreamMetrics) => number | Distribution | undefined;
type NodeRow = (node: NodeMetrics) => number | Distribution;
type ModelRow = (statistics: ModelStatistics) => number;

const STREAM_ROWS: Readonly<Partial<Record<Name, StreamRow>>> = {
  stream_received_frames_total: (stream) => stream.in.count,
  stream_taken_frames_total: (stream) => stream.framesTaken,
  stream_finished_frames_total: (stream) => stream.out.count,
  stream_queued_frames: (stream) => stream.queueDepth,
  stream_running: (stream) => (stream.state === 'running' ? 1 : 0),
  stream_failures_total: (stream) => stream.failures,
  stream_restarts_total: (stream) => stream.restarts,
  stream_latency_ms: (stream) => stream.latencyMs,
  stream_capture_to_result_ms: (stream) => stream.captureToResultMs,
  stream_lateness_ms: (stream) => stream.latenessMs,
};

const NODE_ROWS: Readonly<Partial<Record<Name, NodeRow>>> = {
  node_looks_total: (node) => node.looks.count,
  node_skips_total: (node) => node.skips,
  node_errors_total: (node) => node.errors,
  node_objects_total: (node) => node.objects,
  node_latency_ms: (node) => node.latencyMs,
};

const MODEL_ROWS: Readonly<Partial<Record<Name, ModelRow>>> = {
  model_requests_total: ({ requests }) => requests,
  model_failures_total: ({ failures }) => failures,
  model_rows_total: ({ inferences }) => inferences,
  model_executions_total: ({ executions }) => executions,
  model_queue_ms_total: ({ queueMs }) => queueMs,
  model_run_ms_total: ({ runMs }) => runMs,
  model_queued_requests: ({ queued }) => queued,
  model_running_requests: ({ running }) => running,
  model_restarts_total: ({ restarts }) => restarts,
};

const seriesOf = (labels: MeterLabels, read: number | Distribution | undefined): MetricSeries[] =>
  read === undefined ? [] : [typeof read === 'number' ? { labels, value: read } : distribution(labels, read)];

/** What the text is made of. */
export interface Exposed {
  readonly streams: ReadonlyMap<string, StreamMetrics>;
  /** By node. */
  readonly models: Readonly<Record<string, ModelStatistics>>;
}

function seriesNamed(name: Name, { streams, models }: Exposed): MetricSeries[] {
  const [ofStream, ofNode, ofModel] = [STREAM_ROWS[name], NODE_ROWS[name], MODEL_ROWS[name]];
  if (ofModel) return Object.entries(models).flatMap(([node, statistics]) => seriesOf({ node }, ofModel(statistics)));
  return [...streams].flatMap(([stream, metrics]) => {
    if (ofStream) return seriesOf({ stream }, ofStream(metrics));
    if (ofNode) return [...metrics.nodes].flatMap(([node, held]) => seriesOf({ stream, node }, ofNode(held)));
    if (name === 'stream_dropped_frames_total') return DROP_REASONS.map((reason) => ({ labels: { stream, reason }, value: metrics.drops[reason] }));
    return metrics.paths.reading().nodes.map(({ node, frames }) => ({ labels: { stream, node }, value: frames }));
  });
}

/** The numbers in the text format of Prometheus. */
export function exposition(exposed: Exposed): string {
  const families = (Object.keys(PIPELINE_METRICS) as Name[]).map((name): MetricFamily => {
    const { kind, help } = PIPELINE_METRICS[name];
    return { name, kind, help, series: seriesNamed(name, exposed) };
  });
  return prometheusText(families, 'ocellus_');
}
