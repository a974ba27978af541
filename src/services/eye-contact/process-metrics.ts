import { performance } from 'node:perf_hooks';

const line = (name: string, kind: 'counter' | 'gauge', help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${value}\n`;

/** What every Prometheus client tells of its process. */
export function processMetrics(): string {
  const { user, system } = process.cpuUsage();
  return (
    line('process_cpu_seconds_total', 'counter', 'Processor time of the process.', (user + system) / 1e6) +
    line('process_resident_memory_bytes', 'gauge', 'Memory that the process holds.', process.memoryUsage.rss()) +
    line('process_start_time_seconds', 'gauge', 'When the process began, in seconds since 1970.', performance.timeOrigin / 1000)
  );
}
