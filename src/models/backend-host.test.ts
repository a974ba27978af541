import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import type { BackendRequest, BackendResult, OpenBackend } from './backend.js';
import { openModelHost } from './host.js';

/** A module whose `execute` is `body`, called with `requests` and `order`. */
const moduleOf = (body: string): string =>
  `data:text/javascript,${encodeURIComponent(`export const openRuntime = (order) => ({
    spec: { inputs: [], outputs: [] },
    async execute(requests) { ${body} },
    async onSequenceEnd(id, reason) { throw new Error(String(id) + reason); },
    async [Symbol.asyncDispose]() {},
  });`)}`;

const open = (path: string) => openModelHost({ name: 'm', weights: { runtime: 'module', path, settings: { by: 2 } } });
const ask = { inputs: [], answer: 'tensors' as const };

test('a module answers, ends without an answer, fails or puts off each request', async () => {
  await using host = await open(moduleOf(`return [{ outputs: [] }, undefined, new TypeError('no'), 'later', 'again'];`));
  const { results } = await host.execute(Array.from({ length: 5 }, () => ask));
  assert.deepEqual(results, [
    { outputs: [], answers: [] },
    { outputs: [], answers: [], empty: true },
    { fault: { code: 'UNKNOWN', message: 'no' } },
    { pending: 'later' },
    { pending: 'again' },
  ]);
});

test('a module sees what the request says and what it was opened with', async () => {
  await using host = await open(
    moduleOf(`return requests.map(({ id, parameters, several }) =>
      ({ outputs: [], parameters: new Map([['is', [order.name, order.instance, order.weights.settings.by, id, parameters.size, several].join()]]) }));`),
  );
  const context = { id: 'a', parameters: new Map([['x', true]]), priority: 0, timeoutMs: 0, several: true };
  const { results } = await host.execute([ask, { ...ask, context }]);
  assert.deepEqual(
    results.map((result) => 'outputs' in result && result.parameters?.get('is')),
    ['m,0,2,,0,false', 'm,0,2,a,1,true'],
  );
});

test('what execute throws, or a wrong number of results, fails the whole batch and leaves the instance', async () => {
  for (const [body, pattern] of [
    [`throw new Error('broken')`, /broken/],
    ['return []', /0 results for 2 requests/],
  ] as const) {
    await using host = await open(moduleOf(body));
    const { results } = await host.execute([ask, ask]);
    for (const result of results) assert.match('fault' in result ? result.fault.message : '', pattern);
  }
});

test('the end of a sequence never fails', async () => {
  await using host = await open(moduleOf('return []'));
  await host.endSequence!(7n, 'idle');
});

test('modules that cannot be opened say why', async () => {
  for (const [path, code, pattern] of [
    ['backend.js', 'CONFIG_INVALID', /is no URL/],
    ['file:///nowhere/backend.js', 'NOT_FOUND', /does not load/],
    ['data:text/javascript,export const x = ;', 'INPUT_CORRUPT', /does not load/],
    ['data:text/javascript,export const x = 1', 'CONFIG_INVALID', /no function openRuntime/],
    [`data:text/javascript,export const openRuntime = () => { throw new Error('no face.csv') }`, 'UNKNOWN', /no face\.csv/],
  ] as const)
    await assert.rejects(open(path), { name: 'Fault', code, message: pattern });
  const picture = { input: 'x', fit: { mode: 'stretch', size: { width: 1, height: 1 }, order: 'rgb', layout: 'planar', pad: 0 }, mean: [], std: [] };
  await assert.rejects(openModelHost({ name: 'm', weights: { runtime: 'module', path: moduleOf('') }, picture } as never), {
    code: 'CONFIG_INVALID',
  });
});

test('outside of an engine there is nobody to ask, and one answer a request', async () => {
  const results: unknown[] = [];
  const openRuntime: OpenBackend = ({ ask: question }) => ({
    spec: { inputs: [], outputs: [] },
    async execute(requests: readonly BackendRequest[]): Promise<readonly BackendResult[]> {
      for (const work of [() => question('who?'), () => requests[0]!.respond({ outputs: [] }), async () => requests[0]!.finish()])
        results.push(await work().catch((error: unknown) => error));
      return [undefined];
    },
    async [Symbol.asyncDispose]() {},
  });
  Object.assign(globalThis, { openRuntimeOfTest: openRuntime });
  await using host = await open('data:text/javascript,export const openRuntime = globalThis.openRuntimeOfTest');
  await host.execute([ask]);
  assert.ok(results.every((error) => error instanceof Fault && error.code === 'FAILED_PRECONDITION'));
});
