import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** How bare sessions are laid out over the cores. */
export interface Layout {
  readonly workers: number;
  readonly threads: number;
  readonly spinning: boolean;
}

/** The layouts worth trying on this machine. */
export function layouts(): Layout[] {
  const cores = availableParallelism();
  return [
    { workers: cores, threads: 1, spinning: false },
    { workers: 1, threads: cores, spinning: true },
    { workers: 1, threads: cores, spinning: false },
  ];
}

/** A model file with its input. */
export interface BareModel {
  readonly model: string;
  readonly input: string;
  readonly shape: readonly number[];
}

/** Inferences a second of bare sessions on ready tensors. */
export async function bareFps(bare: BareModel, { workers, threads, spinning }: Layout, runs = 120): Promise<number> {
  const url = new URL('./ort-worker.mjs', import.meta.url);
  const pool = Array.from({ length: workers }, () => new Worker(url, { workerData: { ...bare, threads, spinning }, execArgv: [] }));
  await Promise.all(pool.map((worker) => once(worker, 'message')));
  const each = Math.ceil(runs / workers);
  const started = performance.now();
  await Promise.all(pool.map((worker) => (worker.postMessage(each), once(worker, 'message'))));
  const fps = ((each * workers) / (performance.now() - started)) * 1000;
  await Promise.all(pool.map((worker) => (worker.postMessage(0), once(worker, 'exit'))));
  return fps;
}
