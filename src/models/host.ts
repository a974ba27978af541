import { type FaultCode, type Tensor, Fault, fail, toFault } from '../core/index.js';
import type { Answer } from '../vision/index.js';
import { openBackendHost } from './backend-host.js';
import type { RequestContext, RequestLine, RequestParameters } from './backend.js';
import { BatchBuffers, maxBatchOf, rowsOf, sliceRows, viewRows } from './batch-axis.js';
import { createDecoder, findHead } from './heads/heads.js';
import type { Decoder } from './heads/port.js';
import type { Thresholds } from './heads/settings.js';
import { isPicture, planPicture, type PicturePlan } from './picture-tensor.js';
import type { ModelDefinition, ModelRuntime, ModelSpec, ProviderAttempt, RuntimeAdapter } from './port.js';
import { openRuntime, RUNTIMES } from './runtimes.js';

/** What a host is asked; plain data. */
export interface HostRequest {
  /** The network's inputs with their batch axis, or one UINT8 tensor of pictures where the definition has a `picture`. Only borrowed. */
  readonly inputs: readonly Tensor[];
  readonly answer: 'tensors' | 'decoded';
  readonly thresholds?: Thresholds;
  /** Outputs may be views of memory that the answers of other requests share: for whoever reads them and lets them go. */
  readonly sharedOutputs?: boolean;
  /** What else the request says; only backends read it. */
  readonly context?: RequestContext;
  /** How a backend gives further answers; absent where nobody would take them. */
  readonly line?: RequestLine;
}

/** An answer. `answers` has one entry a row. */
export interface HostAnswer {
  readonly outputs: readonly Tensor[];
  readonly answers: readonly Answer[];
  readonly parameters?: RequestParameters;
  /** The request ends without a (further) answer. */
  readonly empty?: true;
}

/** What became of one request; plain data, crosses threads. `pending`: it is not over, see `BackendResult`. */
export type HostResult =
  | HostAnswer
  | { readonly fault: { readonly code: FaultCode; readonly message: string } }
  | { readonly pending: 'later' | 'again' };

/** What became of the requests of one call, in order, and where its time went. */
export interface HostReport {
  readonly results: readonly HostResult[];
  readonly inputMs: number;
  readonly runMs: number;
  readonly outputMs: number;
}

/** One copy of a model on the calling thread: what an instance of the engine runs, wherever it is placed. */
export interface ModelHost extends AsyncDisposable {
  readonly definition: ModelDefinition;
  readonly spec: ModelSpec;
  readonly providers: readonly ProviderAttempt[];
  /** Rows that the network takes in one run; `Infinity` when its batch axis is free. */
  readonly maxBatch: number;
  /**
   * Runs requests together where they can be, and answers each as if it had come alone. Calls are served one after another.
   * Never rejects for a request: its result holds the fault. Outputs belong to the caller.
   */
  execute(requests: readonly HostRequest[]): Promise<HostReport>;
  /** Code instead of a network: keeps its inputs, reads `context` and answers over `line`. */
  readonly backend?: true;
  /** A sequence that ran here is over. Never rejects. */
  endSequence?(id: bigint | string, reason: string): Promise<void>;
}

/** What an instance has to offer to a backend. */
export interface HostSurroundings {
  /** Number of the instance in its model. */
  readonly instance: number;
  /** See `BackendOrder.ask`. */
  ask(question: unknown, signal?: AbortSignal): Promise<unknown>;
}

/** Of a model that is opened outside of an engine. */
const ALONE: HostSurroundings = Object.freeze({
  instance: 0,
  ask: async () => fail('FAILED_PRECONDITION', 'nobody answers: the model was not loaded by an engine'),
});

function checkLabels({ name, labels, head }: ModelDefinition, decoder: Decoder | undefined): void {
  if (!labels || decoder?.classes === undefined || decoder.classes === labels.length) return;
  const outputs = Object.values(head?.outputs ?? {}).join(', ');
  fail('MODEL_MISMATCH', `${name}: ${labels.length} labels are given, but the network tells ${decoder.classes} classes apart (outputs ${outputs})`);
}

/** For heads whose answers have no place in a picture. */
const NO_PICTURE = Object.freeze({ width: 0, height: 0 });

/** A request on its way through a run. */
interface Work {
  readonly request: HostRequest;
  readonly index: number;
  readonly rows: number;
  /** Requests of equal form can share a run. */
  readonly form: string;
  readonly picture: boolean;
}

interface Times {
  inputMs: number;
  runMs: number;
  outputMs: number;
}

const rowsOfRun = (output: Tensor, from: number, to: number, { sharedOutputs }: HostRequest): Tensor =>
  sharedOutputs ? viewRows(output, from, to) : sliceRows(output, from, to);

const toHostFault = (error: unknown): HostResult => {
  const { code, message } = toFault(error);
  return { fault: { code, message } };
};

/** Requests that may share runs: of one form, in their order, no run beyond `maxBatch` rows unless a single request is. */
function runsOf(works: readonly Work[], maxBatch: number): Work[][] {
  const runs: Work[][] = [];
  const open = new Map<string, { readonly run: Work[]; rows: number }>();
  for (const work of works) {
    const last = open.get(work.form);
    if (last && last.rows + work.rows <= maxBatch) {
      last.run.push(work);
      last.rows += work.rows;
      continue;
    }
    const run = [work];
    runs.push(run);
    open.set(work.form, { run, rows: work.rows });
  }
  return runs;
}

class Host implements ModelHost {
  readonly maxBatch: number;
  readonly #buffers = new BatchBuffers();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly definition: ModelDefinition,
    private readonly runtime: ModelRuntime,
    private readonly plan: PicturePlan | undefined,
    private readonly decoder: Decoder | undefined,
  ) {
    this.maxBatch = maxBatchOf(runtime.spec);
  }

  get spec(): ModelSpec {
    return this.runtime.spec;
  }
  get providers(): readonly ProviderAttempt[] {
    return this.runtime.providers;
  }

  execute(requests: readonly HostRequest[]): Promise<HostReport> {
    const report = this.#last.then(() => this.#execute(requests));
    this.#last = report;
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime[Symbol.asyncDispose]();
  }

  async #execute(requests: readonly HostRequest[]): Promise<HostReport> {
    const times: Times = { inputMs: 0, runMs: 0, outputMs: 0 };
    const results: HostResult[] = Array.from({ length: requests.length });
    const works: Work[] = [];
    requests.forEach((request, index) => {
      try {
        works.push(this.#workOf(request, index));
      } catch (error) {
        results[index] = toHostFault(error);
      }
    });
    for (const run of runsOf(works, this.maxBatch)) await this.#runTogether(run, results, times);
    return { results, ...times };
  }

  #workOf(request: HostRequest, index: number): Work {
    const { name } = this.definition;
    if (request.answer === 'decoded' && !this.decoder)
      fail('FAILED_PRECONDITION', `${name}: has no head, so it answers tensors only; give the definition a head`);
    const picture = this.plan !== undefined && isPicture(request.inputs);
    if (picture) this.#checkPicture(request.inputs[0]!, this.plan);
    const tensors = picture ? request.inputs : this.spec.inputs.map((spec) => this.#inputOf(request, spec.name));
    const form = picture ? 'picture' : tensors.map(({ datatype, shape }) => `${datatype}[${shape.slice(1).join()}]`).join();
    return { request, index, rows: rowsOf(tensors[0]!), form, picture };
  }

  #inputOf({ inputs }: HostRequest, name: string): Tensor {
    const found = inputs.find((tensor) => tensor.name === name);
    return (
      found ?? fail('INVALID_ARGUMENT', `${this.definition.name}: input "${name}" is missing; got ${inputs.map((t) => t.name).join(', ') || 'none'}`)
    );
  }

  #checkPicture({ name, shape, data }: Tensor, plan: PicturePlan): void {
    const size = plan.shape.reduce((product, n) => product * n, 1);
    const fits = shape.length === 4 && plan.shape.every((n, axis) => shape[axis + 1] === n) && data.length === shape[0]! * size;
    if (!fits)
      fail(
        'INVALID_ARGUMENT',
        `${this.definition.name}: picture "${name}" is [${shape.join(', ')}] with ${data.length} bytes; [N, ${plan.shape.join(', ')}] is needed`,
      );
  }

  async #runTogether(run: readonly Work[], results: HostResult[], times: Times): Promise<void> {
    try {
      const outputs = await this.#infer(run, times);
      const startMs = performance.now();
      this.#share(run, outputs, results);
      times.outputMs += performance.now() - startMs;
    } catch (error) {
      // One bad request must not take its neighbours with it.
      if (run.length > 1) for (const work of run) await this.#runTogether([work], results, times);
      else results[run[0]!.index] = toHostFault(error);
    }
  }

  async #infer(run: readonly Work[], times: Times): Promise<readonly Tensor[]> {
    const startMs = performance.now();
    const inputs = run[0]!.picture ? [this.#pictures(run, this.plan!)] : this.#join(run);
    const runMs = performance.now();
    times.inputMs += runMs - startMs;
    try {
      return await this.runtime.infer(inputs);
    } finally {
      times.runMs += performance.now() - runMs;
    }
  }

  #join(run: readonly Work[]): Tensor[] {
    return this.spec.inputs.map((spec) =>
      this.#buffers.join(
        spec,
        run.map(({ request }) => this.#inputOf(request, spec.name)),
      ),
    );
  }

  #pictures(run: readonly Work[], plan: PicturePlan): Tensor {
    const { name, datatype } = plan.input;
    const [only] = run.length === 1 ? run[0]!.request.inputs : [];
    if (only && datatype === 'UINT8') return only.name === name ? only : { ...only, name };
    const rows = run.reduce((sum, work) => sum + work.rows, 0);
    const size = plan.shape.reduce((product, n) => product * n, 1);
    const data = this.#buffers.take(name, datatype as 'FP32', rows * size) as Float32Array;
    let at = 0;
    for (const { request } of run) {
      const bytes = request.inputs[0]!.data as Uint8Array;
      plan.write(bytes, data, at);
      at += bytes.length;
    }
    return { name, datatype, shape: [rows, ...plan.shape], data } as Tensor;
  }

  /** Hands each request its rows; copies only where rows of several requests came in one tensor. */
  #share(run: readonly Work[], outputs: readonly Tensor[], results: HostResult[]): void {
    const rows = run.reduce((sum, work) => sum + work.rows, 0);
    const stray = run.length > 1 ? outputs.find((output) => rowsOf(output) !== rows) : undefined;
    if (stray) fail('MODEL_MISMATCH', `${this.definition.name}: output "${stray.name}" of ${rows} rows has ${rowsOf(stray)}`);
    let from = 0;
    for (const work of run) {
      const to = from + work.rows;
      results[work.index] =
        work.request.answer === 'decoded'
          ? { outputs: [], answers: this.#decode(work, outputs, from) }
          : { outputs: run.length === 1 ? outputs : outputs.map((output) => rowsOfRun(output, from, to, work.request)), answers: [] };
      from = to;
    }
  }

  #decode({ request, rows }: Work, outputs: readonly Tensor[], from: number): Answer[] {
    return Array.from({ length: rows }, (_, row) => this.decoder!.decode(outputs, from + row, request.thresholds));
  }
}

/**
 * Opens a model on the calling thread and checks that its picture and head fit the network.
 * @throws Fault as the runtime's `open`; MODEL_MISMATCH naming input or output, its shape and the one that fits; CONFIG_INVALID
 */
export async function openModelHost(
  definition: ModelDefinition,
  runtimes: readonly RuntimeAdapter[] = RUNTIMES,
  surroundings: HostSurroundings = ALONE,
): Promise<ModelHost> {
  if (definition.weights.runtime === 'module') return openBackendHost(definition, surroundings);
  const runtime = await openRuntime(definition.weights, definition.options ?? {}, runtimes);
  try {
    const { name, picture, head } = definition;
    const answers = head && findHead(head).answers;
    if (!picture && (answers === 'detections' || answers === 'landmarks'))
      fail('CONFIG_INVALID', `${name}: a head of type "${head?.type}" needs a picture, because ${answers} are in its pixels`);
    const plan = picture && planPicture(definition, picture, runtime.spec);
    const decoder = head && createDecoder(head, runtime.spec, picture?.fit.size ?? NO_PICTURE);
    checkLabels(definition, decoder);
    return new Host(definition, runtime, plan, decoder);
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error instanceof Fault ? new Fault(error.code, `${definition.weights.path}: ${error.message}`, { cause: error }) : error;
  }
}
