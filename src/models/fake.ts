import { type DataOf, type Datatype, type Tensor, type TensorSpec, BYTES_PER_ELEMENT, checked, didYouMean, fail } from '../core/index.js';
import type { ModelRuntime, ModelSpec, RuntimeAdapter } from './port.js';

/** What the fake computes, as the part of its path before `?`. */
export const FAKE_OPERATIONS = ['add', 'identity', 'both', 'sum'] as const;

/** One of {@link FAKE_OPERATIONS}. `both` answers the input as `same` and input + 1 as `next`; `sum` answers one FP32 a row. */
export type FakeOperation = (typeof FAKE_OPERATIONS)[number];

/** A fake's behaviour; `parseFake` reads it from a path, so that it can be made in a worker or a child process. Runs count from 1. */
export interface FakeScript {
  readonly operation: FakeOperation;
  /** Added by `add`. */
  readonly by: number;
  readonly datatype: Datatype;
  /** Of the input; -1 is any size. */
  readonly shape: readonly number[];
  /** Waits before answering, thread free. */
  readonly delayMs: number;
  /** Waits before answering, thread blocked, as a native run does. */
  readonly blockMs: number;
  /** Waits before opening. */
  readonly openMs: number;
  /** Runs that answer a fault. */
  readonly failOn: readonly number[];
  /** Runs that throw outside of any promise, as a defect would. */
  readonly crashOn: readonly number[];
  /** Runs that end the thread or process at once. */
  readonly exitOn: readonly number[];
  /** Runs that never answer. */
  readonly hangOn: readonly number[];
  /** Runs that never answer and never give the thread back. */
  readonly spinOn: readonly number[];
}

const numbersOf = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));

/** How each key of the path is read. */
const KEYS = {
  by: Number,
  datatype: (text: string) => text as Datatype,
  shape: numbersOf,
  delayMs: Number,
  blockMs: Number,
  openMs: Number,
  failOn: numbersOf,
  crashOn: numbersOf,
  exitOn: numbersOf,
  hangOn: numbersOf,
  spinOn: numbersOf,
} as const satisfies { [K in Exclude<keyof FakeScript, 'operation'>]: (text: string) => FakeScript[K] };

const DEFAULTS: FakeScript = {
  operation: 'add',
  by: 1,
  datatype: 'FP32',
  shape: [-1, 4],
  delayMs: 0,
  blockMs: 0,
  openMs: 0,
  failOn: [],
  crashOn: [],
  exitOn: [],
  hangOn: [],
  spinOn: [],
};

/**
 * Reads `fake:OPERATION?KEY=VALUE&...`, such as `fake:add?by=2&shape=-1,3&delayMs=5&failOn=3`; what stands before `fake:` is ignored,
 * so that a path made absolute still works. @throws Fault NOT_FOUND for an unknown operation, CONFIG_INVALID for an unknown key or value
 */
export function parseFake(path: string): FakeScript {
  const at = path.indexOf('fake:');
  const [operation = '', query = ''] = at < 0 ? [path] : path.slice(at + 5).split('?');
  if (!FAKE_OPERATIONS.includes(operation as FakeOperation))
    fail('NOT_FOUND', `${path}: no fake model "${operation}".${didYouMean(operation, FAKE_OPERATIONS)} There are ${FAKE_OPERATIONS.join(', ')}`);
  const settings = [...new URLSearchParams(query)].map(([key, text]) => {
    if (!Object.hasOwn(KEYS, key)) fail('CONFIG_INVALID', `${path}: no key "${key}".${didYouMean(key, Object.keys(KEYS))}`);
    const value = KEYS[key as keyof typeof KEYS](text);
    const wrong = key === 'datatype' ? !Object.hasOwn(BYTES_PER_ELEMENT, text) : [value].flat().some((n) => Number.isNaN(n));
    if (wrong) fail('CONFIG_INVALID', `${path}: "${text}" is no value for ${key}`);
    return [key, value] as const;
  });
  return { ...DEFAULTS, ...Object.fromEntries(settings), operation: operation as FakeOperation };
}

function specOf({ operation, datatype, shape }: FakeScript): ModelSpec {
  const out = (name: string): TensorSpec => ({ name, datatype, shape });
  const inputs = [{ name: 'input', datatype, shape }];
  if (operation === 'both') return { inputs, outputs: [out('same'), out('next')] };
  if (operation === 'sum') return { inputs, outputs: [{ name: 'output', datatype: 'FP32', shape: [shape[0] ?? -1, 1] }] };
  return { inputs, outputs: [out('output')] };
}

type NumberArray = Exclude<DataOf[Datatype], readonly Uint8Array[] | BigInt64Array | BigUint64Array>;

function plus(data: DataOf[Datatype], by: number): DataOf[Datatype] {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data.map((value: bigint) => value + BigInt(by)) as typeof data;
  if (ArrayBuffer.isView(data)) return (data as Float32Array).map((value) => value + by) as NumberArray;
  return data.map((bytes) => bytes.slice());
}

function rowSums(input: Tensor): Float32Array {
  const rows = input.shape[0] ?? 1;
  const width = input.data.length / rows;
  const values = input.data as ArrayLike<number | bigint>;
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += Number(values[row * width + i]);
    return sum;
  });
}

function answer({ operation, by }: FakeScript, input: Tensor): Tensor[] {
  const as = (name: string, offset: number): Tensor => ({ ...input, name, data: plus(input.data, offset) }) as Tensor;
  if (operation === 'sum') return [{ name: 'output', datatype: 'FP32', shape: [input.shape[0] ?? 1, 1], data: rowSums(input) }];
  if (operation === 'both') return [as('same', 0), as('next', 1)];
  return [as('output', operation === 'identity' ? 0 : by)];
}

const never = (): Promise<never> => new Promise(() => {});

function spin(): never {
  for (;;) Math.imul(1, 1);
}

async function misbehave(script: FakeScript, run: number): Promise<void> {
  if (script.failOn.includes(run)) fail('UNKNOWN', `fake: run ${run} fails as scripted`);
  if (script.exitOn.includes(run)) process.exit(70);
  if (script.spinOn.includes(run)) spin();
  if (script.crashOn.includes(run)) {
    setImmediate(() => {
      throw new Error(`fake: run ${run} crashes as scripted`);
    });
    await never();
  }
  if (script.hangOn.includes(run)) await never();
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A fake model; records what it was asked. */
export interface FakeModel extends ModelRuntime {
  /** Inputs of each run, in order; the tensors as they were handed over, not copies. */
  readonly calls: readonly (readonly Tensor[])[];
  readonly released: boolean;
}

/** A model that computes simple arithmetic and misbehaves on demand, so that whatever hosts models can be tested without weights. */
export function createFakeModel(script: FakeScript): FakeModel {
  const calls: (readonly Tensor[])[] = [];
  const running = new Set<Promise<unknown>>();
  let released = false;
  const run = async (inputs: readonly Tensor[]): Promise<readonly Tensor[]> => {
    const call = calls.push(inputs);
    const input = inputs.find(({ name }) => name === 'input') ?? fail('INVALID_ARGUMENT', 'fake: there is no tensor "input"');
    await misbehave(script, call);
    if (script.delayMs > 0) await sleep(script.delayMs);
    if (script.blockMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, script.blockMs);
    checked<Datatype>(input);
    return answer(script, input);
  };
  return {
    spec: specOf(script),
    providers: [{ provider: 'cpu', taken: true }],
    calls,
    get released() {
      return released;
    },
    async infer(inputs) {
      if (released) fail('FAILED_PRECONDITION', 'fake: the model was released; open it again');
      const result = run(inputs);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async [Symbol.asyncDispose]() {
      released = true;
      await Promise.allSettled(running);
    },
  };
}

/** Opens fakes by path, see {@link parseFake}. */
export const fakeRuntime: RuntimeAdapter = {
  runtime: 'fake',
  async open({ path }) {
    const script = parseFake(path);
    if (script.openMs > 0) await sleep(script.openMs);
    return createFakeModel(script);
  },
};
