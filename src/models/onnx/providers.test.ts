import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { firstThatWorks, reasonNotToTry, reasonOfFailure } from './providers.js';

// As onnxruntime-node 1.30.0 answers on linux-x64.
const KNOWN = [
  { name: 'cpu', bundled: true },
  { name: 'webgpu', bundled: true },
  { name: 'cuda', bundled: false },
];

test('a provider is tried when it is bundled, or its library was put there later', () => {
  assert.equal(
    reasonNotToTry('cpu', KNOWN, () => false),
    undefined,
  );
  assert.equal(
    reasonNotToTry('cuda', KNOWN, () => true),
    undefined,
  );
  assert.match(
    reasonNotToTry('cuda', KNOWN, () => false)!,
    /not in the npm package.*npm rebuild/,
  );
  assert.match(
    reasonNotToTry('coreml', KNOWN, () => true)!,
    /it knows cpu, webgpu, cuda/,
  );
});

test('a failure names what is usually missing and keeps the original words in one line', () => {
  const error = new Error(
    '/onnxruntime_src/onnxruntime/core/x.cc:136 Initialize()::<lambda()> status == Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
  );
  const reason = reasonOfFailure('webgpu', error);
  assert.match(reason, /libvulkan1\) \(Failed to get a WebGPU adapter: No supported adapters\)$/);
  assert.doesNotMatch(reason, /onnxruntime_src|\n/);
  assert.equal(reasonOfFailure('cpu', new Error('out of luck')), 'out of luck');
});

test('the first that works is taken, later ones are not tried', async () => {
  const tried: string[] = [];
  const { session, attempts } = await firstThatWorks(
    'a.onnx',
    ['cuda', 'webgpu', 'cpu', 'xnnpack'],
    (provider) => (provider === 'cuda' ? 'not bundled' : undefined),
    async (provider) => {
      tried.push(provider);
      if (provider === 'webgpu') throw new Error('no GPU');
      return `session on ${provider}`;
    },
  );
  assert.equal(session, 'session on cpu');
  assert.deepEqual(tried, ['webgpu', 'cpu']);
  assert.deepEqual(attempts, [
    { provider: 'cuda', taken: false, reason: 'not bundled' },
    { provider: 'webgpu', taken: false, reason: 'no GPU' },
    { provider: 'cpu', taken: true },
    { provider: 'xnnpack', taken: false, reason: 'not needed: cpu works' },
  ]);
});

test('when none works every reason is told; a broken file stops the search', async () => {
  const none = firstThatWorks(
    'a.onnx',
    ['cuda', 'webgpu'],
    () => undefined,
    async (provider) => Promise.reject(new Error(`${provider} is ill`)),
  );
  await assert.rejects(none, { code: 'UNSUPPORTED', message: 'a.onnx: no execution provider works. cuda: cuda is ill; webgpu: webgpu is ill' });
  const broken = new Fault('INPUT_CORRUPT', 'a.onnx is no model');
  const stopped = firstThatWorks(
    'a.onnx',
    ['cuda', 'cpu'],
    () => undefined,
    async () => Promise.reject(broken),
  );
  await assert.rejects(stopped, broken);
});
