import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, type Tensor } from '../../core/index.js';
import { createMedia } from '../../media/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { readNpy, writeNpy } from './npy.js';
import { readInputs, type InputSpec } from './read-input.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-infer-'));
});
after(() => rm(folder, { recursive: true }));

const SAMPLES: readonly Tensor[] = [
  { name: '', datatype: 'FP32', shape: [2, 1], data: Float32Array.of(1.5, -2) },
  { name: '', datatype: 'INT64', shape: [3], data: BigInt64Array.of(1n, -(2n ** 60n), 0n) },
  { name: '', datatype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) },
  { name: '', datatype: 'FP16', shape: [], data: Uint16Array.of(0x3c00) },
  { name: '', datatype: 'UINT8', shape: [0, 3], data: new Uint8Array(0) },
  { name: '', datatype: 'BYTES', shape: [2], data: ['ü', 'long'].map((text) => new TextEncoder().encode(text)) },
];

test('.npy files are read as they were written', () => {
  for (const tensor of SAMPLES) {
    const bytes = writeNpy(tensor);
    assert.deepEqual(readNpy(bytes, 'x.npy'), tensor, tensor.datatype);
    assert.equal(bytes.indexOf(10) % 64, 63, 'the data begins at a multiple of 64 bytes');
  }
});

/** What `numpy.save` writes for `numpy.array(['ab', 'ü'])` (NumPy 1.26). */
const UNICODE = Buffer.concat([
  Buffer.from("\x93NUMPY\x01\x00v\x00{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }".padEnd(127) + '\n', 'latin1'),
  Buffer.from(Uint32Array.of(97, 98, 252, 0).buffer),
]);

test("NumPy's own texts become BYTES; what has no datatype, or another order, is refused", () => {
  const { datatype, data } = readNpy(UNICODE, 'x.npy');
  assert.deepEqual([datatype, (data as Uint8Array[]).map((bytes) => new TextDecoder().decode(bytes))], ['BYTES', ['ab', 'ü']]);
  const head = (descr: string, order = 'False') => Buffer.from(`\x93NUMPY\x01\x00\x76\x00{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (1,), }`.padEnd(127) + '\n', 'latin1'); // prettier-ignore
  assert.throws(() => readNpy(head('<c8'), 'x.npy'), { code: 'UNSUPPORTED', message: /type <c8/ });
  assert.throws(() => readNpy(head('>f4'), 'x.npy'), { code: 'UNSUPPORTED', message: /big-endian/ });
  assert.throws(() => readNpy(head('<f4', 'True'), 'x.npy'), { code: 'UNSUPPORTED', message: /Fortran/ });
  assert.throws(() => readNpy(head('<f4'), 'x.npy'), { code: 'INPUT_CORRUPT', message: /takes 4 bytes, but 0 follow/ });
});

test('damaged .npy files end in a fault or a tensor, never otherwise', () => {
  const next = random(3);
  for (const tensor of SAMPLES)
    for (const damaged of mutations(writeNpy(tensor), 300, next))
      try {
        readNpy(damaged, 'x.npy');
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
      }
});

const spec = (datatype: InputSpec['datatype'], shape: readonly number[], batched = false): InputSpec => ({ name: 'x', datatype, shape, batched });

async function read(words: string, of: InputSpec, shapes: Readonly<Record<string, readonly number[]>> = {}, divisor = 1): Promise<Tensor> {
  const [tensor] = await readInputs({ x: words }, [of], { cwd: folder, shapes, divisor });
  return tensor!;
}

test('values on the command line fill what the model leaves open', async () => {
  assert.deepEqual(await read('1,2,3,4', spec('FP32', [-1, 2], true)), { name: 'x', datatype: 'FP32', shape: [1, 2].with(0, 2), data: Float32Array.of(1, 2, 3, 4) }); // prettier-ignore
  assert.deepEqual((await read('[[1,2],[3,4]]', spec('INT32', [-1, 2]))).shape, [2, 2]);
  assert.deepEqual((await read('9223372036854775807', spec('INT64', [1]))).data, BigInt64Array.of(2n ** 63n - 1n));
  const texts = await read('a,b', spec('BYTES', [-1]));
  assert.deepEqual([texts.shape, texts.data.length], [[2], 2]);
  await assert.rejects(read('1,2,3', spec('FP32', [-1, -1])), { code: 'INVALID_ARGUMENT', message: /give --shape x:/ });
  await assert.rejects(read('1,2,3', spec('FP32', [2])), { message: /shape does not match|Shape does not match/ });
  await assert.rejects(readInputs({ y: '1' }, [spec('FP32', [1])], { cwd: folder, shapes: {}, divisor: 1 }), {
    message: 'the model has no input "y"; it has x',
  });
});

test('files: arrays, JSON, bytes as they are, and pictures in the size and layout of the input', async () => {
  await writeFile(join(folder, 'a.npy'), writeNpy(SAMPLES[0]!));
  await writeFile(join(folder, 'a.json'), '[[1, 2], [3, 4]]');
  const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => [200, 100, 50][i % 3]!);
  await writeFile(join(folder, 'a.png'), await createMedia().encodeImage({ size: { width: 16, height: 16 }, rgb }, { type: 'png' }));
  assert.deepEqual((await read('@a.npy', spec('FP32', [-1, 2, 1], true))).shape, [1, 2, 1]);
  await assert.rejects(read('@a.npy', spec('INT32', [2, 1])), { message: 'a.npy holds FP32, but input "x" is INT32; save a.astype(...)' });
  assert.deepEqual((await read('@a.json', spec('UINT8', [-1, 2]))).data, Uint8Array.of(1, 2, 3, 4));
  const bytes = await read('@a.png', spec('BYTES', [-1, 1], true));
  assert.deepEqual([bytes.shape, (bytes.data[0] as Uint8Array)[1]], [[1, 1], 0x50]);
  const packed = await read('@a.png', spec('UINT8', [8, 8, 3]));
  assert.deepEqual([packed.shape, packed.data.length], [[8, 8, 3], 192]);
  const planar = await read('@a.png', spec('FP32', [-1, 3, -1, -1], true), { x: [3, 4, 4] }, 255);
  assert.deepEqual(planar.shape, [1, 3, 4, 4]);
  for (const [channel, value] of [200, 100, 50].entries())
    assert.ok(Math.abs((planar.data[channel * 16] as number) - value / 255) < 0.02, `channel ${channel}`);
  await assert.rejects(read('@a.png', spec('FP32', [7])), { message: /which is no picture/ });
  await assert.rejects(read('@none.npy', spec('FP32', [7])), { code: 'NOT_FOUND', message: /--input x: cannot read/ });
});
