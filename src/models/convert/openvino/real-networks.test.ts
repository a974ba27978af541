import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { elementCount, type Tensor } from '../../../core/index.js';
import { asset, needs } from '../../../testing/assets.js';
import { onnxRuntime } from '../../onnx/onnx-runtime.js';
import type { ModelRuntime } from '../../port.js';
import { convertOpenVino } from './convert-openvino.js';

/** Networks of the Open Model Zoo, beside the development assets in `openvino/`; the zoo's sources say where they can be had. */
const files = (name: string): [string, string] => [`openvino/${name}.xml`, `openvino/${name}.bin`];

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'ocellus-omz-'))));
after(() => rm(folder, { recursive: true }));

async function openConverted(name: string): Promise<ModelRuntime> {
  const [xml, bin] = files(name);
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, convertOpenVino(await readFile(asset(xml)), await readFile(asset(bin))));
  return onnxRuntime.open({ runtime: 'onnx', path }, {});
}

/** One picture for each input, the same every time; `turn` tells pictures apart. Other inputs get three angles. */
function inputsOf({ spec }: ModelRuntime, turn = 0): Tensor[] {
  return spec.inputs.map(({ name, shape }) => {
    const one = [1, ...shape.slice(1)];
    const picture = Float32Array.from({ length: elementCount(one) }, (_, at) => ((at + turn * 37) * 7) % 253);
    return { name, datatype: 'FP32', shape: one, data: one.length === 4 ? picture : Float32Array.of(10, -5 - turn, 3) };
  });
}

/** Largest difference, as a part of the largest number. */
function difference(got: Tensor, expected: ArrayLike<number>): number {
  const values = got.data as Float32Array;
  let [most, size] = [0, 1e-6];
  for (let at = 0; at < expected.length; at++) {
    most = Math.max(most, Math.abs(values[at]! - expected[at]!));
    size = Math.max(size, Math.abs(expected[at]!));
  }
  return most / size;
}

const named = (outputs: readonly Tensor[], name: string): Tensor =>
  outputs.find((output) => output.name === name) ?? assert.fail(`no output ${name}`);

/** What OpenVINO 2026.4.1 answers on a CPU in FP32. */
const REFERENCES: readonly (readonly [network: string, output: string, numbers: readonly number[]])[] = [
  ['head-pose-estimation-adas-0001', 'angle_r_fc', [-2.906211]],
  ['head-pose-estimation-adas-0001', 'angle_p_fc', [5.959791]],
  ['head-pose-estimation-adas-0001', 'angle_y_fc', [-0.331778]],
  ['gaze-estimation-adas-0002', 'gaze_vector', [0.180491, 0.106104, -0.921119]],
  ['vehicle-attributes-recognition-barrier-0039', 'type', [0.718022, 0.281948, 1.4e-5, 1.6e-5]],
  ['vehicle-attributes-recognition-barrier-0039', 'color', [0.001977, 0.005807, 0.017327, 0.690402, 0.264967, 0.017948, 0.001571]],
  ['person-attributes-recognition-crossroad-0230', '453', [0.455322, 0.224368, 0.033253, 0.047907, 0.193715, 0.342533, 0.210113, 0.081443]],
  ['landmarks-regression-retail-0009', '95', [0.308647, 0.285058, 0.784002, 0.329589, 0.521445, 0.584926, 0.248874, 0.741377, 0.686025, 0.794253]],
  ['person-reidentification-retail-0287', 'reid_embedding', [-0.364322, -0.580036, 0.138726, -0.505642, -0.286463, -0.529533, 0.346817, 1.023679]],
];

for (const [network, output, numbers] of REFERENCES) {
  test(`${network}, ${output}: as OpenVINO`, needs(...files(network)), async () => {
    await using runtime = await openConverted(network);
    const answer = named(await runtime.infer(inputsOf(runtime)), output);
    assert.ok(difference(answer, numbers) < 1e-4, (answer.data as Float32Array).slice(0, numbers.length).join(', '));
  });
}

/** Networks of which a conversion by other means is at hand. */
const CONVERTED = [
  'person-vehicle-bike-detection-2000',
  'person-vehicle-bike-detection-2002',
  'vehicle-attributes-recognition-barrier-0039',
  'person-attributes-recognition-crossroad-0230',
  'person-reidentification-retail-0287',
  'face-detection-retail-0004',
  'landmarks-regression-retail-0009',
  'head-pose-estimation-adas-0001',
  'gaze-estimation-adas-0002',
];

for (const network of CONVERTED) {
  test(`${network}: as an independent conversion`, needs(...files(network), `models/${network}.onnx`), async () => {
    await using runtime = await openConverted(network);
    await using other = await onnxRuntime.open({ runtime: 'onnx', path: asset(`models/${network}.onnx`) }, {});
    const inputs = inputsOf(runtime, 5);
    const answers = await runtime.infer(inputs);
    for (const expected of await other.infer(inputs))
      assert.ok(difference(named(answers, expected.name), expected.data as Float32Array) < 1e-5, expected.name);
  });
}

for (const network of [...CONVERTED, 'license-plate-recognition-barrier-0007', 'vehicle-detection-0200']) {
  test(`${network}: three pictures at once as each of them alone`, needs(...files(network)), async () => {
    await using runtime = await openConverted(network);
    const pictures = [0, 1, 2].map((turn) => inputsOf(runtime, turn));
    const together = pictures[0]!.map((input, at): Tensor => {
      const data = Float32Array.from(pictures.flatMap((picture) => [...(picture[at]!.data as Float32Array)]));
      return { ...input, shape: [3, ...input.shape.slice(1)], data } as Tensor;
    });
    const answers = await runtime.infer(together);
    for (const [turn, picture] of pictures.entries())
      for (const alone of await runtime.infer(picture)) {
        const { data, shape } = named(answers, alone.name);
        assert.equal(shape[0], 3);
        const row = { ...alone, data: (data as Float32Array).subarray(turn * alone.data.length, (turn + 1) * alone.data.length) } as Tensor;
        assert.ok(difference(row, alone.data as Float32Array) < 1e-5, `${alone.name}, picture ${turn}`);
      }
  });
}
