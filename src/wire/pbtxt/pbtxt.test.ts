import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, equals, type MessageInitShape } from '@bufbuild/protobuf';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { messageFromJson, messageToJson } from '../message-json.js';
import { InferTensorContentsSchema } from '../proto/grpc_service_pb.js';
import {
  DataType,
  ModelConfigSchema,
  ModelInstanceGroup_Kind,
  ModelSequenceBatching_Control_Kind,
  type ModelConfig,
} from '../proto/model_config_pb.js';
import { parseTextProto } from './parse.js';
import { printTextProto } from './print.js';

const config = (text: string): ModelConfig => parseTextProto(ModelConfigSchema, text, 'config.pbtxt');
const same = (text: string, want: MessageInitShape<typeof ModelConfigSchema>): void =>
  assert.deepEqual(
    JSON.parse(messageToJson(ModelConfigSchema, config(text))),
    JSON.parse(messageToJson(ModelConfigSchema, create(ModelConfigSchema, want))),
    text,
  );

/** In the manner of the face model's configuration: every way of writing that real files use. */
const FACE = `
# A stateful model
name: "face"   # the folder's name
backend: 'typescript'
max_batch_size : 1
sequence_batching {
  max_sequence_idle_microseconds: 10000000
  control_input [
    { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] } ] },
    { name: "ID", control { kind: CONTROL_SEQUENCE_CORRID; data_type: TYPE_UINT64 } }
  ]
  oldest: { max_candidate_sequences: 4 preferred_batch_size: [] }
}
input [ { name: "INPUT" data_type: TYPE_UINT8 dims: [ 480, 640, 3 ] } ]
output { name: "OUTPUT" data_type: TYPE_STRING dims: -1 }
output: < name: "SCORE" data_type: 11 dims: [ 0x10 ] >
instance_group [ { count: 2 kind: KIND_CPU } ]
parameters { key: "threshold" value: { string_value: "0.6" } }
parameters: [ { key: "csv", value { string_value: "a" 'b' } } ]
model_transaction_policy { decoupled: True }
`;

test('every way of writing that real files use gives the message that it means', () => {
  same(FACE, {
    name: 'face',
    backend: 'typescript',
    maxBatchSize: 1,
    schedulingChoice: {
      case: 'sequenceBatching',
      value: {
        maxSequenceIdleMicroseconds: 10_000_000n,
        controlInput: [
          { name: 'START', control: [{ kind: ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_START, int32FalseTrue: [0, 1] }] },
          { name: 'ID', control: [{ kind: ModelSequenceBatching_Control_Kind.CONTROL_SEQUENCE_CORRID, dataType: DataType.TYPE_UINT64 }] },
        ],
        strategyChoice: { case: 'oldest', value: { maxCandidateSequences: 4 } },
      },
    },
    input: [{ name: 'INPUT', dataType: DataType.TYPE_UINT8, dims: [480n, 640n, 3n] }],
    output: [
      { name: 'OUTPUT', dataType: DataType.TYPE_STRING, dims: [-1n] },
      { name: 'SCORE', dataType: DataType.TYPE_FP32, dims: [16n] },
    ],
    instanceGroup: [{ count: 2, kind: ModelInstanceGroup_Kind.CPU }],
    parameters: { threshold: { stringValue: '0.6' }, csv: { stringValue: 'ab' } },
    modelTransactionPolicy: { decoupled: true },
  });
});

test('numbers, strings and map keys of every form', () => {
  same(String.raw`name: "a\"\\\n\t\x41\101\u00e9\U0001F600é" "\303\251"`, { name: 'a"\\\n\tAAé😀éé' });
  same('dynamic_batching { priority_queue_policy { key: 18446744073709551615 value { max_queue_size: 010 timeout_action: DELAY } } }', {
    schedulingChoice: { case: 'dynamicBatching', value: { priorityQueuePolicy: { '18446744073709551615': { maxQueueSize: 8, timeoutAction: 1 } } } },
  });
  same('metric_tags { value: "v" } metric_tags { key: "k" }', { metricTags: { '': 'v', k: '' } });
  const floats = parseTextProto(
    InferTensorContentsSchema,
    'fp64_contents: [1.5f, -2, 1e-3, .5, inf, -infinity, nan, 3.] bool_contents: [t, False, 1, 0] bytes_contents: "\\377\\0"',
  );
  assert.deepEqual([...floats.fp64Contents], [1.5, -2, 0.001, 0.5, Infinity, -Infinity, Number.NaN, 3]);
  assert.deepEqual([floats.boolContents, floats.bytesContents], [[true, false, true, false], [Uint8Array.of(255, 0)]]);
  same('dynamic_batching { }', { schedulingChoice: { case: 'dynamicBatching', value: {} } });
  same('', {});
});

test('what is wrong is named with file, line and column, and the name that was probably meant', () => {
  const cases: [string, string][] = [
    ['name: "a"\n  max_batchsize: 8', 'config.pbtxt:2:3: ModelConfig has no field "max_batchsize". Did you mean "max_batch_size"?'],
    ['input { data_type: TYPE_FLOAT32 }', 'config.pbtxt:1:20: data_type wants a DataType, found TYPE_FLOAT32. Did you mean "TYPE_FP32"'],
    ['input { data_type: TYPE_#DTYPE }', 'config.pbtxt:1:20: data_type wants a DataType, found TYPE_.'],
    ['max_batch_size: ${x}', 'config.pbtxt:1:17: unexpected character "$"'],
    ['max_batch_size: MAX_BATCH', 'config.pbtxt:1:17: max_batch_size wants a whole number, found MAX_BATCH'],
    ['max_batch_size: 2147483648', 'config.pbtxt:1:17: max_batch_size wants a signed 32-bit number, found 2147483648'],
    ['max_batch_size: 1.5', 'config.pbtxt:1:17: max_batch_size wants a whole number, found 1.5'],
    ['max_batch_size 8', 'config.pbtxt:1:16: a colon is missing after "max_batch_size"'],
    ['name: "a" name: "b"', 'config.pbtxt:1:11: "name" stands here for a second time, and ModelConfig takes only one'],
    [
      'dynamic_batching {} sequence_batching {}',
      'config.pbtxt:1:21: "sequence_batching" and "dynamic_batching" exclude each other (scheduling_choice)',
    ],
    ['name: face', 'config.pbtxt:1:7: name wants a string in quotes, found face'],
    ['name: "face\n"', 'config.pbtxt:1:7: the string has no closing " on its line'],
    [String.raw`name: "\q"`, String.raw`config.pbtxt:1:8: the string has no such escape sequence: \q`],
    [String.raw`name: "\377"`, "config.pbtxt:1:7: name: the string's escapes give bytes that are no UTF-8"],
    ['input [ { name: "a" } { name: "b" } ]', 'config.pbtxt:1:23: a comma or ] is missing in the list'],
    ['input { name: "a"', 'config.pbtxt:1:9: ModelInput has no closing }'],
    ['input: "a"', 'config.pbtxt:1:8: input wants { ... }, found "a"'],
    ['parameters { name: "a" }', 'config.pbtxt:1:14: an entry of parameters has "key" and "value", found name'],
    ['model_transaction_policy { decoupled: yes }', 'config.pbtxt:1:39: decoupled wants true or false, found yes'],
    ['input [ { dims: [ 1, ', 'config.pbtxt:1:22: dims wants a whole number, found the end of the file'],
    ['}', 'config.pbtxt:1:1: a field name of ModelConfig is wanted here, found }'],
    ['max_batch_size: 8x', 'config.pbtxt:1:18: a space is missing between the number 8 and what follows'],
  ];
  for (const [text, message] of cases)
    assert.throws(
      () => config(text),
      (error) =>
        error instanceof Fault && error.code === 'CONFIG_INVALID' && error.message.startsWith(message)
          ? true
          : assert.fail(`${text}\n got: ${String(error)}\nwant: ${message}`),
    );
});

test('what is printed reads back as the same message', () => {
  const message = config(FACE);
  const printed = printTextProto(ModelConfigSchema, message);
  assert.ok(equals(ModelConfigSchema, config(printed), message), printed);
  assert.match(printed, /^name: "face"\nmax_batch_size: 1\ninput \{\n {2}name: "INPUT"\n {2}data_type: TYPE_UINT8\n {2}dims: \[480, 640, 3\]\n\}\n/);
  const odd = create(InferTensorContentsSchema, { fp64Contents: [-Infinity, 0.1, 1e300], bytesContents: [Uint8Array.of(0, 34, 92, 255, 65)] });
  assert.deepEqual(parseTextProto(InferTensorContentsSchema, printTextProto(InferTensorContentsSchema, odd)), odd);
});

test('as JSON a configuration has the names of the .proto, defaults, and 64-bit integers as numbers, and comes back', () => {
  const message = config(`${FACE} version_policy { specific { versions: [ 9223372036854775807 ] } }`);
  const json = messageToJson(ModelConfigSchema, message);
  assert.match(json, /"versions":\[9223372036854775807\]/);
  assert.match(json, /"data_type":"TYPE_UINT8","format":"FORMAT_NONE","dims":\[480,640,3\],"is_shape_tensor":false/);
  assert.doesNotMatch(json, /"dynamic_batching"|"reshape"/);
  assert.ok(equals(ModelConfigSchema, messageFromJson(ModelConfigSchema, json), message));
  assert.throws(() => messageFromJson(ModelConfigSchema, { max_batch_size: 'many' }, 'config.json'), {
    code: 'CONFIG_INVALID',
    message: /config\.json: .*max_batch_size/,
  });
  assert.throws(() => messageFromJson(ModelConfigSchema, '[]', 'config.json'), {
    code: 'CONFIG_INVALID',
    message: 'config.json: an object is wanted',
  });
});

test('no text brings the parser down: each is a message that prints and reads back, or a fault with line and column', () => {
  const seed = new TextEncoder().encode(FACE);
  for (const bytes of mutations(seed, 3000, random(5)))
    try {
      const message = config(new TextDecoder().decode(bytes));
      assert.ok(equals(ModelConfigSchema, config(printTextProto(ModelConfigSchema, message)), message));
    } catch (error) {
      assert.ok(error instanceof Fault && /^config\.pbtxt:\d+:\d+: /.test(error.message), String(error));
    }
  assert.throws(() => config('model_warmup { inputs { value '.repeat(5000)), Fault);
});
