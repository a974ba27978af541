import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DataOf, type Datatype, type Tensor, fail } from '../core/index.js';
import type { ModelRuntime, RuntimeAdapter, RuntimeOptions, Weights } from './port.js';

/** A tiny network that an adapter's test makes for the suite. Input `input`; output `output`, or `same` and `next` of `both`. */
export interface ConformanceGraph {
  /** `identity` answers the input, `add` the input + 1, `both` the input as `same` and then the input + 1 as `next`. */
  readonly operation: 'identity' | 'add' | 'both';
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** What a runtime must bring to be tested. */
export interface ConformanceRuntime {
  readonly adapter: RuntimeAdapter;
  /** Weights of that network. Absent answer: the runtime cannot hold such a network, and the cases that need it are left out. */
  weightsFor(graph: ConformanceGraph): Promise<Weights>;
  readonly options?: RuntimeOptions;
}

const SAMPLES: { readonly [D in Exclude<Datatype, 'BF16'>]: DataOf[D] } = {
  BOOL: Uint8Array.of(1, 0, 1, 1),
  UINT8: Uint8Array.of(0, 1, 128, 255),
  UINT16: Uint16Array.of(0, 1, 2, 65_535),
  UINT32: Uint32Array.of(0, 1, 2, 4_294_967_295),
  UINT64: BigUint64Array.of(0n, 1n, 2n, 18_446_744_073_709_551_615n),
  INT8: Int8Array.of(-128, -1, 0, 127),
  INT16: Int16Array.of(-32_768, -1, 0, 32_767),
  INT32: Int32Array.of(-2_147_483_648, -1, 0, 2_147_483_647),
  INT64: BigInt64Array.of(-9_007_199_254_740_993n, -1n, 0n, 9_007_199_254_740_993n),
  // 0, 1, -2 and the largest half-precision number
  FP16: Uint16Array.of(0, 0x3c00, 0xc000, 0x7bff),
  FP32: Float32Array.of(-1.5, 0, 0.1, 3e38),
  FP64: Float64Array.of(-1.5, 0, 0.1, 1e300),
  BYTES: ['', 'plain', 'ünïcödé', '🦋'].map((text) => new TextEncoder().encode(text)),
};

const floats = (shape: readonly number[], data: readonly number[], name = 'input'): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});

const ADD: ConformanceGraph = { operation: 'add', datatype: 'FP32', shape: [-1, 3] };

type Case = (open: (graph: ConformanceGraph) => Promise<ModelRuntime>) => Promise<void>;

const CASES: Readonly<Record<string, Case>> = {
  'the spec names inputs and outputs with datatype and shape, -1 for any size': async (open) => {
    await using model = await open(ADD);
    assert.deepEqual(model.spec.inputs, [{ name: 'input', datatype: 'FP32', shape: [-1, 3] }]);
    assert.deepEqual(model.spec.outputs, [{ name: 'output', datatype: 'FP32', shape: [-1, 3] }]);
  },
  'exactly one provider is taken': async (open) => {
    await using model = await open(ADD);
    assert.equal(model.providers.filter(({ taken }) => taken).length, 1);
    for (const { taken, reason } of model.providers) assert.equal(taken, reason === undefined);
  },
  'any number of rows fits a free batch axis': async (open) => {
    await using model = await open(ADD);
    for (const rows of [1, 4, 2]) {
      const values = Array.from({ length: rows * 3 }, (_, i) => i);
      const [output] = await model.infer([floats([rows, 3], values)]);
      assert.deepEqual(
        output,
        floats(
          [rows, 3],
          values.map((value) => value + 1),
          'output',
        ),
      );
    }
  },
  'outputs come in the order of the spec': async (open) => {
    await using model = await open({ ...ADD, operation: 'both' });
    const outputs = await model.infer([floats([1, 3], [1, 2, 3])]);
    assert.deepEqual(outputs, [floats([1, 3], [1, 2, 3], 'same'), floats([1, 3], [2, 3, 4], 'next')]);
    assert.deepEqual(
      model.spec.outputs.map(({ name }) => name),
      ['same', 'next'],
    );
  },
  'inputs are only borrowed: unchanged, and readable afterwards': async (open) => {
    await using model = await open(ADD);
    const input = floats([1, 3], [1, 2, 3]);
    await model.infer([input]);
    assert.deepEqual(input, floats([1, 3], [1, 2, 3]));
  },
  'outputs belong to the caller: they can be transferred, and a later run leaves them alone': async (open) => {
    await using model = await open(ADD);
    const [first] = await model.infer([floats([1, 3], [1, 2, 3])]);
    const [second] = await model.infer([floats([1, 3], [5, 6, 7])]);
    assert.deepEqual([...(first!.data as Float32Array)], [2, 3, 4]);
    const { buffer } = second!.data as Float32Array<ArrayBuffer>;
    assert.deepEqual([...new Float32Array(structuredClone(buffer, { transfer: [buffer] }))], [6, 7, 8]);
  },
  'overlapping runs get their own answers': async (open) => {
    await using model = await open(ADD);
    const answers = await Promise.all([10, 20, 30].map((value) => model.infer([floats([1, 3], [value, value, value])])));
    assert.deepEqual(
      answers.map(([output]) => (output!.data as Float32Array)[0]),
      [11, 21, 31],
    );
  },
  'disposing waits for the run in flight, may be repeated, and ends the model': async (open) => {
    const model = await open(ADD);
    const running = model.infer([floats([1, 3], [1, 2, 3])]);
    await model[Symbol.asyncDispose]();
    assert.deepEqual((await running)[0], floats([1, 3], [2, 3, 4], 'output'));
    await model[Symbol.asyncDispose]();
    await assert.rejects(model.infer([floats([1, 3], [1, 2, 3])]), { name: 'Fault', code: 'FAILED_PRECONDITION' });
  },
  'a missing input is a fault that names something, and the model lives on': async (open) => {
    await using model = await open(ADD);
    await assert.rejects(model.infer([floats([1, 3], [1, 2, 3], 'inptu')]), { name: 'Fault', code: 'INVALID_ARGUMENT', message: /input|inptu/ });
    assert.equal((await model.infer([floats([1, 3], [1, 2, 3])])).length, 1);
  },
};

/** Every runtime answers the same questions. `skip` gives the reason for each case that one cannot answer, by title. */
export function runtimeConformance(name: string, runtime: ConformanceRuntime, skip: Readonly<Record<string, string>> = {}): void {
  const open = async (graph: ConformanceGraph): Promise<ModelRuntime> => runtime.adapter.open(await runtime.weightsFor(graph), runtime.options ?? {});
  for (const [title, check] of Object.entries(CASES)) test(`${name}: ${title}`, { skip: skip[title] ?? false }, () => check(open));
  for (const datatype of Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]) {
    const title = `${datatype} goes in and comes out unchanged`;
    test(`${name}: ${title}`, { skip: skip[title] ?? false }, async () => {
      await using model = await open({ operation: 'identity', datatype, shape: [-1, 4] });
      const input = { name: 'input', datatype, shape: [1, 4], data: SAMPLES[datatype] } as Tensor;
      const [output = fail('INTERNAL', 'no output')] = await model.infer([input]);
      assert.deepEqual(model.spec.inputs, [{ name: 'input', datatype, shape: [-1, 4] }]);
      assert.deepEqual(output, { ...input, name: 'output' });
    });
  }
}
