import { parentPort, workerData } from 'node:worker_threads';
import type { ModelDefinition } from '../models/index.js';
import { runInstance } from './instance-loop.js';
import { type RunGate, enterGate, leaveGate } from './run-gate.js';
import { sendable } from './sendable.js';

/** What the engine gives a worker thread on its way. */
export interface WorkerOrder {
  readonly definition: ModelDefinition;
  readonly gate: RunGate;
}

const { definition, gate } = workerData as WorkerOrder;
const port = parentPort!;

await runInstance(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (take) => port.on('message', take),
    enter: () => enterGate(gate),
    leave: () => leaveGate(gate),
    end: () => port.close(),
    prepare: sendable,
  },
  definition,
);
