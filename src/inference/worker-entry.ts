import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ModelDefinition } from '../models/index.js';
import { runInstance } from './instance-loop.js';
import type { ToInstance } from './protocol.js';
import { type RunGate, enterGate, leaveGate } from './run-gate.js';
import { sendable } from './sendable.js';

/** What the engine gives a worker thread on its way. */
export interface WorkerOrder {
  readonly definition: ModelDefinition;
  /** Number of the instance in its model. */
  readonly index: number;
  readonly gate: RunGate;
  /** Whether a report may wait for that of the next run. */
  readonly answersInPairs: boolean;
}

const { definition, index, gate, answersInPairs } = workerData as WorkerOrder;
const port = parentPort!;

/** What has arrived during a run, which blocks the thread and with it the port's events. */
function* arrived(): Generator<ToInstance> {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) yield next.message as ToInstance;
}

await runInstance(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (take) => port.on('message', take),
    enter: () => enterGate(gate),
    leave: () => leaveGate(gate),
    end: () => port.close(),
    prepare: sendable,
    ...(answersInPairs ? { arrived } : {}),
  },
  definition,
  index,
);
