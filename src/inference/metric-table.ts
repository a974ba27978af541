import type { MetricTable } from '../core/index.js';

/** What the engine tells a meter; `model` is the name of its definition. */
export const INFERENCE_METRICS = {
  inference_requests_total: { kind: 'counter', labels: ['model'], help: 'Requests answered.' },
  inference_failures_total: { kind: 'counter', labels: ['model'], help: 'Requests that failed, refused ones included.' },
  inference_cancelled_total: { kind: 'counter', labels: ['model'], help: 'Requests that were called off.' },
  inference_rows_total: { kind: 'counter', labels: ['model'], help: 'Rows of answered requests.' },
  inference_executions_total: { kind: 'counter', labels: ['model'], help: 'Runs of the network, each with one or more rows.' },
  inference_restarts_total: { kind: 'counter', labels: ['model'], help: 'Instances that were replaced.' },
  inference_cache_hits_total: { kind: 'counter', labels: ['model'], help: 'Requests answered from the response cache.' },
  inference_cache_misses_total: { kind: 'counter', labels: ['model'], help: 'Requests that the response cache did not know.' },
  inference_queue_ms: { kind: 'histogram', labels: ['model'], help: 'Time that a request waited for its run.' },
  inference_input_ms: { kind: 'histogram', labels: ['model'], help: 'Time to make the input of a run.' },
  inference_run_ms: { kind: 'histogram', labels: ['model'], help: 'Time in the network, by run.' },
  inference_output_ms: { kind: 'histogram', labels: ['model'], help: 'Time to read the answers of a run.' },
} as const satisfies MetricTable;
