import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { converterFor } from './converters.js';
import { describeOnnx } from './onnx-description.js';
import { IrBuilder } from './openvino/ir-builder.test.support.js';

test('an .xml is OpenVINO, with its .bin beside it; one that is missing is told by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-converters-'));
  try {
    const net = new IrBuilder(11);
    const x = net.parameter('x', [1, 4]);
    net.result(net.layer('ReLU', [x], { name: 'y', shape: [1, 4] }));
    const path = join(folder, 'net.XML');
    await writeFile(path, net.xml);
    const converter = converterFor(path);
    assert.equal(converter.format, 'openvino');
    await assert.rejects(converter.convert(path, {}), { code: 'NOT_FOUND', message: /net\.bin, which .*net\.XML names, does not exist/ });
    await writeFile(join(folder, 'net.bin'), net.bin);
    const { inputs, outputs } = describeOnnx(await converter.convert(path, {}));
    assert.deepEqual([inputs[0]?.name, outputs[0]?.name], ['x', 'y']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a file of another kind is refused with the kinds that are known', () => {
  assert.throws(() => converterFor('net.pt'), { code: 'UNSUPPORTED', message: /net\.pt: there is no converter .*tfjs.*openvino/ });
});
