import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Datatype, fail, type Tensor } from '../../core/index.js';
import { openKserveServer, type KserveTestServer, type ServedModel } from '../../testing/kserve-server.js';
import { type ConformanceGraph, runtimeConformance } from '../conformance.js';
import { createFakeModel, parseFake } from '../fake.js';
import { openModelHost } from '../host.js';
import { parseEngineUrl } from './engine-url.js';
import { remoteRuntime, remoteWeights } from './remote-runtime.js';

const servers: KserveTestServer[] = [];
after(() => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())));

function served(graph: ConformanceGraph): ServedModel {
  const fake = createFakeModel({ ...parseFake(`fake:${graph.operation}`), datatype: graph.datatype, shape: graph.shape });
  return { ...fake.spec, infer: ({ inputs }) => fake.infer(inputs as readonly Tensor[]) };
}

for (const scheme of ['kserve', 'kserve+http'] as const)
  runtimeConformance(scheme, {
    adapter: remoteRuntime,
    async weightsFor(graph) {
      const server = await openKserveServer({ net: served(graph) });
      servers.push(server);
      return { runtime: 'kserve', path: `${scheme}://${scheme === 'kserve' ? server.grpc : server.http}/net` };
    },
  });

test('addresses: both protocols, TLS, a version; and what is none, with what to write', () => {
  assert.deepEqual(parseEngineUrl('kserve://host:8001/a%2Fb/2'), { protocol: 'grpc', server: 'http://host:8001', model: 'a/b', version: '2' });
  assert.deepEqual(parseEngineUrl('kserve+https://[::1]:8000'), { protocol: 'http', server: 'https://[::1]:8000', model: '', version: '' });
  for (const url of ['kserve:/host', 'kserve:///model', 'http://host/model', 'kserve://u:p@host/m', 'kserve://host/m/x', 'kserve://host/m/1/2'])
    assert.throws(() => parseEngineUrl(url), { code: 'CONFIG_INVALID', message: /write kserve:\/\/host:8001\/model/ }, url);
  assert.equal(remoteWeights('kserve://host:1/', 'my model').path, 'kserve://host:1/my%20model');
  assert.equal(remoteWeights('kserve://host:1/own/2', 'other').path, 'kserve://host:1/own/2');
});

test('what a server refuses names the address, and a model that it lacks is told on opening', async () => {
  await using server = await openKserveServer({
    net: {
      inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 1] }],
      outputs: [],
      infer: () => fail('UNAVAILABLE', 'Exceeds maximum queue size'),
    },
  });
  await assert.rejects(openModelHost({ name: 'm', weights: remoteWeights(`kserve://${server.grpc}`, 'nte') }), {
    code: 'NOT_FOUND',
    message: `kserve://${server.grpc}/nte: Request for unknown model: 'nte' is not found`,
  });
  await using host = await openModelHost({ name: 'm', weights: remoteWeights(`kserve+http://${server.http}`, 'net') });
  const input: Tensor = { name: 'input', datatype: 'FP32' satisfies Datatype, shape: [1, 1], data: new Float32Array(1) };
  const { results } = await host.execute([{ inputs: [input], answer: 'tensors' }]);
  assert.deepEqual(results, [{ fault: { code: 'UNAVAILABLE', message: `kserve+http://${server.http}/net: Exceeds maximum queue size` } }]);
});
