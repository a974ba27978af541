import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a process so far, in microseconds: of the thread that steers, and of all its threads. */
export interface CpuTime {
  readonly mainUs: number;
  readonly allUs: number;
}

/** Linux counts nanoseconds of each thread; a rate depends on who else uses the machine, this hardly does. NaN elsewhere. */
export function cpuTimeOf(pid: number): CpuTime {
  const ofThread = (thread: string): number => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]) / 1000;
    } catch {
      return Number.NaN;
    }
  };
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return { mainUs: Number.NaN, allUs: Number.NaN };
  }
  // A thread that has ended meanwhile takes its time along.
  const allUs = threads.map(ofThread).reduce((sum, us) => sum + (Number.isNaN(us) ? 0 : us), 0);
  return { mainUs: ofThread(String(pid)), allUs };
}
