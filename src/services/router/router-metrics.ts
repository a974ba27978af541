import type { Upstream } from './upstream.js';

/** What the router counts beside its servers. */
export interface RouterCounters {
  /** From taking a request to sending it: waiting for its turn in a sequence, above all. */
  queueMs: number;
  /** Requests that were sent to a second server, or a third. */
  repeated: number;
  /** Sequences whose server went away. */
  lost: number;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function family(name: string, kind: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const rows = samples.map(([labels, value]) => {
    const told = Object.entries(labels).map(([key, text]) => `${key}="${quoted(text)}"`);
    return `${name}${told.length > 0 ? `{${told.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${rows.join('')}`;
}

const micros = (ms: number): number => Math.round(ms * 1000);

/** The router's counters as Prometheus reads them. */
export function routerMetricsText(upstreams: readonly Upstream[], { queueMs, repeated, lost }: RouterCounters): string {
  const each = (value: (upstream: Upstream) => number): Sample[] => upstreams.map((upstream) => [{ server: upstream.name }, value(upstream)]);
  const errors = upstreams.flatMap(({ name, counters }) => [...counters.errors].map(([code, count]): Sample => [{ server: name, code }, count]));
  return [
    family('ocellus_router_server_up', 'gauge', 'Whether a server is ready for something new', each(({ state }) => Number(state === 'ready'))), // prettier-ignore
    family(
      'ocellus_router_requests_total',
      'counter',
      'Requests sent to a server',
      each(({ counters }) => counters.requests),
    ),
    family('ocellus_router_errors_total', 'counter', 'Requests that failed at a server, by the code of the error', errors),
    family('ocellus_router_request_duration_us', 'counter', 'Time from sending a request to its last answer, microseconds', each(({ counters }) => micros(counters.busyMs))), // prettier-ignore
    family(
      'ocellus_router_requests_in_flight',
      'gauge',
      'Requests at a server',
      each(({ inFlight }) => inFlight),
    ),
    family(
      'ocellus_router_sequences',
      'gauge',
      'Sequences that live on a server',
      each(({ sequences }) => sequences),
    ),
    family('ocellus_router_sequences_lost_total', 'counter', 'Sequences whose server went away', [[{}, lost]]),
    family('ocellus_router_queue_duration_us', 'counter', 'Time from taking a request to sending it, microseconds', [[{}, micros(queueMs)]]),
    family('ocellus_router_repeated_total', 'counter', 'Requests that were sent to another server after one was not to be had', [[{}, repeated]]),
  ].join('');
}
