import { Fault, toFault } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type HostSurroundings, type ModelHost, RUNTIMES, openModelHost } from '../models/instance.js';
import { execute } from './execute.js';
import type { InstanceRequest } from './instance.js';
import { sendableCopy } from './sendable.js';
import { type Flat, type FromInstance, type Prepare, type ToInstance, decodeRequests, encodeReport, encodeResult } from './protocol.js';
import { Questions } from './questions.js';
import { RequestLines } from './request-lines.js';

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

function returnedBuffers(requests: readonly InstanceRequest[], returning: readonly number[]): ArrayBuffer[] {
  if (returning.length === 0) return [];
  const inputs = requests.flatMap((request) => request.inputs);
  return returning.map((index) => (inputs[index]!.data as Float32Array<ArrayBuffer>).buffer);
}

/** Posts what holds tensors; copies them where their memory cannot change hands. */
function post(far: FarEnd, message: (prepare: Prepare, transfer: ArrayBuffer[]) => FromInstance): void {
  const send = (prepare: Prepare): void => {
    const transfer: ArrayBuffer[] = [];
    far.post(message(prepare, transfer), transfer);
  };
  try {
    send(far.prepare);
  } catch {
    send(sendableCopy);
  }
}

/** Runs a batch; returns the way to report it. */
async function answer(host: ModelHost, far: FarEnd, lines: RequestLines, flats: readonly Flat[], returning: readonly number[]): Promise<() => void> {
  const requests = decodeRequests(flats);
  if (!far.enter()) return () => {};
  const { report, told } = await execute(host, requests, lines);
  far.leave();
  return () => {
    // What a backend was given is its own.
    const back = host.backend ? [] : returnedBuffers(requests, returning);
    post(far, (prepare, transfer) => encodeReport(report, prepare, transfer, back));
    told();
  };
}

async function open(far: FarEnd, definition: ModelDefinition, surroundings: HostSurroundings): Promise<ModelHost | undefined> {
  if (!far.enter()) return undefined;
  try {
    const host = await openModelHost(definition, RUNTIMES, surroundings);
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
export async function runInstance(far: FarEnd, definition: ModelDefinition, instance: number): Promise<void> {
  const messages: ToInstance[] = [];
  let wake: (() => void) | undefined;
  const questions = new Questions((message) => far.post(message, []));
  const lines = new RequestLines({
    responded: (number, response) =>
      post(far, (prepare, transfer) => ['response', number, encodeResult({ ...response, answers: [] }, prepare, transfer)]),
    completed: (number, result) => post(far, (prepare, transfer) => ['completed', number, encodeResult(result, prepare, transfer)]),
  });
  const take = (message: ToInstance): void => {
    if (message[0] === 'grant') lines.grant(message[1]);
    else if (message[0] === 'cancel') lines.cancel(message[1]);
    else if (message[0] === 'reply') questions.answered(message[1], message[2]);
    else if (message[0] === 'replyFault') questions.failed(message[1], new Fault(message[2], message[3]));
    else messages.push(message);
  };
  far.onMessage((message) => {
    take(message);
    wake?.();
  });
  const host = await open(far, definition, { instance, ask: (question, signal) => questions.ask(question, signal) });
  let held: (() => void) | undefined;
  while (host) {
    const message = messages.shift();
    if (!message) await new Promise<void>((resolve) => (wake = resolve));
    else if (message[0] === 'run') {
      const report = await answer(host, far, lines, message[1], message[2]);
      for (const each of far.arrived?.() ?? []) take(each);
      // Two reports in one go wake the reader once. A report waits only while the next run is certain to follow.
      if (far.arrived && !held && messages[0]?.[0] === 'run') {
        held = report;
        continue;
      }
      held?.();
      held = undefined;
      report();
    } else if (message[0] === 'endSequence') await host.endSequence?.(message[1], message[2]);
    else break;
  }
  if (host && far.enter()) {
    await host[Symbol.asyncDispose]();
    far.leave();
  }
  far.end();
}
