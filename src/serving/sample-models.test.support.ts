import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Datatype } from '../core/index.js';
import { OnnxGraph } from '../models/convert.js';

/** Sum and difference of two inputs [batch, 16]. */
export function addSub(datatype: Datatype = 'INT32', batch: number | string = 'batch'): Uint8Array {
  const graph = new OnnxGraph('simple');
  const inputs = ['INPUT0', 'INPUT1'].map((name) => graph.input(name, datatype, [batch, 16]));
  graph.node('Add', inputs, {}, 'OUTPUT0');
  graph.node('Sub', inputs, {}, 'OUTPUT1');
  for (const name of ['OUTPUT0', 'OUTPUT1']) graph.output(name, datatype, [batch, 16]);
  return graph.toBytes();
}

/** The input as it came. */
export function identity(datatype: Datatype, shape: readonly (number | string)[]): Uint8Array {
  const graph = new OnnxGraph('identity');
  graph.input('INPUT0', datatype, shape);
  graph.node('Identity', ['INPUT0'], {}, 'OUTPUT0');
  graph.output('OUTPUT0', datatype, shape);
  return graph.toBytes();
}

/** The configuration that Triton's examples have for {@link addSub}. */
export const SIMPLE_CONFIG = `
name: "simple"
platform: "onnxruntime_onnx"
max_batch_size: 8
input [
  { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
  { name: "INPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
]
output [
  { name: "OUTPUT0" data_type: TYPE_INT32 dims: [ 16 ] label_filename: "labels.txt" },
  { name: "OUTPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
]
`;

/** Writes files by their path below `folder`. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const SEQUENCE_CONTROLS = `
  control_input [
    { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] } ] },
    { name: "END" control [ { kind: CONTROL_SEQUENCE_END int32_false_true: [ 0, 1 ] } ] },
    { name: "READY" control [ { kind: CONTROL_SEQUENCE_READY int32_false_true: [ 0, 1 ] } ] },
    { name: "CORRID" control [ { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_UINT64 } ] }
  ]`;

/** Sums what comes in a sequence. */
const ACCUMULATOR = `import type { ModelRequest } from 'ocellus/serving';

export default class Accumulator {
  readonly sums = new Map<bigint | string, number>();
  execute(request: ModelRequest) {
    const { id, start, end } = request.sequence!;
    const sum = (start ? 0 : this.sums.get(id)!) + request.numbers('INPUT')[0]!;
    this.sums.set(id, sum);
    return { OUTPUT: sum, OPEN: this.sums.size - (end ? 1 : 0) };
  }
  onSequenceEnd(id: bigint | string) {
    this.sums.delete(id);
  }
}
`;

/** Answers a number n times, n times. */
const REPEATER = `import type { ModelRequest } from 'ocellus/serving';

export default class Repeater {
  async *execute(request: ModelRequest) {
    for (const value of Array.from(request.numbers('IN'))) {
      if (value < 0) throw new Error('a negative number cannot be repeated');
      yield { OUT: value };
    }
  }
}
`;

/** Asks the model \`simple\`, and tells what it answered as text. */
const ASKER = `import { answer, type ModelContext, type ModelRequest } from 'ocellus/serving';

export default class Asker {
  async execute(request: ModelRequest, context: ModelContext) {
    const data = Int32Array.from({ length: 16 }, (_, i) => i);
    const inputs = ['INPUT0', 'INPUT1'].map((name) => ({ name, datatype: 'INT32' as const, shape: [1, 16], data: data.slice() }));
    const { outputs } = await context.infer('simple', inputs, { outputs: ['OUTPUT0'] });
    const [sum] = outputs;
    const values = sum && 'data' in sum ? Array.from(sum.data as Int32Array) : [];
    return answer({ TEXT: request.texts('TEXT').map((text) => text + ' ' + values.join('+')) }, { asked: 'simple', count: values.length });
  }
}
`;

/** A repository of what the tests of serving need: whole models and broken ones. */
export const SAMPLE_FILES: Readonly<Record<string, string | Uint8Array>> = Object.freeze({
  'simple/config.pbtxt': SIMPLE_CONFIG,
  'simple/labels.txt': Array.from({ length: 16 }, (_, i) => `label${i}`).join('\n'),
  'simple/1/model.onnx': addSub(),
  'auto/1/model.onnx': addSub('FP32'),
  'identity_bytes/config.pbtxt':
    'backend: "onnxruntime" input { name: "INPUT0" data_type: TYPE_STRING dims: -1 } output { name: "OUTPUT0" data_type: TYPE_STRING dims: -1 }',
  'identity_bytes/1/model.onnx': identity('BYTES', ['n']),
  'identity_fp32/config.json': JSON.stringify({
    backend: 'onnxruntime',
    input: [{ name: 'INPUT0', data_type: 'TYPE_FP32', dims: [-1, -1] }],
    output: [{ name: 'OUTPUT0', data_type: 'TYPE_FP32', dims: [-1, -1] }],
  }),
  'identity_fp32/1/model.onnx': identity('FP32', ['n', 'm']),
  'accumulator/config.pbtxt': `backend: "typescript" max_batch_size: 4
    input { name: "INPUT" data_type: TYPE_INT32 dims: 1 }
    output [ { name: "OUTPUT" data_type: TYPE_INT32 dims: 1 }, { name: "OPEN" data_type: TYPE_INT32 dims: 1 } ]
    instance_group { count: 1 kind: KIND_CPU }
    sequence_batching { max_sequence_idle_microseconds: 400000 ${SEQUENCE_CONTROLS} }`,
  'accumulator/1/model.ts': ACCUMULATOR,
  'repeat/config.pbtxt': `backend: "typescript"
    input { name: "IN" data_type: TYPE_INT32 dims: -1 }
    output { name: "OUT" data_type: TYPE_INT32 dims: 1 }
    model_transaction_policy { decoupled: true }`,
  'repeat/1/model.ts': REPEATER,
  'asker/config.yaml': `backend: typescript
input: [{ name: TEXT, data_type: TYPE_STRING, dims: [-1] }]
output: [{ name: TEXT, data_type: TYPE_STRING, dims: [-1] }]
`,
  'asker/1/model.ts': ASKER,
  'twice/config.pbtxt': `platform: "ensemble" max_batch_size: 8
    input { name: "A" data_type: TYPE_INT32 dims: 16 }
    input { name: "B" data_type: TYPE_INT32 dims: 16 }
    output { name: "SUM" data_type: TYPE_INT32 dims: 16 }
    output { name: "FIRST" data_type: TYPE_INT32 dims: 16 }
    ensemble_scheduling { step [
      { model_name: "simple" model_version: -1
        input_map { key: "INPUT0" value: "A" } input_map { key: "INPUT1" value: "B" } output_map { key: "OUTPUT0" value: "FIRST" } },
      { model_name: "simple" model_version: -1
        input_map { key: "INPUT0" value: "FIRST" } input_map { key: "INPUT1" value: "A" } output_map { key: "OUTPUT0" value: "SUM" } }
    ] }`,
  'twice/1/.keep': '',
  'asked_ensemble/config.pbtxt': `platform: "ensemble"
    input { name: "WORDS" data_type: TYPE_STRING dims: -1 }
    output { name: "ANSWER" data_type: TYPE_STRING dims: -1 }
    ensemble_scheduling { step [
      { model_name: "identity_bytes" model_version: -1 input_map { key: "INPUT0" value: "WORDS" } output_map { key: "OUTPUT0" value: "SAME" } },
      { model_name: "asker" model_version: -1 input_map { key: "TEXT" value: "SAME" } output_map { key: "TEXT" value: "ANSWER" } }
    ] }`,
  'asked_ensemble/1/.keep': '',
});
