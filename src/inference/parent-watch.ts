import { workerData } from 'node:worker_threads';

/** How often it looks for the parent. */
const LOOK_EVERY_MS = 500;

// A process that hangs in a native run never hears that its parent is gone; this thread beside it does, and ends it.
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);
