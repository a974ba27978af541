import { Fault } from '../../core/index.js';
import type { Operations, TraceChanges } from '../../client/index.js';
import { create, type InferRequest, type InferResponse, type MessageInitShape, type ModelConfig, ModelConfigSchema } from '../../wire/index.js';

const SEQUENCE = "inference request for sequence %s to model 'sums' must specify the START flag on the first request of the sequence";

/** Configurations of the models that a {@link ScriptedServer} has. */
const CONFIGS: Readonly<Record<string, MessageInitShape<typeof ModelConfigSchema>>> = {
  plain: { name: 'plain' },
  sums: { name: 'sums', schedulingChoice: { case: 'sequenceBatching', value: { maxSequenceIdleMicroseconds: 5_000_000n } } },
  many: { name: 'many', modelTransactionPolicy: { decoupled: true } },
};

/** A server that answers as the test says: it counts requests of sequences as a real one does, and may be killed, drained and held up. */
export class ScriptedServer {
  state: 'ready' | 'draining' | 'down' = 'ready';
  models = ['plain', 'sums', 'many'];
  /** What it answers instead, once. */
  refuse: Fault | undefined;
  /** While set, requests wait for it. */
  gate: Promise<void> | undefined;
  readonly seen: string[] = [];
  readonly live = new Map<string, number>();

  constructor(readonly name: string) {}

  #check(): void {
    if (this.state === 'down') throw new Fault('UNAVAILABLE', `no connection: connect ECONNREFUSED ${this.name}`);
  }

  #config(model: string): ModelConfig {
    const found = CONFIGS[model];
    if (!found || !this.models.includes(model)) throw new Fault('INVALID_ARGUMENT', `Request for unknown model: '${model}' is not found`);
    return create(ModelConfigSchema, found);
  }

  /** The answer's id tells which server gave it, and the how many-th of its sequence it is. */
  async infer(request: InferRequest): Promise<InferResponse> {
    this.#check();
    this.seen.push(`${request.id}`);
    await this.gate;
    this.#check();
    const { refuse } = this;
    this.refuse = undefined;
    if (refuse) throw refuse;
    const { sequenceId, sequenceStart, sequenceEnd } = request.controls;
    const key = String(sequenceId);
    if (request.modelName === 'sums' && !sequenceStart && !this.live.has(key)) throw new Fault('INVALID_ARGUMENT', SEQUENCE.replace('%s', key));
    const count = sequenceStart ? 1 : (this.live.get(key) ?? 0) + 1;
    this.live.set(key, count);
    if (sequenceEnd) this.live.delete(key);
    return { modelName: request.modelName, modelVersion: '1', id: `${this.name} ${count}`, parameters: new Map(), outputs: [] };
  }

  readonly changes: TraceChanges[] = [];

  /** As a router reaches it. */
  readonly operations = {
    isReady: async () => {
      this.#check();
      return this.state === 'ready';
    },
    serverMetadata: async () => ({ name: this.name, version: '1', extensions: ['sequence', this.name] }),
    repositoryIndex: async () => {
      this.#check();
      return this.models.map((name) => ({ name, version: '1', state: 'READY', reason: '' }));
    },
    isModelReady: async ({ model }: { readonly model: string }) => this.state === 'ready' && this.models.includes(model),
    modelConfig: async ({ model }: { readonly model: string }) => {
      this.#check();
      return this.#config(model);
    },
    loadModel: async (model: string) => {
      this.#check();
      if (model === 'broken') throw new Fault('INTERNAL', 'failed to load');
      this.models.push(model);
    },
    infer: (request: InferRequest) => this.infer(request),
    inferStream: (request: InferRequest) => this.#stream(request),
    close: async () => {},
  } as unknown as Operations;

  async *#stream(request: InferRequest): AsyncGenerator<InferResponse> {
    yield await this.infer(request);
    yield await this.infer(request);
  }
}
