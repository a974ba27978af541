import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { OnnxGraph } from '../models/convert.js';
import type { ModelDefinition } from '../models/index.js';
import { type RunScript, engineConformance } from './conformance.js';
import { createEngine } from './engine.js';
import type { Placement } from './port.js';

const fake = ({ delayMs = 0, failOn = [] }: RunScript = {}): ModelDefinition => ({
  name: 'plus-one',
  weights: { runtime: 'fake', path: `fake:add?shape=-1,4&delayMs=${delayMs}&failOn=${failOn.join()}` },
});

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-engine-'));
  const graph = new OnnxGraph('plus-one');
  graph.output(graph.node('Add', [graph.input('input', 'FP32', [-1, 4]), graph.float(1)], {}, 'output'), 'FP32', [-1, 4]);
  await writeFile(join(folder, 'plus-one.onnx'), graph.toBytes());
});
after(() => rm(folder, { recursive: true }));

const onnx = (): ModelDefinition => ({ name: 'plus-one', weights: { runtime: 'onnx', path: join(folder, 'plus-one.onnx') } });

for (const placement of ['inline', 'thread', 'process'] as const satisfies readonly Placement[]) {
  engineConformance(`${placement}, fake`, { create: createEngine, host: { placement }, add: fake, scripted: fake });
  engineConformance(`${placement}, onnx`, { create: createEngine, host: { placement }, add: onnx });
}
