import type { LevelResult } from './measure.js';

/** What levels are: requests under way, or requests a second. */
export type LevelKind = 'concurrency' | 'request-rate';

/** Percentiles that are told. */
export const PERCENTILES = [50, 90, 95, 99] as const;

const us = (ms: number): number => Math.round(ms * 1000);

/** One level as plain data. Times are in microseconds. */
export function levelRecord(kind: LevelKind, result: LevelResult): Readonly<Record<string, unknown>> {
  const { latencies, server, firstFailure } = result;
  return {
    [kind === 'concurrency' ? 'concurrency' : 'requestRate']: result.level,
    inferencesPerSecond: Number(result.inferencesPerSecond.toFixed(2)),
    requests: result.requests,
    failures: result.failures,
    ...(firstFailure && { firstFailure: { code: firstFailure.code, message: firstFailure.message } }),
    stable: result.stable,
    clientCpu: Number(result.clientCpu.toFixed(3)),
    latencyUs: { mean: us(latencies.mean), ...Object.fromEntries(PERCENTILES.map((percent) => [`p${percent}`, us(latencies.percentile(percent))])) },
    ...(server && {
      server: Object.fromEntries(Object.entries(server).map(([key, value]) => [key, key === 'requests' ? value : Number(value.toFixed(1))])),
    }),
  };
}

const HEAD = [
  'infer/s',
  'mean us',
  ...PERCENTILES.map((percent) => `p${percent}`),
  'server us',
  'queue',
  'input',
  'compute',
  'output',
  'batch',
  'failed',
  'client cpu',
];

/** Head of the table. */
export const tableHead = (kind: LevelKind): readonly string[] => [kind === 'concurrency' ? 'concurrency' : 'requests/s', ...HEAD, ''];

/** A row of the table. */
export function tableRow({ level, inferencesPerSecond, latencies, server, failures, clientCpu, stable }: LevelResult): readonly string[] {
  const whole = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(0));
  return [
    String(level),
    inferencesPerSecond.toFixed(1),
    String(us(latencies.mean)),
    ...PERCENTILES.map((percent) => String(us(latencies.percentile(percent)))),
    whole(server?.totalUs),
    whole(server?.queueUs),
    whole(server?.inputUs),
    whole(server?.computeUs),
    whole(server?.outputUs),
    server ? server.batch.toFixed(1) : '-',
    String(failures),
    `${(clientCpu * 100).toFixed(0)} %`,
    stable ? '' : 'not stable',
  ];
}

/** All levels as CSV, with the columns of perf_analyzer that are measured here; times in microseconds. */
export function csvText(kind: LevelKind, results: readonly LevelResult[]): string {
  const head = [
    kind === 'concurrency' ? 'Concurrency' : 'Request Rate',
    'Inferences/Second',
    'Server Queue',
    'Server Compute Input',
    'Server Compute Infer',
    'Server Compute Output',
    ...PERCENTILES.map((percent) => `p${percent} latency`),
    'Avg latency',
    'Failures',
  ];
  const rows = results.map(({ level, inferencesPerSecond, server, latencies, failures }) => [
    level,
    inferencesPerSecond.toFixed(3),
    ...[server?.queueUs, server?.inputUs, server?.computeUs, server?.outputUs].map((value) => (value === undefined ? '' : Math.round(value))),
    ...PERCENTILES.map((percent) => us(latencies.percentile(percent))),
    us(latencies.mean),
    failures,
  ]);
  return [head, ...rows].map((row) => `${row.join(',')}\n`).join('');
}
