import type { MetricTable } from '../../core/index.js';

/** What a pipeline tells Prometheus, by the names before the format's rules: `stream_latency_ms` is exposed as `ocellus_stream_latency_seconds`. */
export const PIPELINE_METRICS = {
  stream_received_frames_total: { kind: 'counter', labels: ['stream'], help: 'Frames that came from the source.' },
  stream_taken_frames_total: { kind: 'counter', labels: ['stream'], help: 'Frames that the nodes were given.' },
  stream_finished_frames_total: { kind: 'counter', labels: ['stream'], help: 'Frames whose results came out.' },
  stream_dropped_frames_total: {
    kind: 'counter',
    labels: ['stream', 'reason'],
    help: 'Frames that never came to the nodes: let go by a full queue (oldest, newest), or lost before it (source).',
  },
  stream_queued_frames: { kind: 'gauge', labels: ['stream'], help: 'Frames that wait to be taken.' },
  stream_running: {
    kind: 'gauge',
    labels: ['stream'],
    help: '1 while the stream runs, 0 in every other state: ready, paused, restarting, ended, stopped, failed.',
  },
  stream_failures_total: { kind: 'counter', labels: ['stream'], help: 'Times the source failed.' },
  stream_restarts_total: { kind: 'counter', labels: ['stream'], help: 'Times the source was opened anew.' },
  stream_latency_ms: { kind: 'histogram', labels: ['stream'], help: 'Time from when a frame was taken to its result.' },
  stream_capture_to_result_ms: { kind: 'histogram', labels: ['stream'], help: 'Time from when a frame was captured to its result.' },
  stream_lateness_ms: { kind: 'histogram', labels: ['stream'], help: 'How much later than due results came, in realtime.' },
  node_looks_total: { kind: 'counter', labels: ['stream', 'node'], help: 'Frames that the node looked at.' },
  node_skips_total: { kind: 'counter', labels: ['stream', 'node'], help: 'Frames that the node left out.' },
  node_errors_total: { kind: 'counter', labels: ['stream', 'node'], help: 'Frames on which the node failed.' },
  node_objects_total: { kind: 'counter', labels: ['stream', 'node'], help: 'Objects that the node gave.' },
  node_latency_ms: { kind: 'histogram', labels: ['stream', 'node'], help: "Time of a look, the model's queue included." },
  node_held_frames_total: { kind: 'counter', labels: ['stream', 'node'], help: 'Frames for which the node was the last of all to finish.' },
  model_requests_total: { kind: 'counter', labels: ['node'], help: 'Requests that the model of the node answered.' },
  model_failures_total: { kind: 'counter', labels: ['node'], help: 'Requests that failed.' },
  model_rows_total: { kind: 'counter', labels: ['node'], help: 'Rows of answered requests; divided by the executions, the mean batch is known.' },
  model_executions_total: { kind: 'counter', labels: ['node'], help: 'Runs of the network.' },
  model_queue_ms_total: { kind: 'counter', labels: ['node'], help: 'Time that answered requests waited for their runs, added up.' },
  model_run_ms_total: { kind: 'counter', labels: ['node'], help: 'Time in the network, added up over answered requests.' },
  model_queued_requests: { kind: 'gauge', labels: ['node'], help: 'Requests that wait.' },
  model_running_requests: { kind: 'gauge', labels: ['node'], help: 'Requests that run.' },
  model_restarts_total: { kind: 'counter', labels: ['node'], help: 'Instances of the model that were replaced.' },
} as const satisfies MetricTable;
