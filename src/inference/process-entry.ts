import { Worker } from 'node:worker_threads';
import type { ModelDefinition } from '../models/index.js';
import { runInstance } from './instance-loop.js';
import type { ToInstance } from './protocol.js';
import { asIs } from './protocol.js';

/** What the engine gives a child process on its way. */
export interface ProcessOrder {
  readonly definition: ModelDefinition;
  /** Number of the instance in its model. */
  readonly index: number;
}

new Worker(new URL('./parent-watch.js', import.meta.url), { workerData: process.ppid }).unref();

const send = process.send?.bind(process);

// The order comes as the first message; whatever follows belongs to the instance.
process.once('message', ({ definition, index }: ProcessOrder) => {
  void runInstance(
    {
      post: (message) => void send?.(message),
      onMessage: (take) => process.on('message', (message) => take(message as ToInstance)),
      enter: () => true,
      leave: () => {},
      // The callback comes when everything sent before has been written.
      end: () => void send?.(['ended'], undefined, undefined, () => process.disconnect()),
      prepare: asIs,
    },
    definition,
    index,
  );
});
// An interrupt at the terminal reaches the whole group of processes; whether it ends anything is for the program to decide.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// The parent is gone or has let go: nobody is left to answer.
process.on('disconnect', () => process.exit(0));
