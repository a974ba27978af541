import { availableParallelism } from 'node:os';
import type { Tensor } from 'ocellus/core';
import { inferRequest, type InferRequest } from 'ocellus/wire';
import { OnnxGraph } from '../dist/models/convert.js';
import { addSub, SIMPLE_CONFIG } from '../dist/serving/sample-models.test.support.js';

const FRAME = [480, 640, 3];
/** Bytes of a frame: what a camera of 640 x 480 gives. */
export const FRAME_BYTES = 921_600;
/** Sides of a layer, and how many there are: a batch of eight takes 5 to 20 ms on one core. */
const WIDE = 1024;
const LAYERS = 12;
/** Rows of a run of the heavy model. */
export const HEAVY_BATCH = 8;

/** A frame comes in, its shape goes out: what is measured is the way in. */
function frameModel(): Uint8Array {
  const graph = new OnnxGraph('frame');
  graph.node('Shape', [graph.input('FRAME', 'UINT8', FRAME)], {}, 'SHAPE');
  graph.output('SHAPE', 'INT64', [3]);
  return graph.toBytes();
}

/** Layers of dense weights. */
function heavyModel(): Uint8Array {
  const graph = new OnnxGraph('heavy');
  let last = graph.input('IN', 'FP32', ['batch', WIDE]);
  for (let layer = 0; layer < LAYERS; layer++) {
    const weights = new Float32Array(WIDE * WIDE).map((_, i) => (((i + layer) % 17) - 8) / 1000);
    last = graph.node(
      'MatMul',
      [last, graph.constant('FP32', [WIDE, WIDE], weights, `weights${layer}`)],
      {},
      layer === LAYERS - 1 ? 'OUT' : undefined,
    );
  }
  graph.output('OUT', 'FP32', ['batch', WIDE]);
  return graph.toBytes();
}

/** The repository that is served: files by path. */
export const servingModels = (): Readonly<Record<string, string | Uint8Array>> => ({
  'simple/config.pbtxt': SIMPLE_CONFIG.replace(' label_filename: "labels.txt"', ''),
  'simple/1/model.onnx': addSub(),
  'frame/config.pbtxt':
    'platform: "onnxruntime_onnx" input { name: "FRAME" data_type: TYPE_UINT8 dims: [ 480, 640, 3 ] } output { name: "SHAPE" data_type: TYPE_INT64 dims: 3 }',
  'frame/1/model.onnx': frameModel(),
  'heavy/config.pbtxt': `platform: "onnxruntime_onnx" max_batch_size: ${HEAVY_BATCH}
    input { name: "IN" data_type: TYPE_FP32 dims: ${WIDE} } output { name: "OUT" data_type: TYPE_FP32 dims: ${WIDE} }
    dynamic_batching { max_queue_delay_microseconds: 2000 } instance_group { count: ${availableParallelism()} kind: KIND_CPU }`,
  'heavy/1/model.onnx': heavyModel(),
});

/** The heavy model as a bare session is given it, with the batch of a full run. */
export const heavyInput = { input: 'IN', shape: [HEAVY_BATCH, WIDE] } as const;

/** Two rows of sixteen numbers. */
export function addSubRequest(): InferRequest {
  const input = (name: string): Tensor => ({ name, datatype: 'INT32', shape: [1, 16], data: new Int32Array(16).fill(1) });
  return inferRequest({ modelName: 'simple', inputs: [input('INPUT0'), input('INPUT1')] });
}

/** A frame in the message. */
export const frameRequest = (): InferRequest =>
  inferRequest({ modelName: 'frame', inputs: [{ name: 'FRAME', datatype: 'UINT8', shape: FRAME, data: new Uint8Array(FRAME_BYTES) }] });

/** A frame in shared memory. */
export const sharedFrameRequest = (region: string): InferRequest =>
  inferRequest({
    modelName: 'frame',
    inputs: [{ name: 'FRAME', datatype: 'UINT8', shape: FRAME, shared: { region, offsetBytes: 0, sizeBytes: FRAME_BYTES } }],
  });

/** One row of the heavy model. */
export const heavyRequest = (): InferRequest =>
  inferRequest({ modelName: 'heavy', inputs: [{ name: 'IN', datatype: 'FP32', shape: [1, WIDE], data: new Float32Array(WIDE).fill(1) }] });
