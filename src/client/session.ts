import { elementCount, fail, ARRAY_OF, type Tensor } from '../core/index.js';
import type { InferResponse } from '../wire/index.js';
import type { InferResult } from './infer-result.js';
import type { InferOptions, Inputs, UnnamedTensor } from './port.js';

/** How a session is set up. Its other options go with every request. */
export interface SessionOptions extends Omit<InferOptions, 'sequence' | 'id'> {
  /** Of the sequence; `server` lets the server issue one with the first request, absent is a random number. */
  readonly id?: bigint | string | 'server';
}

/** What one request of a session may say. */
export interface SessionInferOptions extends Omit<InferOptions, 'sequence' | 'version'> {
  /** Whether it is the last of its sequence. */
  readonly end?: boolean;
}

/** Sends one request; what a session is made over. */
export type SendInfer = (inputs: Inputs, options: InferOptions) => Promise<InferResult>;

/** Each item with whether it is the last: looks one ahead. */
async function* withLast<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<{ readonly item: T; readonly last: boolean }> {
  let held: { readonly item: T } | undefined;
  for await (const item of items) {
    if (held) yield { item: held.item, last: false };
    held = { item };
  }
  if (held) yield { item: held.item, last: true };
}

/** A random id: 62 bits, so that it fits the signed integers of gRPC too; never 0. */
function randomId(): bigint {
  const [id = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return (id >> 2n) | 1n;
}

function zerosLike({ datatype, shape }: UnnamedTensor): UnnamedTensor {
  const count = elementCount(shape);
  return {
    datatype,
    shape,
    data: datatype === 'BYTES' ? Array.from({ length: count }, () => new Uint8Array(0)) : new ARRAY_OF[datatype](count),
  } as UnnamedTensor;
}

/** Inputs of the same form without content; those in shared memory as they are. */
function emptyLike(inputs: Inputs): Inputs {
  if (Array.isArray(inputs))
    return (inputs as readonly Tensor[]).map((tensor) => ('shared' in tensor ? tensor : ({ ...zerosLike(tensor), name: tensor.name } as Tensor)));
  return Object.fromEntries(Object.entries(inputs as Readonly<Record<string, UnnamedTensor>>).map(([name, tensor]) => [name, zerosLike(tensor)]));
}

const issuedId = ({ parameters }: InferResponse): bigint | string | undefined => {
  const id = parameters.get('sequence_id');
  return (typeof id === 'bigint' && id !== 0n) || (typeof id === 'string' && id !== '') ? id : undefined;
};

/**
 * A sequence of requests to a model that keeps state: the first carries START, the last END, all the same id. One request is under way at a
 * time. Requests are never repeated, since each changes the model's state. Disposing a session whose END was not sent sends one, with inputs
 * of zeros in the form of the last ones, so that the server frees its place.
 */
export class Session implements AsyncDisposable {
  #id: bigint | string | undefined;
  #state: 'new' | 'open' | 'ended' = 'new';
  #last: Inputs | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly send: SendInfer,
    private readonly options: SessionOptions,
  ) {
    this.#id = options.id === 'server' ? undefined : (options.id ?? randomId());
  }

  /** The sequence's id; undefined until the server has issued it. */
  get id(): bigint | string | undefined {
    return this.#id;
  }

  /** Sends the next request. @throws Fault as `infer`; FAILED_PRECONDITION after the last one */
  infer(inputs: Inputs, options: SessionInferOptions = {}): Promise<InferResult> {
    const result = this.#turn.then(() => this.#infer(inputs, options));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #infer(inputs: Inputs, { end = false, ...options }: SessionInferOptions): Promise<InferResult> {
    if (this.#state === 'ended') fail('FAILED_PRECONDITION', `sequence ${this.#id ?? ''} has ended; open another session`);
    const start = this.#state === 'new';
    const { id: _, ...common } = this.options;
    const sequence = { ...(this.#id !== undefined && { id: this.#id }), start, end };
    const result = await this.send(inputs, { ...common, ...options, sequence });
    if (start) this.#started(result, end);
    this.#state = end ? 'ended' : 'open';
    this.#last = inputs;
    return result;
  }

  #started({ response }: InferResult, end: boolean): void {
    this.#id = issuedId(response) ?? this.#id;
    if (this.#id === undefined && !end) fail('UNSUPPORTED', 'the server answered START without an id of its own; open the session with an id');
  }

  /** Sends inputs one after the other, the last with END, and yields their results. Leaving the loop leaves the sequence open. @throws Fault as {@link infer} */
  async *run(inputs: AsyncIterable<Inputs> | Iterable<Inputs>, options: Omit<SessionInferOptions, 'end'> = {}): AsyncGenerator<InferResult> {
    for await (const { item, last } of withLast(inputs)) yield await this.infer(item, { ...options, end: last });
  }

  /** Ends the sequence, if it has begun and its END was not sent. A server that has forgotten it already is no error. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    if (this.#state !== 'open' || !this.#last) return;
    await this.infer(emptyLike(this.#last), { end: true }).catch(() => undefined);
    this.#state = 'ended';
  }
}
