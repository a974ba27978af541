import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from 'ocellus/core';
import { createModelServer, type ModelServer } from 'ocellus/serving';
import { inferRequest, type InferResponse } from 'ocellus/wire';
import { writeFiles } from '../dist/serving/sample-models.test.support.js';
import { PYTHON, needsModules } from './python.js';

const needsPython = needsModules('numpy', 'numpy');
const interpreter = `parameters { key: "python" value { string_value: "${PYTHON}" } }`;
const HEAD = 'import json, os\nimport numpy as np\nimport triton_python_backend_utils as pb_utils\n\nclass TritonPythonModel:\n';
const IO = 'input { name: "IN" data_type: TYPE_FP32 dims: -1 } output { name: "OUT" data_type: TYPE_FP32 dims: -1 }';

const FILES = {
  'scale/config.pbtxt': `backend: "python" max_batch_size: 8 ${IO} parameters { key: "by" value { string_value: "3" } } ${interpreter}`,
  'scale/1/model.py': `${HEAD}
    def initialize(self, args):
        self.by = float(json.loads(args["model_config"])["parameters"]["by"]["string_value"])
        assert args["model_name"] == "scale" and args["model_version"] == "1"

    def execute(self, requests):
        responses = []
        for request in requests:
            values = pb_utils.get_input_tensor_by_name(request, "IN").as_numpy()
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("OUT", values * np.float32(self.by))]))
        return responses
`,
  'words/config.pbtxt': `backend: "python" ${interpreter}`,
  'words/1/model.py': `${HEAD}
    @staticmethod
    def auto_complete_config(config):
        config.add_input({"name": "TEXT", "data_type": "TYPE_STRING", "dims": [-1]})
        config.add_output({"name": "TEXT", "data_type": "TYPE_STRING", "dims": [-1]})
        return config

    def execute(self, requests):
        responses = []
        for request in requests:
            words = pb_utils.get_input_tensor_by_name(request, "TEXT").as_numpy()
            text = np.array([word.decode() + "!" for word in words], dtype=np.object_)
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("TEXT", text)], parameters={"id": request.request_id()}))
        return responses
`,
  'moody/config.pbtxt': `backend: "python" ${IO} ${interpreter}`,
  'moody/1/model.py': `${HEAD}
    def execute(self, requests):
        mood = int(requests[0].inputs()[0].as_numpy()[0])
        if mood == 1:
            raise ValueError("thrown on purpose")
        if mood == 2:
            return []
        if mood == 3:
            os.kill(os.getpid(), 9)
        if mood == 4:
            return [pb_utils.InferenceResponse(error=pb_utils.TritonError("not here", pb_utils.TritonError.NOT_FOUND))]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("OUT", np.array([os.getpid()], dtype=np.float32))])]
`,
  'count/config.pbtxt': `backend: "python" ${IO} model_transaction_policy { decoupled: true } ${interpreter}`,
  'count/1/model.py': `${HEAD}
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            for value in request.inputs()[0].as_numpy():
                sender.send(pb_utils.InferenceResponse([pb_utils.Tensor("OUT", np.array([value], dtype=np.float32))]))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
`,
  'asks/config.pbtxt': `backend: "python" ${IO} ${interpreter}`,
  'asks/1/model.py': `${HEAD}
    def execute(self, requests):
        responses = []
        for request in requests:
            values = request.inputs()[0].as_numpy().reshape(1, -1)
            inner = pb_utils.InferenceRequest(model_name="scale", inputs=[pb_utils.Tensor("IN", values)], requested_output_names=["OUT"])
            response = inner.exec()
            if response.has_error():
                raise pb_utils.TritonModelException(response.error().message())
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("OUT", response.output_tensors()[0].as_numpy()[0] + 1)]))
        return responses
`,
  'broken/config.pbtxt': `backend: "python" ${IO} ${interpreter}`,
  'broken/1/model.py': 'import nothing_of_that_name\n',
};

let folder = '';
let server: ModelServer;
const shared = (): string[] => (existsSync('/dev/shm') ? readdirSync('/dev/shm').filter((name) => name.startsWith('ocellus-python-')) : []);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-python-'));
  if (needsPython.skip === false) await writeFiles(folder, FILES);
  server = await createModelServer({ repositories: [folder] });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const floats = (...values: number[]): Tensor => ({ name: 'IN', datatype: 'FP32', shape: [values.length], data: Float32Array.from(values) });
const ask = (modelName: string, ...values: number[]): Promise<InferResponse> =>
  server.infer(inferRequest({ modelName, inputs: [floats(...values)] }));
const numbersOf = ({ outputs }: InferResponse): number[] => Array.from((outputs[0] as Tensor).data as Float32Array);

test('a model.py answers, batches included, and large tensors leave nothing behind', needsPython, async () => {
  const row = (value: number, width: number): Tensor => ({ ...floats(), shape: [1, width], data: new Float32Array(width).fill(value) }) as Tensor;
  const answers = await Promise.all([1, 2, 3].map((value) => server.infer(inferRequest({ modelName: 'scale', inputs: [row(value, 2)] }))));
  assert.deepEqual(answers.map(numbersOf), [
    [3, 3],
    [6, 6],
    [9, 9],
  ]);
  const large = numbersOf(await server.infer(inferRequest({ modelName: 'scale', inputs: [row(0.5, 300_000)] })));
  assert.equal(large.length, 300_000);
  assert.ok(large.every((value) => value === 1.5));
  assert.deepEqual(shared(), []);
});

test('its configuration may come from the code, and texts and parameters travel', needsPython, async () => {
  const data = ['so', 'größer'].map((text) => new TextEncoder().encode(text));
  const response = await server.infer(inferRequest({ modelName: 'words', id: '7', inputs: [{ name: 'TEXT', datatype: 'BYTES', shape: [2], data }] }));
  const texts = (response.outputs[0] as Tensor & { readonly data: readonly Uint8Array[] }).data.map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([texts, response.parameters.get('id')], [['so!', 'größer!'], '7']);
});

test('what the code raises is the answer, with the line', needsPython, async () => {
  await assert.rejects(
    ask('moody', 1),
    /Failed to process the request\(s\) for model 'moody_0', message: ValueError: thrown on purpose\n\nAt:\n {2}.*moody\/1\/model\.py\(\d+\): execute/,
  );
  await assert.rejects(ask('moody', 2), /Expected a list of 1 responses from execute, got 0/);
  await assert.rejects(ask('moody', 4), { code: 'NOT_FOUND', message: /not here/ });
  const rows = await server.index(false);
  assert.match(rows.find(({ name }) => name === 'broken')!.reason, /ModuleNotFoundError: No module named 'nothing_of_that_name'/);
});

test('a process that is killed in a request fails that request, and the next has another', needsPython, async () => {
  const [before] = numbersOf(await ask('moody', 0));
  await assert.rejects(ask('moody', 3), {
    code: 'UNAVAILABLE',
    message: /ended by SIGKILL in the middle of this request; the next one starts another/,
  });
  const [now] = numbersOf(await ask('moody', 0));
  assert.notEqual(now, before);
});

test('a decoupled model sends as many answers as it likes', needsPython, async () => {
  const seen: unknown[] = [];
  for await (const { response, final } of server.stream(inferRequest({ modelName: 'count', inputs: [floats(4, 2, 8)] })))
    seen.push(final ? 'final' : numbersOf(response)[0]);
  assert.deepEqual(seen, [4, 2, 8, 'final']);
});

test('a model asks another model', needsPython, async () => {
  assert.deepEqual(numbersOf(await ask('asks', 1, 2)), [4, 7]);
});
