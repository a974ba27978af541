import { create, ModelTransactionPolicySchema } from '../../../wire/index.js';
import type { Backend, BackendModel, BackendRequest, BackendResponse, VersionOrder } from '../port.js';
import { ensembleGraph, type EnsembleGraph } from './ensemble-graph.js';
import { EnsembleRun } from './ensemble-run.js';

class EnsembleModel implements BackendModel {
  readonly #gate: InFlight;

  constructor(
    readonly order: VersionOrder,
    readonly graph: EnsembleGraph,
    mostInFlight: number,
  ) {
    this.#gate = new InFlight(mostInFlight);
  }

  async infer({ request, inputs, signal, respond }: BackendRequest): Promise<BackendResponse | undefined> {
    const { call, config } = this.order;
    const run = new EnsembleRun({ name: config.name, graph: this.graph, call, request, signal, several: respond !== undefined });
    let only: BackendResponse | undefined;
    await this.#gate.enter();
    try {
      await run.run(inputs, respond ?? ((response) => void (only = response)));
    } finally {
      this.#gate.leave();
    }
    return only;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Lets so many in at a time (0: any number), the others in their order. */
class InFlight {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly most: number) {}

  async enter(): Promise<void> {
    if (this.most > 0 && this.#inside >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inside++;
  }

  leave(): void {
    this.#inside--;
    this.#waiting.shift()?.();
  }
}

async function open(order: VersionOrder): Promise<BackendModel> {
  const { config, configOf } = order;
  const graph = ensembleGraph(config, configOf);
  const choice = config.schedulingChoice;
  const most = choice.case === 'ensembleScheduling' ? choice.value.maxInflightRequests : 0;
  // One part that answers several times makes the whole do so.
  if (graph.steps.some(({ model, version }) => configOf(model, version).modelTransactionPolicy?.decoupled))
    config.modelTransactionPolicy = create(ModelTransactionPolicySchema, { decoupled: true });
  return new EnsembleModel(order, graph, most);
}

/** Models made of models: tensors go from one to the next inside the server. */
export const ensembleBackend: Backend = { names: ['ensemble'], platforms: ['ensemble'], open };
