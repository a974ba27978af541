import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import { inferRequest, ModelConfigSchema, parseTextProto } from '../../wire/index.js';
import { checkRequest, requestRules, reshaped } from './check-request.js';
import { rawInput } from './raw-input.js';

const rulesOf = (text: string) => requestRules(parseTextProto(ModelConfigSchema, `name: "m" ${text}`, 'config.pbtxt'));
const tensor = (name: string, shape: readonly number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});
const TWO =
  'input { name: "A" data_type: TYPE_FP32 dims: [ 2 ] } input { name: "B" data_type: TYPE_FP32 dims: [ -1 ] } output { name: "C" data_type: TYPE_FP32 dims: 1 }';
const BATCHED = rulesOf(`max_batch_size: 4 ${TWO}`);
const REQUEST = inferRequest({ modelName: 'm', id: 'q' });

const refused = (inputs: readonly Tensor[], text: string | RegExp, rules = BATCHED, request = REQUEST): void =>
  assert.throws(() => checkRequest(request, inputs, rules), { code: 'INVALID_ARGUMENT', message: text });

test('a request that fits is let through as it is', () => {
  const inputs = [tensor('A', [3, 2]), tensor('B', [3, 7])];
  const checked = checkRequest(REQUEST, inputs, BATCHED);
  assert.equal(checked.inputs, inputs);
  assert.equal(checked.rows, 3);
  assert.equal(checkRequest(REQUEST, [tensor('A', [2]), tensor('B', [5])], rulesOf(TWO)).rows, 0);
});

test('inputs that do not fit are refused in words that clients know', () => {
  refused(
    [tensor('B', [1, 1])],
    "[request id: q] expected 2 inputs but got 1 inputs for model 'm'. Got input(s) ['B'], but missing required input(s) ['A']. Please provide all required input(s).",
  );
  refused([tensor('A', [1, 2]), tensor('Z', [1, 1])], "unexpected inference input 'Z' for model 'm'");
  refused([tensor('A', [5, 2]), tensor('B', [5, 1])], "[request id: q] inference request batch-size must be <= 4 for 'm'");
  refused([tensor('A', [2, 2]), tensor('B', [1, 1])], "[request id: q] input 'B' batch size does not match other inputs for 'm'");
  refused([tensor('A', []), tensor('B', [1, 1])], "[request id: q] input 'A' has no shape but model requires batch dimension for 'm'");
  refused(
    [tensor('A', [1, 3]), tensor('B', [1, 1])],
    /^\[request id: q\] unexpected shape for input 'A' for model 'm'\. Expected \[-1,2\], got \[1,3\]\. NOTE: Setting/,
  );
  refused(
    [tensor('A', [3]), tensor('B', [1])],
    "[request id: <id_unknown>] unexpected shape for input 'A' for model 'm'. Expected [2], got [3]. ",
    rulesOf(TWO),
    inferRequest({ modelName: 'm' }),
  );
  const wrong: Tensor = { name: 'A', datatype: 'INT32', shape: [1, 2], data: new Int32Array(2) };
  refused([wrong, tensor('B', [1, 1])], "[request id: q] inference input 'A' data-type is 'INT32', but model 'm' expects 'FP32'");
  const asking = inferRequest({ modelName: 'm', outputs: [{ name: 'X', binary: true, classification: 0 }] });
  refused([tensor('A', [1, 2]), tensor('B', [1, 1])], "unexpected inference output 'X' for model 'm'", BATCHED, asking);
});

test('an optional input may be left out', () => {
  const rules = rulesOf('input { name: "A" data_type: TYPE_FP32 dims: 1 } input { name: "B" data_type: TYPE_FP32 dims: 1 optional: true }');
  assert.equal(checkRequest(REQUEST, [tensor('A', [1])], rules).inputs.length, 1);
  refused([], /expected number of inputs between 1 and 2 but got 0 inputs/, rules);
});

test('a reshape gives the backend another shape, its free sizes from those of the dims', () => {
  const rules = rulesOf('max_batch_size: 2 input { name: "A" data_type: TYPE_FP32 dims: [ -1, 1 ] reshape { shape: [ 1, -1 ] } }');
  assert.deepEqual(checkRequest(REQUEST, [tensor('A', [2, 5, 1])], rules).inputs[0]!.shape, [2, 1, 5]);
  assert.deepEqual(reshaped([3, 4], [3, 4], [12], false), [12]);
});

test('the shape of a raw body follows from its size', () => {
  const one = rulesOf('max_batch_size: 2 input { name: "A" data_type: TYPE_FP32 dims: [ -1, 2 ] }');
  assert.deepEqual(rawInput(REQUEST, new Uint8Array(24), one).shape, [1, 3, 2]);
  const text = rulesOf('input { name: "A" data_type: TYPE_STRING dims: [ 1 ] }');
  assert.deepEqual(rawInput(REQUEST, Uint8Array.of(7), text), { name: 'A', datatype: 'BYTES', shape: [1], data: [Uint8Array.of(7)] });
  const cases: readonly (readonly [string, RegExp])[] = [
    [TWO, /Raw request must only have 1 input \(found 1\) to be deduced but got 2 inputs in 'm' model configuration/],
    ['input { name: "A" data_type: TYPE_FP32 dims: [ -1, -1 ] }', /can not be deduced because there are more than one variable-sized dimension/],
    ['input { name: "A" data_type: TYPE_STRING dims: [ -1 ] }', /the model must have input shape \[1\]/],
    ['input { name: "A" data_type: TYPE_FP32 dims: [ 2 ] }', /input byte size mismatch for input 'A' for model 'm'\. Expected 8, got 6/],
  ];
  for (const [config, message] of cases) assert.throws(() => rawInput(REQUEST, new Uint8Array(6), rulesOf(config)), { message });
});
