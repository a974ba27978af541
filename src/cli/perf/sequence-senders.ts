import type { InferenceClient, SequenceOptions, WantedOutput } from '../../client/index.js';
import type { InferTensor } from '../../wire/index.js';
import type { Sender } from './load.js';

/** What is sent: inputs, and where outputs go. */
export interface PerfRequest {
  readonly inputs: readonly InferTensor[];
  readonly outputs: readonly WantedOutput[];
}

/** Requests of one worker, in turn: the entries of the data, one after the other. */
export function plainSenders(client: InferenceClient, model: string, version: string, requests: readonly PerfRequest[]): readonly Sender[] {
  return requests.map(({ inputs, outputs }) => client.prepare(model, inputs, { version, outputs }));
}

/** Requests of one worker as sequences of `length`, one after the other, all with the id `id`: END frees it for the next START. */
export function sequenceSenders(
  client: InferenceClient,
  model: string,
  version: string,
  requests: readonly PerfRequest[],
  { id, length }: { readonly id: bigint; readonly length: number },
): readonly Sender[] {
  return Array.from({ length }, (_, at) => {
    const { inputs, outputs } = requests[at % requests.length]!;
    const sequence: SequenceOptions = { id, start: at === 0, end: at === length - 1 };
    return client.prepare(model, inputs, { version, outputs, sequence });
  });
}
