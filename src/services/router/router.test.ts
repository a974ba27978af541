import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { FakeClock, Fault } from '../../core/index.js';
import { inferRequest, NO_CONTROLS, type InferControls, type InferRequest } from '../../wire/index.js';
import { createRouter, type Router } from './router.js';
import { ScriptedServer } from './scripted-server.test.support.js';

async function routerOf(t: TestContext, names: readonly string[] = ['a', 'b', 'c']) {
  const servers = names.map((name) => new ScriptedServer(name));
  const clock = new FakeClock();
  const router = await createRouter({ servers: servers.map(({ name, operations }) => ({ name, operations })), clock, random: () => 0 });
  t.after(() => router[Symbol.asyncDispose]());
  const server = (name: string): ScriptedServer => servers.find((known) => known.name === name)!;
  return { router, servers, server, clock };
}

const plain = (id = ''): InferRequest => inferRequest({ modelName: 'plain', id });
const part = (sequenceId: bigint | string | undefined, more: Partial<InferControls> = {}, id = ''): InferRequest =>
  inferRequest({ modelName: 'sums', id, controls: { ...NO_CONTROLS, ...(sequenceId !== undefined && { sequenceId }), ...more } });
const START = { sequenceStart: true };
const END = { sequenceEnd: true };

/** Which server answered, and the how many-th of its sequence it was. */
const told = async (router: Router, request: InferRequest): Promise<string> => (await router.infer(request)).id;
const home = async (router: Router, request: InferRequest): Promise<string> => (await told(router, request)).split(' ')[0]!;

test('single requests go to the least loaded server', async (t) => {
  const { router, servers } = await routerOf(t);
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  for (const server of servers) server.gate = gate;
  const answers = Array.from({ length: 6 }, () => router.infer(plain()));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(servers.map(({ seen }) => seen.length), [2, 2, 2]); // prettier-ignore
  assert.deepEqual(router.open, { requests: 6, sequences: 0 });
  open();
  await Promise.all(answers);
  assert.deepEqual(router.open, { requests: 0, sequences: 0 });
});

test('a sequence stays on its server, and its end is the end', async (t) => {
  const { router } = await routerOf(t);
  for (const id of [1n, 2n, 'x', 9n, 77n]) {
    const at = await home(router, part(id, START));
    assert.deepEqual([await told(router, part(id)), await told(router, part(id, END))], [`${at} 2`, `${at} 3`]);
    await assert.rejects(router.infer(part(id)), { code: 'INVALID_ARGUMENT', message: /must specify the START flag/ });
  }
  assert.equal(router.open.sequences, 0);
});

test('requests of one sequence arrive in their order, however long one takes', async (t) => {
  const { router, servers } = await routerOf(t);
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  for (const server of servers) server.gate = gate;
  const answers = ['1', '2', '3'].map((id) => router.infer(part(5n, id === '1' ? START : {}, id)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(servers.flatMap(({ seen }) => seen), ['1']); // prettier-ignore
  open();
  const counts = (await Promise.all(answers)).map(({ id }) => id.split(' ')[1]);
  assert.deepEqual(counts, ['1', '2', '3']);
});

test('a sequence that begins without an id gets one, on the server with the fewest sequences', async (t) => {
  const { router } = await routerOf(t);
  const homes = new Map<string, number>();
  for (const response of await Promise.all(Array.from({ length: 9 }, () => router.infer(part(undefined, START))))) {
    const [at = ''] = response.id.split(' ');
    homes.set(at, (homes.get(at) ?? 0) + 1);
    const id = response.parameters.get('sequence_id') as bigint;
    assert.equal(await told(router, part(id)), `${at} 2`);
  }
  assert.deepEqual([...homes.values()], [3, 3, 3]);
});

test('routers side by side agree, and one finds what another began', async (t) => {
  const { router, servers, server } = await routerOf(t);
  const other = await createRouter({ servers: servers.map(({ name, operations }) => ({ name, operations })).toReversed(), clock: new FakeClock() });
  t.after(() => other[Symbol.asyncDispose]());
  for (let id = 1n; id < 20n; id++) {
    const at = await home(router, part(id, START));
    assert.equal(await told(other, part(id)), `${at} 2`);
  }
  const at = await home(router, part(50n, START));
  const elsewhere = servers.find(({ name }) => name !== at)!;
  // As if it had begun while its server of choice was down.
  elsewhere.live.set('50', 7);
  server(at).live.delete('50');
  assert.equal(await told(other, part(50n)), `${elsewhere.name} 8`);
});

test('a server that is gone is left out: single requests go on elsewhere, its sequences say so, and it comes back', async (t) => {
  const { router, server, servers, clock } = await routerOf(t);
  const at = await home(router, part(1n, START));
  server(at).state = 'down';
  for (let i = 0; i < 4; i++) assert.notEqual(await home(router, plain()), at);
  const lost = {
    code: 'UNAVAILABLE',
    message: new RegExp(`^sequence 1 of model 'sums' is lost: its server ${at} is gone \\(.*ECONNREFUSED.*begin it again`),
  };
  await assert.rejects(router.infer(part(1n)), lost);
  await assert.rejects(router.infer(part(1n)), lost);
  const next = await home(router, part(1n, START));
  assert.notEqual(next, at);
  assert.equal(await told(router, part(1n, END)), `${next} 2`);
  assert.match(router.metricsText(), new RegExp(`ocellus_router_server_up\\{server="${at}"\\} 0`));
  assert.match(router.metricsText(), /ocellus_router_sequences_lost_total 1\n/);
  server(at).state = 'ready';
  await clock.advance(1000);
  assert.match(router.metricsText(), new RegExp(`ocellus_router_server_up\\{server="${at}"\\} 1`));
  for (const each of servers) each.state = 'down';
  await router.poll();
  assert.equal(router.ready(), false);
  await assert.rejects(router.infer(plain()), { code: 'UNAVAILABLE', message: /^no server is ready: a is down \(no connection.*; b is down/ });
});

test('a refusal for want of room is tried elsewhere; other errors and requests of sequences are not', async (t) => {
  const { router, servers } = await routerOf(t);
  for (const server of servers) server.refuse = new Fault('UNAVAILABLE', 'Exceeds maximum queue size');
  await assert.rejects(router.infer(plain()), { message: 'Exceeds maximum queue size' });
  assert.equal(servers.flatMap(({ seen }) => seen).length, 3);
  servers[1]!.refuse = new Fault('UNAVAILABLE', 'Exceeds maximum queue size');
  for (let i = 0; i < 3; i++) await router.infer(plain());
  const at = servers.find(({ name }) => name === 'a')!;
  for (const server of servers) server.refuse = new Fault('INVALID_ARGUMENT', 'no such input');
  await assert.rejects(router.infer(plain()), { message: 'no such input' });
  assert.equal(servers.filter(({ refuse }) => refuse).length, 2);
  for (const server of servers) server.refuse = undefined;
  const sequence = await home(router, part(3n, START));
  for (const server of servers) server.refuse = new Fault('UNAVAILABLE', 'Exceeds maximum queue size');
  await assert.rejects(router.infer(part(3n)), { message: 'Exceeds maximum queue size' });
  assert.deepEqual(servers.filter(({ refuse }) => !refuse).map(({ name }) => name), [sequence]); // prettier-ignore
  assert.equal(await told(router, part(3n)), `${sequence} 2`);
  assert.ok(at);
});

test('a server that drains keeps its sequences and gets nothing new', async (t) => {
  const { router, server } = await routerOf(t);
  const at = await home(router, part(1n, START));
  server(at).state = 'draining';
  await router.poll();
  assert.equal(await told(router, part(1n)), `${at} 2`);
  for (let id = 2n; id < 12n; id++) assert.notEqual(await home(router, part(id, START)), at);
  assert.notEqual(await home(router, plain()), at);
  assert.equal(await told(router, part(1n, END)), `${at} 3`);
  assert.notEqual(await home(router, part(1n, START)), at);
});

test('sequences that are never ended are forgotten after their idle time', async (t) => {
  const { router, clock } = await routerOf(t);
  for (let id = 1n; id <= 2000n; id++) await router.infer(part(id, START));
  assert.equal(router.open.sequences, 2000);
  await clock.advance(4000);
  await router.infer(part(1n));
  await clock.advance(3000);
  assert.equal(router.open.sequences, 1);
});

test('a model is asked for where it is, and readiness is that of the servers', async (t) => {
  const { router, server } = await routerOf(t, ['a', 'b']);
  server('a').models = ['sums'];
  await router.poll();
  for (let i = 0; i < 3; i++) assert.equal(await home(router, plain()), 'b');
  assert.deepEqual([router.ready(), await router.modelReady('plain', ''), await router.modelReady('none', '')], [true, true, false]);
  server('b').state = 'draining';
  await router.poll();
  assert.deepEqual([router.ready(), await router.modelReady('plain', '')], [true, false]);
  assert.deepEqual(router.metadata.extensions, ['sequence']);
  router.drain();
  assert.deepEqual([router.live(), router.ready()], [true, false]);
});

test('what changes models goes to every server, and a refusal names who refused', async (t) => {
  const { router, servers, server } = await routerOf(t, ['a', 'b']);
  await router.load('many');
  assert.ok(servers.every(({ models }) => models.includes('many')));
  await assert.rejects(router.load('broken'), { code: 'INTERNAL', message: 'server a: failed to load; server b: failed to load' });
  server('b').state = 'down';
  await assert.rejects(router.load('plain'), {
    code: 'UNAVAILABLE',
    message: 'server b: no connection: connect ECONNREFUSED b (1 of 2 servers did it)',
  });
  const [row] = await router.index(true);
  assert.deepEqual([row?.state, row?.reason], ['READY', 'a: READY; b: no answer']);
});

test('a decoupled model streams, and only what has not answered yet is tried elsewhere', async (t) => {
  const { router, servers, server } = await routerOf(t, ['a', 'b']);
  const answers = async (): Promise<string[]> => {
    const seen: string[] = [];
    for await (const { response, final } of router.stream(inferRequest({ modelName: 'many' }))) seen.push(`${response.id.split(' ')[0]} ${final}`);
    return seen;
  };
  assert.equal(await router.isDecoupled('many', ''), true);
  const [at = ''] = (await answers())[0]!.split(' ');
  assert.deepEqual(await answers(), [`${at} false`, `${at} false`, ' true']);
  server(at).refuse = new Fault('UNAVAILABLE', 'gone');
  const other = at === 'a' ? 'b' : 'a';
  assert.deepEqual(await answers(), [`${other} false`, `${other} false`, ' true']);
  const stream = router.stream(inferRequest({ modelName: 'many' }))[Symbol.asyncIterator]();
  await stream.next();
  for (const each of servers) each.state = 'down';
  await assert.rejects(stream.next(), { code: 'UNAVAILABLE' });
  assert.equal(router.open.requests, 0);
});

test('a router needs servers, each once', async () => {
  const { operations } = new ScriptedServer('a');
  await assert.rejects(createRouter({ servers: [] }), { code: 'INVALID_ARGUMENT', message: 'a router needs at least one server' });
  const twice = [{ name: 'a', operations }, { name: 'a', operations }]; // prettier-ignore
  await assert.rejects(createRouter({ servers: twice }), { message: 'the server a is named twice; name each once' });
});
