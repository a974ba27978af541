import { Fault, fail, type Tensor, toFault } from '../../../core/index.js';
import { type InferRequest, type InferResponse, inferRequest, NO_CONTROLS, type Parameters } from '../../../wire/index.js';
import { copiedTensor } from '../copied-tensor.js';
import type { BackendResponse, CallModel } from '../port.js';
import type { EnsembleGraph, EnsembleStep } from './ensemble-graph.js';

/** What a run needs besides the tensors. */
export interface RunOrder {
  readonly name: string;
  readonly graph: EnsembleGraph;
  readonly call: CallModel;
  readonly request: InferRequest;
  readonly signal: AbortSignal | undefined;
  /** Whether a step may answer several times. */
  readonly several: boolean;
}

/** A step that begins, and what it is asked. */
interface StepCall {
  readonly step: EnsembleStep;
  readonly request: InferRequest;
}

/** Where a run stands: the tensors that are there, how often each will still be read, and the steps that have not begun. */
interface Standing {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly left: Map<string, number>;
  readonly waiting: readonly EnsembleStep[];
  readonly parameters: Parameters;
}

/** A tensor under another name; on memory of its own unless this is its last reader. */
function handedOut({ tensors, left }: Standing, tensor: string, as: string): Tensor {
  const found = tensors.get(tensor)!;
  const readers = left.get(tensor) ?? 0;
  left.set(tensor, readers - 1);
  return { ...(readers > 1 ? copiedTensor(found) : found), name: as };
}

const isReady = ({ inputs }: EnsembleStep, { tensors }: Standing): boolean => [...inputs.values()].every((tensor) => tensors.has(tensor));

function requestOf({ model, version, inputs, outputs }: EnsembleStep, { request }: RunOrder, standing: Standing): InferRequest {
  const { id, controls, parameters } = request;
  return inferRequest({
    modelName: model,
    modelVersion: version,
    id,
    controls: { ...NO_CONTROLS, ...controls, emptyFinalResponse: false },
    parameters,
    inputs: [...inputs].map(([inner, tensor]) => handedOut(standing, tensor, inner)),
    outputs: [...outputs.keys()].map((name) => ({ name, binary: true, classification: 0 })),
  });
}

/** The outputs of a step under the ensemble's names. @throws Fault INTERNAL when one is missing */
function resultsOf({ model, outputs }: EnsembleStep, response: InferResponse): [string, Tensor][] {
  return [...outputs].map(([inner, tensor]) => {
    const found = response.outputs.find(({ name }) => name === inner);
    if (!found || 'shared' in found)
      return fail(
        'INTERNAL',
        `unexpected deadlock, at least one output is not set while no more ensemble steps can be made: model '${model}' gave no '${inner}'`,
      );
    return [tensor, { ...found, name: tensor }];
  });
}

/** Runs an ensemble: each step as soon as what it reads is there; a step that answers several times has what follows it run for each. */
export class EnsembleRun {
  constructor(readonly order: RunOrder) {}

  /** Calls `respond` for each whole answer. @throws Fault of a step, with the ensemble's name before it */
  async run(inputs: readonly Tensor[], respond: (response: BackendResponse) => void | Promise<void>): Promise<void> {
    const { graph } = this.order;
    await this.#proceed(
      {
        tensors: new Map(inputs.map((tensor) => [tensor.name, tensor])),
        left: new Map(graph.readers),
        waiting: graph.steps,
        parameters: new Map(),
      },
      respond,
    );
  }

  async #proceed(standing: Standing, respond: (response: BackendResponse) => void | Promise<void>): Promise<void> {
    const ready = standing.waiting.filter((step) => isReady(step, standing));
    if (ready.length === 0) {
      const { outputs } = this.order.graph;
      const told = outputs.filter((name) => standing.tensors.has(name)).map((name) => handedOut(standing, name, name));
      await respond({ outputs: told, parameters: standing.parameters });
      return;
    }
    // The requests are made before any answer comes, so that each reader of a tensor is counted once.
    const calls = ready.map((step) => ({ step, request: requestOf(step, this.order, standing) }));
    const waiting = standing.waiting.filter((step) => !ready.includes(step));
    for await (const together of this.#answers(calls)) {
      const tensors = new Map(standing.tensors);
      const parameters = new Map(standing.parameters);
      together.forEach((response, i) => {
        for (const [name, tensor] of resultsOf(ready[i]!, response)) tensors.set(name, tensor);
        for (const [key, value] of response.parameters) parameters.set(key, value);
      });
      // Of several answers each goes its own way, and none may take the memory of another.
      const left = this.order.several ? kept(standing.left) : standing.left;
      await this.#proceed({ tensors, left, waiting, parameters }, respond);
    }
  }

  /** Answers of steps that began together; those of a single step as they come. */
  async *#answers(calls: readonly StepCall[]): AsyncGenerator<readonly InferResponse[]> {
    const [only] = calls;
    if (only && calls.length === 1) {
      for await (const response of this.#called(only)) yield [response];
      return;
    }
    yield* combinations(await Promise.all(calls.map((call) => all(this.#called(call)))));
  }

  async *#called({ step, request }: StepCall): AsyncGenerator<InferResponse> {
    const { call, name, signal } = this.order;
    try {
      yield* call(request, signal);
    } catch (error) {
      const fault = toFault(error, 'INTERNAL', `model '${step.model}': `);
      throw new Fault(fault.code, `in ensemble '${name}', ${fault.message}`, { cause: fault });
    }
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Every choice of one answer of each step. */
function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((start) => list.map((one) => [...start, one])), [[]]);
}

/** One reader more of each, who never comes: the tensor stays. */
const kept = (left: ReadonlyMap<string, number>): Map<string, number> => new Map([...left].map(([name, readers]) => [name, readers + 1]));
