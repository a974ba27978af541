import { BYTES_PER_ELEMENT, type Datatype, type FaultCode, type Tensor } from '../core/index.js';
import type { ModelSpec, ProviderAttempt, HostReport, HostResult } from '../models/index.js';
import type { Answer } from '../vision/index.js';
import { pushAnswer, readAnswers } from './answer-parts.js';
import type { InferenceRequest } from './port.js';
import type { TensorData } from './sendable.js';

/** A part of a message: flat arrays are the cheapest thing that both structured clone and the process channel know. */
export type Flat = readonly unknown[];

/** What an engine says to an instance in a thread or process. `returning`: which inputs, counted through the batch, send their buffers back. */
export type ToInstance = readonly ['run', requests: readonly Flat[], returning: readonly number[]] | readonly ['stop'];

/** What an instance in a thread or process answers. Batches are answered in the order in which they came. */
export type FromInstance =
  | readonly ['ready', spec: ModelSpec, providers: readonly ProviderAttempt[], maxBatch: number]
  | readonly ['refused', code: FaultCode, message: string]
  | readonly ['done', results: readonly Flat[], inputMs: number, runMs: number, outputMs: number, returned: readonly ArrayBuffer[]]
  | readonly ['ended'];

/** The answer to a batch. */
export type DoneMessage = Extract<FromInstance, readonly ['done', ...unknown[]]>;

/** How a tensor is prepared for sending; `asIs` where nothing is transferred. */
export type Prepare = (tensor: Tensor, transfer: ArrayBuffer[]) => TensorData;

/** Sends tensors without changing or transferring them. */
export const asIs: Prepare = (tensor) => tensor.data;

/** Datatypes travel as their place in this list: a number is read faster than a text. Both ends are of one build, so the order may change. */
const DATATYPES = Object.keys(BYTES_PER_ELEMENT) as readonly Datatype[];
const PLACE_OF = new Map(DATATYPES.map((datatype, place) => [datatype, place]));

function pushTensors(flat: unknown[], tensors: readonly Tensor[], prepare: Prepare, transfer: ArrayBuffer[]): void {
  for (const tensor of tensors) flat.push(tensor.name, PLACE_OF.get(tensor.datatype), tensor.shape, prepare(tensor, transfer));
}

function readTensors(flat: Flat, from: number, count: number): Tensor[] {
  const tensors: Tensor[] = [];
  for (let at = from; at < from + count * 4; at += 4)
    tensors.push({
      name: flat[at] as string,
      datatype: DATATYPES[flat[at + 1] as number],
      shape: flat[at + 2] as readonly number[],
      data: flat[at + 3],
    } as Tensor);
  return tensors;
}

/** The requests of a batch as the instance gets them. */
export function encodeRequests(requests: readonly InferenceRequest[], prepare: Prepare, transfer: ArrayBuffer[]): readonly Flat[] {
  return requests.map(({ inputs, answer, thresholds }) => {
    const flat: unknown[] = [answer === 'decoded', thresholds];
    pushTensors(flat, inputs, prepare, transfer);
    return flat;
  });
}

/** The way back from {@link encodeRequests}. */
export function decodeRequests(requests: readonly Flat[]): readonly InferenceRequest[] {
  return requests.map((flat) => {
    const inputs = readTensors(flat, 2, (flat.length - 2) / 4);
    const answer = flat[0] ? 'decoded' : 'tensors';
    const thresholds = flat[1] as InferenceRequest['thresholds'];
    return thresholds ? { inputs, answer, thresholds } : { inputs, answer };
  });
}

function encodeResult(result: HostResult, prepare: Prepare, transfer: ArrayBuffer[]): Flat {
  if ('fault' in result) return ['fault', result.fault.code, result.fault.message];
  const flat: unknown[] = [result.outputs.length];
  pushTensors(flat, result.outputs, prepare, transfer);
  for (const answer of result.answers) pushAnswer(flat, answer, (column) => prepare(column, transfer));
  return flat;
}

function decodeResult(flat: Flat): HostResult {
  if (flat[0] === 'fault') return { fault: { code: flat[1] as FaultCode, message: flat[2] as string } };
  const count = flat[0] as number;
  const answers: readonly Answer[] = readAnswers(flat, 1 + count * 4);
  return { outputs: readTensors(flat, 1, count), answers };
}

/** The report of a run as the engine gets it; `returned` are the input buffers that go back. */
export function encodeReport(report: HostReport, prepare: Prepare, transfer: ArrayBuffer[], returned: readonly ArrayBuffer[]): FromInstance {
  const results = report.results.map((result) => encodeResult(result, prepare, transfer));
  // A buffer that an output lies in goes to whoever asked, not back to the pool.
  const answered = new Set(
    report.results.flatMap((result) => ('fault' in result ? [] : result.outputs.map(({ data }) => 'buffer' in data && data.buffer))),
  );
  const back = returned.filter((buffer) => buffer.byteLength > 0 && !transfer.includes(buffer) && !answered.has(buffer));
  transfer.push(...back);
  return ['done', results, report.inputMs, report.runMs, report.outputMs, back];
}

/** The way back from {@link encodeReport}. */
export function decodeReport([, results, inputMs, runMs, outputMs]: DoneMessage): HostReport {
  return { results: results.map(decodeResult), inputMs, runMs, outputMs };
}
