import { type Fault, type Tensor, toFault } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type HostReport, type HostResult, type ModelHost, openModelHost } from '../models/instance.js';
import type { Instance, InstanceOrder } from './instance.js';
import type { InferenceRequest } from './port.js';
import { unshared } from './sendable.js';

/** A report that gives every request of a batch the same fault. */
export function failedReport(count: number, { code, message }: Pick<Fault, 'code' | 'message'>): HostReport {
  return { results: Array.from({ length: count }, () => ({ fault: { code, message } })), inputMs: 0, runMs: 0, outputMs: 0 };
}

/** What a host does with a batch; its defects become faults of that batch. */
export async function execute(host: ModelHost, requests: readonly InferenceRequest[]): Promise<HostReport> {
  try {
    return await host.execute(requests);
  } catch (error) {
    return failedReport(requests.length, toFault(error, 'INTERNAL'));
  }
}

const ownMemory = (request: InferenceRequest): InferenceRequest => {
  const inputs = unshared(request.inputs);
  return inputs === request.inputs ? request : { ...request, inputs };
};

/** Opens what an instance runs on the calling thread. */
export type OpenHost = (definition: ModelDefinition) => Promise<ModelHost>;

const bufferOf = ({ data }: Tensor): ArrayBufferLike | undefined => ('buffer' in data ? data.buffer : undefined);

function holdsBuffer(results: readonly HostResult[], buffer: ArrayBufferLike | undefined): boolean {
  return results.some((result) => 'outputs' in result && result.outputs.some((output) => bufferOf(output) === buffer));
}

/** Opens an instance on the calling thread; its runs are one after another. @throws Fault as the host's opening */
export async function openInline(
  { definition, pool, events }: InstanceOrder,
  openHost: OpenHost = (definition) => openModelHost(definition),
): Promise<Instance> {
  const host = await openHost(definition);
  let last: Promise<void> | undefined;
  const waiting: (readonly InferenceRequest[])[] = [];
  const runAll = async (first: readonly InferenceRequest[]): Promise<void> => {
    for (let requests: readonly InferenceRequest[] | undefined = first; requests; requests = waiting.shift()) {
      const report = await execute(host, requests.map(ownMemory));
      for (const { inputs } of requests)
        pool.giveTensors(pool.isAnyLent(inputs) ? inputs.filter((input) => !holdsBuffer(report.results, bufferOf(input))) : []);
      events.finished(report);
    }
    last = undefined;
  };
  return {
    description: host,
    where: 'calling thread',
    run(requests) {
      if (last) waiting.push(requests);
      else last = runAll(requests);
    },
    async [Symbol.asyncDispose]() {
      await last;
      await host[Symbol.asyncDispose]();
    },
  };
}
