import { cpus, freemem, totalmem } from 'node:os';

interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

function cpuTimes(): CpuTimes {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}

const gauge = (name: string, help: string, value: number): string => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;

/** Tells how busy the machine is: its processors since the last time it was asked, and its memory. */
export function createMachineMetrics(): () => string {
  let last = cpuTimes();
  return () => {
    const now = cpuTimes();
    const all = now.all - last.all;
    const share = all > 0 ? (now.busy - last.busy) / all : 0;
    last = now;
    const total = totalmem();
    return (
      gauge('nv_cpu_utilization', 'CPU utilization rate [0.0 - 1.0]', Number(share.toFixed(4))) +
      gauge('nv_cpu_memory_total_bytes', 'CPU total memory (RAM), in bytes', total) +
      gauge('nv_cpu_memory_used_bytes', 'CPU used memory (RAM), in bytes', total - freemem())
    );
  };
}
