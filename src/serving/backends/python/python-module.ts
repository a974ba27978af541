import { Fault, type FaultCode, FAULTS, type Tensor, toFault } from '../../../core/index.js';
import type { Backend, BackendOrder, BackendRequest, BackendResponse, BackendResult } from '../../../models/instance.js';
import { inferRequest, type InferResponse, NO_CONTROLS, type Parameters } from '../../../wire/index.js';
import { readOrder } from '../module-order.js';
import type { ModelQuestion } from '../typescript/model-context.js';
import { parametersOf } from '../typescript/parameters-of.js';
import type { ParametersInput } from '../typescript/model.js';
import { packTensors, type PythonMessage, type TensorHead, unpackTensors } from './python-messages.js';
import { initializeArguments, type PythonOrder } from './python-order.js';
import { PythonProcess } from './python-process.js';

const STOP_GRACE_MS = 10_000;
const MICROSECONDS = 1000;

/** A request that Python has, and what is done with its answers. */
interface Pending {
  readonly request: BackendRequest;
  readonly answered: (result: BackendResult) => void;
}

/** A response as Python tells it. */
interface PythonResponse extends PythonMessage {
  readonly request: number;
  readonly final: boolean;
  readonly outputs?: readonly TensorHead[];
  readonly parameters?: ParametersInput;
  readonly error?: { readonly message: string; readonly code: string };
}

/** A call of another model as Python tells it. */
interface PythonCall extends PythonMessage {
  readonly ask: number;
  readonly model: string;
  readonly version: string;
  readonly id: string;
  readonly outputs: readonly string[];
  readonly parameters: ParametersInput;
  readonly sequence: { readonly id: string; readonly text: boolean; readonly start: boolean; readonly end: boolean };
  readonly inputs: readonly TensorHead[];
}

const toldParameters = (parameters: Parameters): Record<string, unknown> =>
  Object.fromEntries([...parameters].map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));

const codeOf = (code: string): FaultCode => (code in FAULTS && code !== 'UNKNOWN' ? (code as FaultCode) : 'INTERNAL');

class PythonModel implements Backend {
  readonly spec;
  readonly #pending = new Map<number, Pending>();
  #process: PythonProcess | undefined;
  #opening: { readonly resolve: () => void; readonly reject: (fault: Fault) => void } | undefined;
  #numbers = 0;

  constructor(
    readonly order: PythonOrder,
    readonly instance: number,
    readonly ask: BackendOrder['ask'],
  ) {
    this.spec = order.spec;
  }

  /** Starts a process and waits for its `initialize`. @throws Fault of the code, UNAVAILABLE */
  async open(): Promise<PythonProcess> {
    const { order } = this;
    const process = new PythonProcess(order.python, order.name, {
      message: (message, bytes) => this.#heard(message, bytes),
      lost: (fault) => this.#lost(fault),
    });
    const opened = new Promise<void>((resolve, reject) => (this.#opening = { resolve, reject }));
    process.send({
      kind: 'open',
      file: order.file,
      path: order.path,
      decoupled: order.decoupled,
      args: initializeArguments(order, this.instance),
    });
    await opened;
    this.#process = process;
    return process;
  }

  #lost(fault: Fault): void {
    this.#process = undefined;
    const { name, python } = this.order;
    const early = `model "${name}": its Python process ended before it was ready; what it said is in the log (numpy must be there for ${python})`;
    this.#opening?.reject(fault.message.includes('cannot be started') ? fault : new Fault('UNAVAILABLE', early, { cause: fault }));
    this.#opening = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { answered } of pending) answered(fault);
  }

  #heard(message: PythonMessage, bytes: Uint8Array): void {
    if (message.kind === 'ready') this.#opening?.resolve();
    else if (message.kind === 'failed')
      this.#opening?.reject(new Fault('INVALID_ARGUMENT', `model "${this.order.name}": its code failed: ${String(message['message'])}`));
    else if (message.kind === 'response') this.#response(message as PythonResponse, bytes);
    else if ('ask' in message) void this.#asked(message as PythonCall, bytes);
    else if (message.kind === 'log') void this.ask({ kind: 'log', level: message['level'], text: message['text'] }).catch(() => {});
  }

  #response({ request: number, final, outputs, parameters, error }: PythonResponse, bytes: Uint8Array): void {
    const pending = this.#pending.get(number);
    if (!pending) return;
    if (final) this.#pending.delete(number);
    let result: BackendResult;
    if (error) result = new Fault(codeOf(error.code), error.message);
    else if (outputs) result = this.#answer(outputs, parameters, bytes);
    if (final) pending.answered(result);
    else if (result instanceof Fault) {
      // An error ends a request, whatever the code thinks.
      this.#pending.delete(number);
      pending.answered(result);
    } else if (result !== undefined && typeof result !== 'string') void pending.request.respond(result).catch(() => {});
  }

  #answer(heads: readonly TensorHead[], parameters: ParametersInput | undefined, bytes: Uint8Array): BackendResult {
    try {
      const outputs: readonly Tensor[] = unpackTensors(heads, bytes, this.order.name);
      const told: BackendResponse =
        parameters && Object.keys(parameters).length > 0 ? { outputs, parameters: parametersOf(parameters) } : { outputs };
      return told;
    } catch (error) {
      return toFault(error, 'INTERNAL');
    }
  }

  async #asked(call: PythonCall, bytes: Uint8Array): Promise<void> {
    const reply = (message: PythonMessage, parts?: readonly Uint8Array[]): void => this.#process?.send({ ...message, answer: call.ask }, parts);
    try {
      const answer = await this.ask(this.#questionOf(call, bytes));
      if (call.kind !== 'infer') return reply({ value: answer ?? null });
      const parts: Uint8Array[] = [];
      const responses = (answer as readonly InferResponse[]).map(({ outputs, parameters }) => ({
        outputs: packTensors(
          outputs.flatMap((output) => ('shared' in output ? [] : [output])),
          parts,
        ),
        parameters: toldParameters(parameters),
      }));
      reply({ responses }, parts);
    } catch (error) {
      reply({ error: { message: toFault(error).message } });
    }
  }

  #questionOf(call: PythonCall, bytes: Uint8Array): ModelQuestion {
    const { kind, model, version } = call;
    if (kind !== 'infer') return { kind: kind as 'ready' | 'load' | 'unload', model, version };
    const { id, outputs, parameters, sequence, inputs } = call;
    const sequenceId = sequence.text ? sequence.id : BigInt(sequence.id);
    const request = inferRequest({
      modelName: model,
      modelVersion: version,
      id,
      controls: { ...NO_CONTROLS, sequenceId, sequenceStart: sequence.start, sequenceEnd: sequence.end },
      parameters: parametersOf(parameters),
      inputs: unpackTensors(inputs, bytes, model),
      outputs: outputs.map((name) => ({ name, binary: true, classification: 0 })),
    });
    return { kind: 'infer', request: sequenceId === 0n || sequenceId === '' ? { ...request, controls: NO_CONTROLS } : request };
  }

  async execute(requests: readonly BackendRequest[]): Promise<readonly BackendResult[]> {
    const process = this.#process ?? (await this.open());
    const parts: Uint8Array[] = [];
    const results: Promise<BackendResult>[] = [];
    const told = requests.map((request) => {
      const number = ++this.#numbers;
      results.push(this.#expect(number, request));
      const { id, outputs = [], parameters, sequence, inputs, timeoutMs } = request;
      return {
        number,
        id,
        outputs,
        parameters: toldParameters(parameters),
        timeout: timeoutMs * MICROSECONDS,
        ...(sequence && { sequence: { ...sequence, id: String(sequence.id), text: typeof sequence.id === 'string' } }),
        inputs: packTensors(inputs, parts),
      };
    });
    const { name, version, decoupled } = this.order;
    process.send({ kind: 'execute', model: name, version, instance: this.instance, requests: told }, parts);
    if (decoupled) return requests.map(() => 'later');
    const answers = await Promise.all(results);
    process.forgetFiles();
    return answers;
  }

  #expect(number: number, request: BackendRequest): Promise<BackendResult> {
    const { decoupled } = this.order;
    return new Promise((resolve) => {
      this.#pending.set(number, {
        request,
        answered: (result) => (decoupled ? request.finish(typeof result === 'string' ? undefined : result) : resolve(result)),
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.stop(STOP_GRACE_MS);
  }
}

/** Opens a model written in Python; what the engine calls in the model's thread. @throws Fault of the code's own, UNAVAILABLE without Python */
export async function openRuntime({ weights, instance, ask }: BackendOrder): Promise<Backend> {
  const model = new PythonModel(readOrder<PythonOrder>(weights.path), instance, ask);
  await model.open();
  return model;
}
