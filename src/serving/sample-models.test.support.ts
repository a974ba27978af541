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
});
