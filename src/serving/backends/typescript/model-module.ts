import { fileURLToPath } from 'node:url';
import { type Fault, fail, type Tensor, toFault } from '../../../core/index.js';
import type { Backend, BackendOrder, BackendRequest, BackendResponse, BackendResult } from '../../../models/instance.js';
import { loadUserExport } from '../../../pipeline/user-module.js';
import {
  ANSWER,
  type Answer,
  type Executed,
  type ModelContext,
  type ModelRequest,
  type Outputs,
  type ParametersInput,
  type ServedModel,
} from './model.js';
import { createContext } from './model-context.js';
import { readOrder } from '../module-order.js';
import type { ModelOrder } from './model-order.js';
import { type OutputRule, outputTensor } from './output-tensor.js';
import { parametersOf } from './parameters-of.js';

const isAnswer = (value: object): value is Answer => ANSWER in value;

const isSeveral = (value: Executed): value is AsyncIterable<Outputs | Answer> | Iterable<Outputs | Answer> =>
  typeof value === 'object' && (Symbol.asyncIterator in value || Symbol.iterator in value);

function requestFor(request: BackendRequest): ModelRequest {
  const { id, parameters, outputs, sequence, inputs, signal } = request;
  const input = (name: string): Tensor =>
    inputs.find((tensor) => tensor.name === name) ??
    fail('INVALID_ARGUMENT', `the request has no input '${name}'; it has ${inputs.map((tensor) => tensor.name).join(', ') || 'none'}`);
  return {
    id,
    parameters,
    inputs,
    signal,
    ...(outputs && { outputs }),
    ...(sequence && { sequence }),
    input,
    numbers(name) {
      const { datatype, data } = input(name);
      if (datatype === 'BYTES' || datatype === 'INT64' || datatype === 'UINT64')
        return fail('INVALID_ARGUMENT', `input '${name}' is ${datatype}, which numbers cannot hold; use input('${name}').data`);
      return data;
    },
    texts(name) {
      const { datatype, data } = input(name);
      if (datatype !== 'BYTES') return fail('INVALID_ARGUMENT', `input '${name}' is ${datatype}; texts are BYTES`);
      const decoder = new TextDecoder();
      return data.map((bytes) => decoder.decode(bytes));
    },
  };
}

class UserModel implements Backend {
  readonly spec;
  readonly #rules: ReadonlyMap<string, OutputRule>;

  constructor(
    readonly model: ServedModel,
    readonly order: ModelOrder,
    readonly context: ModelContext,
  ) {
    this.spec = order.spec;
    this.#rules = new Map(order.outputs.map((rule) => [rule.name, rule]));
  }

  async execute(requests: readonly BackendRequest[]): Promise<readonly BackendResult[]> {
    const { model, context } = this;
    if (model.executeBatch) {
      const given = await model.executeBatch(requests.map(requestFor), context);
      return requests.map((request, i) => this.#guarded(request, () => given[i]));
    }
    return Promise.all(
      requests.map(async (request) => {
        try {
          const executed = await model.execute!(requestFor(request), context);
          return this.#guarded(request, () => executed);
        } catch (error) {
          return told(error);
        }
      }),
    );
  }

  #guarded(request: BackendRequest, executed: () => Executed): BackendResult {
    try {
      const value = executed();
      if (value === undefined) return undefined;
      if (!isSeveral(value)) return this.#response(value, request);
      // The instance is free for others while answers come.
      void this.#sendAll(value, request);
      return 'later';
    } catch (error) {
      return told(error);
    }
  }

  async #sendAll(answers: AsyncIterable<Outputs | Answer> | Iterable<Outputs | Answer>, request: BackendRequest): Promise<void> {
    try {
      for await (const each of answers) await request.respond(this.#response(each, request));
      request.finish();
    } catch (error) {
      request.finish(told(error));
    }
  }

  #response(value: Outputs | Answer, { inputs }: BackendRequest): BackendResponse {
    const { outputs, parameters }: { readonly outputs: Outputs; readonly parameters?: ParametersInput } = isAnswer(value)
      ? value
      : { outputs: value };
    const rows = inputs[0]?.shape[0] ?? 1;
    const tensors = Object.entries(outputs).map(([name, output]) => {
      const rule =
        this.#rules.get(name) ??
        fail('INVALID_ARGUMENT', `the model has no output '${name}'; its configuration names ${[...this.#rules.keys()].join(', ')}`);
      return outputTensor(rule, output, rows);
    });
    return parameters ? { outputs: tensors, parameters: parametersOf(parameters) } : { outputs: tensors };
  }

  async onSequenceEnd(id: bigint | string, reason: string): Promise<void> {
    await this.model.onSequenceEnd?.(id, reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.finalize?.();
  }
}

/** What code threw, for the client: a Fault keeps its code, anything else is told with its text. */
function told(error: unknown): Fault {
  return toFault(error, 'INTERNAL');
}

/** Opens a model written in TypeScript; what the engine calls in the model's thread. @throws Fault saying where the code is wrong */
export async function openRuntime({ weights, instance, ask }: BackendOrder): Promise<Backend> {
  const order = readOrder<ModelOrder>(weights.path);
  const file = fileURLToPath(order.file);
  const Model = (await loadUserExport(file, 'default')) as unknown as new () => ServedModel;
  let model: ServedModel;
  try {
    model = new Model();
  } catch (error) {
    throw toFault(error, 'CONFIG_INVALID', `${file}: its default export cannot be made with new: `);
  }
  if (typeof model.execute !== 'function' && typeof model.executeBatch !== 'function')
    fail('CONFIG_INVALID', `${file}: its class has neither execute nor executeBatch; one must answer the requests`);
  const context = createContext(order, instance, ask);
  try {
    await model.init?.(context);
  } catch (error) {
    throw toFault(error, 'UNKNOWN', `${file}: init failed: `);
  }
  return new UserModel(model, order, context);
}
