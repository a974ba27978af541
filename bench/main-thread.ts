import { readFileSync } from 'node:fs';

/** CPU time of this process's main thread so far (Linux). */
export function mainThreadMs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
