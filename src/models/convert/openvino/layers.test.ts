import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { elementCount } from '../../../core/index.js';
import { onnxRuntime } from '../../onnx/onnx-runtime.js';
import type { ModelRuntime } from '../../port.js';
import { convertOpenVino } from './convert-openvino.js';
import { IrBuilder } from './ir-builder.test.support.js';
import { LAYER_CASES } from './layer-cases.test.support.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-ir-'))));
after(() => rm(folder, { recursive: true }));

const near = (got: readonly number[], expected: readonly number[], what: string): void => {
  assert.equal(got.length, expected.length, what);
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs(got[at]! - value) <= 2e-5 * Math.max(1, Math.abs(value)), `${what}: ${got.join(', ')} instead of ${expected.join(', ')}`);
};

async function answer(runtime: ModelRuntime, shape: readonly number[], x: readonly number[]): Promise<number[]> {
  const [output] = await runtime.infer([{ name: 'x', datatype: 'FP32', shape, data: Float32Array.from(x) }]);
  return [...(output!.data as Float32Array)];
}

for (const { name, shape, x, build, expected } of LAYER_CASES) {
  test(`${name}: as OpenVINO, and three pictures at once as each of them alone`, async () => {
    const net = new IrBuilder();
    net.result(build(net, net.parameter('x', shape)));
    const path = join(folder, 'net.onnx');
    await writeFile(path, convertOpenVino(net.xml, net.bin));
    await using runtime = await onnxRuntime.open({ runtime: 'onnx', path }, {});
    near(await answer(runtime, shape, x), expected, name);
    assert.equal(runtime.spec.inputs[0]!.shape[0], -1, 'the batch is free');
    const pictures = [x, x.map((value) => value / 2 + 1), x.toReversed()];
    const alone: number[] = [];
    for (const picture of pictures) alone.push(...(await answer(runtime, shape, picture)));
    assert.equal(elementCount(shape), x.length);
    near(await answer(runtime, [3, ...shape.slice(1)], pictures.flat()), alone, `${name}, three at once`);
  });
}
