import { open, stat } from 'node:fs/promises';
import type * as Ort from 'onnxruntime-node';
import { Fault, fail, toFault, type Tensor } from '../../core/index.js';
import type { ModelRuntime, ModelSpec, ProviderAttempt, RuntimeAdapter, RuntimeOptions } from '../port.js';
import { libraryOnDisk, loadOrt } from './load-ort.js';
import { fromOrt, toOrt, toTensorSpec, type OrtTensorConstructor } from './ort-tensors.js';
import { firstLine, firstThatWorks, reasonNotToTry } from './providers.js';

async function checkFile(path: string): Promise<void> {
  const file = await stat(path).catch((error: unknown) => fail('NOT_FOUND', `${path}: there is no such model file`, error));
  if (file.isDirectory()) fail('INPUT_CORRUPT', `${path} is a folder; name the .onnx file in it`);
  if (file.size === 0) fail('INPUT_CORRUPT', `${path} is empty; download or convert it again`);
  const handle = await open(path).catch((error: unknown) => fail('PERMISSION_DENIED', `${path} cannot be read`, error));
  await handle.close();
}

/** Texts with which the runtime says that it is too old or too small for a whole file. */
const NOT_FOR_THIS_RUNTIME = /no op registered|not a registered function|opset|unsupported model ir version/i;

/** Texts with which the runtime refuses the file rather than the machine. */
const NOT_A_MODEL = /protobuf parsing failed|does not have a graph|invalid model|invalid_protobuf|invalid_graph|external data|out of bounds/i;

/** Providers that can be told which GPU to use. */
const WITH_DEVICES: ReadonlySet<string> = new Set(['cuda', 'tensorrt', 'dml']);

function sessionOptions(provider: string, { threads = 1, spinning = false, device }: RuntimeOptions): Ort.InferenceSession.SessionOptions {
  const allowSpinning = spinning ? '1' : '0';
  return {
    executionProviders: [
      device !== undefined && WITH_DEVICES.has(provider)
        ? ({ name: provider, deviceId: device } as Ort.InferenceSession.CudaExecutionProviderOption)
        : provider,
    ],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: allowSpinning }, inter_op: { allow_spinning: allowSpinning } } },
  };
}

async function createSession(ort: typeof Ort, path: string, options: Ort.InferenceSession.SessionOptions): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(path, options);
  } catch (error) {
    const text = String(error).replaceAll(path, '');
    if (NOT_A_MODEL.test(text) && !NOT_FOR_THIS_RUNTIME.test(text))
      fail('INPUT_CORRUPT', `${path} is not a whole ONNX model: ${firstLine(error)}; download or convert it again`, error);
    throw error;
  }
}

/** Texts with which the runtime refuses the caller's tensors rather than failing at its work. */
const BAD_INPUT = /invalid dimensions|invalid rank|unexpected input data type|is missing in 'feeds'|invalid feed|invalid_argument/i;

class OnnxModel implements ModelRuntime {
  readonly #running = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

  constructor(
    readonly path: string,
    readonly spec: ModelSpec,
    readonly providers: readonly ProviderAttempt[],
    private readonly session: Ort.InferenceSession,
    private readonly Tensor: OrtTensorConstructor,
  ) {}

  async infer(inputs: readonly Tensor[]): Promise<readonly Tensor[]> {
    if (this.#released) fail('FAILED_PRECONDITION', `${this.path} was released; open it again`);
    const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toOrt(this.Tensor, tensor)]));
    const run = this.session.run(feeds);
    this.#running.add(run);
    try {
      const outputs = await run;
      return this.spec.outputs.map(({ name }) => fromOrt(name, outputs[name]!));
    } catch (error) {
      throw this.#wrapped(error);
    } finally {
      this.#running.delete(run);
    }
  }

  #wrapped(error: unknown): Fault {
    if (error instanceof Fault) return error;
    const code = BAD_INPUT.test(String(error)) ? 'INVALID_ARGUMENT' : 'UNKNOWN';
    return new Fault(code, `${this.path}: the run failed: ${firstLine(error)}`, { cause: error });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Releasing in the middle of a run would abort the process. */
  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.session.release();
  }
}

/** ONNX files through onnxruntime-node. `infer` blocks the calling thread while the network runs. */
export const onnxRuntime: RuntimeAdapter = {
  runtime: 'onnx',
  async open({ path, binding }, options) {
    await checkFile(path);
    const ort = await loadOrt(binding);
    const known = ort.listSupportedBackends();
    const { session, attempts } = await firstThatWorks(
      path,
      options.providers ?? ['cpu'],
      (provider) => reasonNotToTry(provider, known, (name) => libraryOnDisk(name, binding)),
      (provider) => createSession(ort, path, sessionOptions(provider, options)),
    );
    try {
      const spec = {
        inputs: session.inputMetadata.map((value) => toTensorSpec(path, value)),
        outputs: session.outputMetadata.map((value) => toTensorSpec(path, value)),
      };
      return new OnnxModel(path, spec, attempts, session, ort.Tensor);
    } catch (error) {
      await session.release();
      throw toFault(error, 'UNSUPPORTED', `${path}: `);
    }
  },
};
