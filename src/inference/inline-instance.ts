import { type Tensor, toFault } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type HostResult, type HostSurroundings, type ModelHost, RUNTIMES, openModelHost } from '../models/instance.js';
import { execute } from './execute.js';
import type { Instance, InstanceOrder, InstanceRequest } from './instance.js';
import { RequestLines } from './request-lines.js';
import { unshared } from './sendable.js';

const ownMemory = (request: InstanceRequest): InstanceRequest => {
  const inputs = unshared(request.inputs);
  return inputs === request.inputs ? request : { ...request, inputs };
};

/** Opens what an instance runs on the calling thread. */
export type OpenHost = (definition: ModelDefinition, surroundings: HostSurroundings) => Promise<ModelHost>;

const bufferOf = ({ data }: Tensor): ArrayBufferLike | undefined => ('buffer' in data ? data.buffer : undefined);

function holdsBuffer(results: readonly HostResult[], buffer: ArrayBufferLike | undefined): boolean {
  return results.some((result) => 'outputs' in result && result.outputs.some((output) => bufferOf(output) === buffer));
}

/** Never aborts. */
const NEVER = new AbortController().signal;

/** Opens an instance on the calling thread; its runs are one after another. @throws Fault as the host's opening */
export async function openInline(
  { definition, index, pool, events, onAsk }: InstanceOrder,
  openHost: OpenHost = (definition, surroundings) => openModelHost(definition, RUNTIMES, surroundings),
): Promise<Instance> {
  const ask = async (question: unknown, signal = NEVER): Promise<unknown> => {
    try {
      return await onAsk(question, signal);
    } catch (error) {
      throw toFault(error);
    }
  };
  const host = await openHost(definition, { instance: index, ask });
  const lines = new RequestLines(events);
  let last: Promise<void> | undefined;
  const waiting: (() => Promise<void>)[] = [];
  const work = async (first: () => Promise<void>): Promise<void> => {
    for (let next: (() => Promise<void>) | undefined = first; next; next = waiting.shift()) await next();
    last = undefined;
  };
  const enqueue = (task: () => Promise<void>): void => {
    if (last) waiting.push(task);
    else last = work(task);
  };
  const run = async (requests: readonly InstanceRequest[]): Promise<void> => {
    const { report, told } = await execute(host, requests.map(ownMemory), lines);
    if (!host.backend)
      for (const { inputs } of requests)
        pool.giveTensors(pool.isAnyLent(inputs) ? inputs.filter((input) => !holdsBuffer(report.results, bufferOf(input))) : []);
    events.finished(report);
    told();
  };
  return {
    description: host,
    where: 'calling thread',
    run: (requests) => enqueue(() => run(requests)),
    grant: (number) => lines.grant(number),
    cancel: (number) => lines.cancel(number),
    endSequence: (id, reason) => enqueue(async () => host.endSequence?.(id, reason)),
    async [Symbol.asyncDispose]() {
      await last;
      await host[Symbol.asyncDispose]();
    },
  };
}
