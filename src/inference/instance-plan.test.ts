import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionFor, planInstances, sameKind } from './instance-plan.js';

test('groups become instances in their order, `count` for each device', () => {
  const plan = planInstances('m', [{ count: 2 }, { devices: [0, 3] }, { count: 2, devices: [1], providers: ['tensorrt', 'cuda'] }]);
  assert.deepEqual(
    plan.map(({ providers, device }) => `${providers?.join() ?? '-'} ${device ?? '-'}`),
    ['- -', '- -', 'cuda 0', 'cuda 3', 'tensorrt,cuda 1', 'tensorrt,cuda 1'],
  );
});

test('a definition is opened with the providers and the device of its instance', () => {
  const definition = { name: 'm', weights: { runtime: 'onnx', path: '/m.onnx' }, options: { threads: 2, providers: ['cpu'] } };
  const [plain, gpu] = planInstances('m', [{}, { devices: [1] }]);
  assert.equal(definitionFor(definition, plain!), definition);
  assert.deepEqual(definitionFor(definition, gpu!).options, { threads: 2, providers: ['cuda'], device: 1 });
});

test('counts that are none are refused', () => {
  for (const group of [{ count: 0 }, { ratePriority: 0 }, { resources: [{ name: 'R', count: 0 }] }])
    assert.throws(() => planInstances('m', [group]), { code: 'INVALID_ARGUMENT', message: /model "m": instanceGroups/ });
  assert.throws(() => planInstances('m', []), { code: 'INVALID_ARGUMENT' });
});

test('a plan becomes another by opening or closing some when what they share is alike', () => {
  const [two, three] = [planInstances('m', [{ count: 2 }]), planInstances('m', [{ count: 3 }])];
  assert.deepEqual([sameKind(two, three), sameKind(three, two)], [true, true]);
  assert.equal(sameKind(two, planInstances('m', [{ count: 2, devices: [0] }])), false);
});
