import { toFault } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type ModelHost, openModelHost } from '../models/instance.js';
import { execute } from './inline-instance.js';
import type { InferenceRequest } from './port.js';
import { sendableCopy } from './sendable.js';
import { type Flat, type FromInstance, type Prepare, type ToInstance, decodeRequests, encodeReport } from './protocol.js';

/** The far end of a channel: what an instance in a thread or process talks through. */
export interface FarEnd {
  post(message: FromInstance, transfer: ArrayBuffer[]): void;
  onMessage(take: (message: ToInstance) => void): void;
  /** Called before work that must not be cut off (opening, a run, releasing); false when the process is about to end and nothing may begin. */
  enter(): boolean;
  leave(): void;
  /** Nothing more to do: lets the thread or process end. */
  end(): void;
  readonly prepare: Prepare;
  /** Takes messages that have arrived but were not told of yet. Where it is there, a report may wait for that of the next run. */
  arrived?(): Iterable<ToInstance>;
}

function returnedBuffers(requests: readonly InferenceRequest[], returning: readonly number[]): ArrayBuffer[] {
  if (returning.length === 0) return [];
  const inputs = requests.flatMap((request) => request.inputs);
  return returning.map((index) => (inputs[index]!.data as Float32Array<ArrayBuffer>).buffer);
}

/** Runs a batch; returns the way to report it. */
async function answer(host: ModelHost, far: FarEnd, flats: readonly Flat[], returning: readonly number[]): Promise<() => void> {
  const requests = decodeRequests(flats);
  if (!far.enter()) return () => {};
  const report = await execute(host, requests);
  far.leave();
  const send = (prepare: Prepare): void => {
    const transfer: ArrayBuffer[] = [];
    far.post(encodeReport(report, prepare, transfer, returnedBuffers(requests, returning)), transfer);
  };
  return () => {
    try {
      send(far.prepare);
    } catch {
      // Outputs in memory that cannot change hands.
      send(sendableCopy);
    }
  };
}

async function open(far: FarEnd, definition: ModelDefinition): Promise<ModelHost | undefined> {
  if (!far.enter()) return undefined;
  try {
    const host = await openModelHost(definition);
    far.post(['ready', host.spec, host.providers, host.maxBatch], []);
    return host;
  } catch (error) {
    const { code, message } = toFault(error);
    far.post(['refused', code, message], []);
    return undefined;
  } finally {
    far.leave();
  }
}

/** Runs one instance at the far end of a channel until it is told to stop: opens the model, answers batches in order, releases. */
export async function runInstance(far: FarEnd, definition: ModelDefinition): Promise<void> {
  const messages: ToInstance[] = [];
  let wake: (() => void) | undefined;
  far.onMessage((message) => {
    messages.push(message);
    wake?.();
  });
  const host = await open(far, definition);
  let held: (() => void) | undefined;
  while (host) {
    const message = messages.shift();
    if (!message) await new Promise<void>((resolve) => (wake = resolve));
    else if (message[0] === 'run') {
      const report = await answer(host, far, message[1], message[2]);
      messages.push(...(far.arrived?.() ?? []));
      // Two reports in one go wake the reader once. A report waits only while the next run is certain to follow.
      if (far.arrived && !held && messages[0]?.[0] === 'run') {
        held = report;
        continue;
      }
      held?.();
      held = undefined;
      report();
    } else break;
  }
  if (host && far.enter()) {
    await host[Symbol.asyncDispose]();
    far.leave();
  }
  far.end();
}
