import { BYTES_PER_ELEMENT, type Datatype, type FaultCode, type Tensor } from '../core/index.js';
import type { HostAnswer, HostReport, HostResult, ModelSpec, ProviderAttempt, RequestContext } from '../models/index.js';
import type { Answer } from '../vision/index.js';
import { pushAnswer, readAnswers } from './answer-parts.js';
import type { InstanceRequest } from './instance.js';
import type { SequenceId } from './scheduling.js';
import type { TensorData } from './sendable.js';

/** A part of a message: flat arrays are the cheapest thing that both structured clone and the process channel know. */
export type Flat = readonly unknown[];

/**
 * What an engine says to an instance in a thread or process. `returning`: which inputs, counted through the batch, send their buffers back.
 * Requests are numbered by both ends alike: from 0, in the order in which they are sent.
 */
export type ToInstance =
  | readonly ['run', requests: readonly Flat[], returning: readonly number[]]
  | readonly ['stop']
  | readonly ['grant', number: number]
  | readonly ['cancel', number: number]
  | readonly ['endSequence', id: SequenceId, reason: string]
  | readonly ['reply', question: number, answer: unknown]
  | readonly ['replyFault', question: number, code: FaultCode, message: string];

/** What an instance in a thread or process answers. Batches are answered in the order in which they came. */
export type FromInstance =
  | readonly ['ready', spec: ModelSpec, providers: readonly ProviderAttempt[], maxBatch: number]
  | readonly ['refused', code: FaultCode, message: string]
  | readonly ['done', results: readonly Flat[], inputMs: number, runMs: number, outputMs: number, returned: readonly ArrayBuffer[]]
  | readonly ['response', number: number, result: Flat]
  | readonly ['completed', number: number, result: Flat]
  | readonly ['ask', question: number, what: unknown]
  | readonly ['askOff', question: number]
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
export function encodeRequests(requests: readonly InstanceRequest[], prepare: Prepare, transfer: ArrayBuffer[]): readonly Flat[] {
  return requests.map(({ inputs, answer, thresholds, context }) => {
    const flat: unknown[] = [answer === 'decoded', thresholds || context ? { thresholds, context } : undefined];
    pushTensors(flat, inputs, prepare, transfer);
    return flat;
  });
}

const NOTHING = Object.freeze({});

/** The way back from {@link encodeRequests}. */
export function decodeRequests(requests: readonly Flat[]): readonly InstanceRequest[] {
  return requests.map((flat) => {
    const inputs = readTensors(flat, 2, (flat.length - 2) / 4);
    const answer = flat[0] ? 'decoded' : 'tensors';
    const { thresholds, context } = (flat[1] ?? NOTHING) as { thresholds?: InstanceRequest['thresholds']; context?: RequestContext };
    return { inputs, answer, ...(thresholds && { thresholds }), ...(context && { context }) };
  });
}

/** A result as it travels. */
export function encodeResult(result: HostResult, prepare: Prepare, transfer: ArrayBuffer[]): Flat {
  if ('fault' in result) return ['fault', result.fault.code, result.fault.message];
  if ('pending' in result) return ['pending', result.pending];
  const { parameters, empty } = result;
  if (parameters || empty)
    return ['with', { parameters, empty }, ...encodeResult({ outputs: result.outputs, answers: result.answers }, prepare, transfer)];
  const flat: unknown[] = [result.outputs.length];
  pushTensors(flat, result.outputs, prepare, transfer);
  for (const answer of result.answers) pushAnswer(flat, answer, (column) => prepare(column, transfer));
  return flat;
}

/** The way back from {@link encodeResult}. */
export function decodeResult(flat: Flat): HostResult {
  if (flat[0] === 'fault') return { fault: { code: flat[1] as FaultCode, message: flat[2] as string } };
  if (flat[0] === 'pending') return { pending: flat[1] as 'later' | 'again' };
  if (flat[0] === 'with') return withExtras(decodeResult(flat.slice(2)), flat[1] as Pick<HostAnswer, 'parameters' | 'empty'>);
  const count = flat[0] as number;
  const answers: readonly Answer[] = readAnswers(flat, 1 + count * 4);
  return { outputs: readTensors(flat, 1, count), answers };
}

function withExtras(result: HostResult, { parameters, empty }: Pick<HostAnswer, 'parameters' | 'empty'>): HostResult {
  return { ...(result as HostAnswer), ...(parameters && { parameters }), ...(empty && { empty }) };
}

/** The report of a run as the engine gets it; `returned` are the input buffers that go back. */
export function encodeReport(report: HostReport, prepare: Prepare, transfer: ArrayBuffer[], returned: readonly ArrayBuffer[]): FromInstance {
  const results = report.results.map((result) => encodeResult(result, prepare, transfer));
  // A buffer that an output lies in goes to whoever asked, not back to the pool.
  const answered = new Set(
    report.results.flatMap((result) => (!('outputs' in result) ? [] : result.outputs.map(({ data }) => 'buffer' in data && data.buffer))),
  );
  const back = returned.filter((buffer) => buffer.byteLength > 0 && !transfer.includes(buffer) && !answered.has(buffer));
  transfer.push(...back);
  return ['done', results, report.inputMs, report.runMs, report.outputMs, back];
}

/** The way back from {@link encodeReport}. */
export function decodeReport([, results, inputMs, runMs, outputMs]: DoneMessage): HostReport {
  return { results: results.map(decodeResult), inputMs, runMs, outputMs };
}
