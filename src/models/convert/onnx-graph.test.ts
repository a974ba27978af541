import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { OnnxGraph } from './onnx-graph.js';
import { ModelSchema } from './onnx_pb.js';

function sample(): OnnxGraph {
  const graph = new OnnxGraph('sample');
  const input = graph.input('input', 'FP32', ['N', -1, 0]);
  const scaled = graph.node('Mul', [input, graph.float(2)], { axis: 0, ratio: { float: 0 }, mode: 'a', list: [1, -2], absent: undefined });
  graph.output(graph.node('Add', [scaled, graph.float(2)], {}, 'output'), 'FP32');
  return graph;
}

test('the same calls give the same bytes', () => {
  assert.deepEqual(sample().toBytes(), sample().toBytes());
});

test('what was written can be read: sizes by number and name, attributes of every kind, zeros included', () => {
  const { graph, opsetImport, irVersion } = fromBinary(ModelSchema, sample().toBytes());
  assert.equal(irVersion, 7n);
  assert.equal(opsetImport[0]!.version, 13n);
  const type = graph!.input[0]!.type!.value.value!;
  assert.deepEqual(
    type.shape!.dim.map(({ value }) => value.value),
    ['N', undefined, 0n],
  );
  assert.deepEqual(
    graph!.node[0]!.attribute.map(({ name, i, f, s, ints }) => [name, i ?? f ?? (s && new TextDecoder().decode(s)) ?? ints]),
    [
      ['axis', 0n],
      ['ratio', 0],
      ['mode', 'a'],
      ['list', [1n, -2n]],
    ],
  );
  assert.equal(graph!.output[0]!.type!.value.value!.shape, undefined);
});

test('equal small constants are stored once, those with names as often as named', () => {
  const graph = new OnnxGraph('constants');
  assert.equal(graph.ints([1, 2]), graph.ints([1, 2]));
  assert.notEqual(graph.ints([1]), graph.ints(1));
  assert.notEqual(graph.float(1), graph.constant('FP32', [], Float32Array.of(1), 'mine'));
  assert.equal(fromBinary(ModelSchema, graph.toBytes()).graph!.initializer.length, 5);
});
