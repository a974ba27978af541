import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionFor, planInstances, resizedPlan } from './instance-plan.js';

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
  const two = planInstances('m', [{ count: 2 }]);
  assert.equal(resizedPlan('m', two, [{ count: 3 }]).length, 3);
  assert.equal(resizedPlan('m', two, [{ count: 1 }]).length, 1);
  assert.throws(() => resizedPlan('m', two, [{ count: 2, devices: [0] }]), { code: 'UNSUPPORTED', message: /load it again/ });
});

test('a number of instances keeps those there are and adds others like the first', () => {
  const plan = planInstances('m', [{ devices: [0, 1] }]);
  assert.deepEqual(
    resizedPlan('m', plan, 3).map(({ device }) => device),
    [0, 1, 0],
  );
  assert.deepEqual(resizedPlan('m', plan, 1), [plan[0]]);
  for (const count of [0, -1, 1.5, Number.NaN, Infinity])
    assert.throws(() => resizedPlan('m', plan, count), { code: 'INVALID_ARGUMENT', message: /wanted a whole number of 1 or more/ });
});
