import { workerEnvironment } from '../core/index.js';
import { Worker } from 'node:worker_threads';
import type { ModelDefinition } from '../models/index.js';
import type { SizedBufferPool } from './buffer-pool.js';
import type { Channel, ChannelEvents } from './channel.js';
import type { InstanceRequest } from './instance.js';
import { type FromInstance, type Prepare, type ToInstance, encodeRequests } from './protocol.js';
import { guardExit, openGate } from './run-gate.js';
import { sendable, sendableCopy } from './sendable.js';
import type { WorkerOrder } from './worker-entry.js';

/** What a thread is opened with. */
export interface ThreadOrder {
  readonly definition: ModelDefinition;
  readonly pool: SizedBufferPool;
  readonly answersInPairs: boolean;
  /** Number of the instance in its model. */
  readonly index: number;
}

interface Parcel {
  readonly message: ToInstance;
  readonly transfer: ArrayBuffer[];
  /** Buffers of the pool that stay here because a copy travels. */
  readonly staying: readonly ArrayBuffer[];
}

function pack(requests: readonly InstanceRequest[], pool: SizedBufferPool, prepare: Prepare): Parcel {
  const transfer: ArrayBuffer[] = [];
  const returning: number[] = [];
  const staying: ArrayBuffer[] = [];
  let index = 0;
  const flats = encodeRequests(
    requests,
    (tensor, transfer) => {
      const data = prepare(tensor, transfer);
      if ('buffer' in tensor.data && pool.isLent(tensor.data.buffer)) {
        if (transfer.includes(tensor.data.buffer as ArrayBuffer)) returning.push(index);
        else staying.push(tensor.data.buffer as ArrayBuffer);
      }
      index++;
      return data;
    },
    transfer,
  );
  return { message: ['run', flats, returning], transfer, staying: staying.filter((buffer) => !transfer.includes(buffer)) };
}

/** Starts a worker thread with one instance. It never keeps the process alive; the engine does while requests are in flight. */
export function openThread({ definition, index, pool, answersInPairs }: ThreadOrder, events: ChannelEvents): Channel {
  const gate = openGate();
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
    workerData: { definition, index, gate, answersInPairs } satisfies WorkerOrder,
    execArgv: [],
    env: workerEnvironment(),
    // What an instance holds is native or comes in large buffers; a small young generation keeps the resident set small.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const forgetGate = guardExit(gate);
  let failure: unknown;
  worker.on('message', (message: FromInstance) => events.message(message));
  worker.on('error', (error) => (failure = error));
  worker.on('exit', (code) => {
    forgetGate();
    events.ended(failure instanceof Error ? `${failure.name}: ${failure.message}` : `exit code ${code}`, failure);
  });
  // After the listeners: adding one refers to the thread again.
  worker.unref();
  const post = ({ message, transfer, staying }: Parcel): void => {
    worker.postMessage(message, transfer);
    for (const buffer of staying) pool.give(buffer);
  };
  return {
    where: `thread ${worker.threadId}`,
    run(requests) {
      try {
        post(pack(requests, pool, sendable));
      } catch {
        // Some memory (WebAssembly's, Node's own pools) looks transferable and is not.
        post(pack(requests, pool, sendableCopy));
      }
    },
    send: (message) => worker.postMessage(message, []),
    stop: () => worker.postMessage(['stop'] satisfies ToInstance, []),
  };
}
