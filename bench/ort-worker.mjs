// One bare onnxruntime-node session on ready tensors: the ceiling that the engine is measured against.
import { parentPort, workerData } from 'node:worker_threads';
import ort from 'onnxruntime-node';

const { model, input, shape, threads, spinning } = workerData;
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
});
const ready = new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(114), shape);
await session.run({ [input]: ready });
parentPort.postMessage('ready');
parentPort.on('message', async (runs) => {
  if (runs === 0) {
    await session.release();
    parentPort.close();
    return;
  }
  for (let i = 0; i < runs; i++) await session.run({ [input]: ready });
  parentPort.postMessage('done');
});
