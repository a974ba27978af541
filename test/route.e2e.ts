import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGrpcClient, createHttpClient, type GrpcInferenceClient, type InferResult, tensor } from 'ocellus/client';
import { SAMPLE_FILES, writeFiles } from '../dist/serving/sample-models.test.support.js';
import { route, serve, type ServeProcess } from './serve-process.js';
import { PYTHON, needsModules } from './python.js';

const SEQUENCES = fileURLToPath(new URL('python/sequences.py', import.meta.url));

const needsPython = needsModules('tritonclient.grpc', 'tritonclient[all]');

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-route-test-'));
  const files = Object.entries(SAMPLE_FILES).filter(([path]) => /^(simple|accumulator|repeat)\//.test(path));
  // A long idle time, so that only what the tests do ends a sequence.
  const slow = files.map(([path, content]) => [path, typeof content === 'string' ? content.replace('400000', '60000000') : content] as const);
  await writeFiles(folder, Object.fromEntries(slow));
});

after(() => rm(folder, { recursive: true, force: true }));

const server = (...more: readonly string[]): Promise<ServeProcess> =>
  serve('--model-repository', folder, '--model-control-mode', 'explicit', '--load-model', '*', ...more);

interface House {
  readonly servers: readonly ServeProcess[];
  readonly router: ServeProcess;
  readonly client: GrpcInferenceClient;
}

/** Two servers, a router before them, and a client of the router. */
async function house(t: TestContext, ...more: readonly string[]): Promise<House> {
  const servers = await Promise.all([server('--drain-secs', '60'), server('--drain-secs', '60')]);
  const addresses = servers.flatMap(({ grpc }) => ['--server', grpc]);
  const router = await route(...addresses, '--poll-secs', '0.1', ...more);
  const client = createGrpcClient(router.grpc, { retry: false });
  t.after(async () => {
    await client.close();
    await router.stop();
    // They would drain for as long as the tests let them.
    for (const { process: child } of servers) child.kill('SIGKILL');
  });
  return { servers, router, client };
}

const value = (n: number) => ({ INPUT: tensor('INT32', [1, 1], [n]) });
const sum = (result: InferResult): number => result.output('OUTPUT', 'INT32').data[0]!;
/** Sequences that are open where the answer came from. */
const openThere = (result: InferResult): number => result.output('OPEN', 'INT32').data[0]!;

const successes = async ({ grpc }: ServeProcess, model: string): Promise<bigint> => {
  await using client = createGrpcClient(grpc);
  return (await client.statistics(model))[0]!.inferenceStats!.success!.count;
};

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never: ${what}`);
}

test('two servers answer like one: sequences, single requests, streams, over gRPC and HTTP', async (t) => {
  const { client, router, servers } = await house(t);
  await using http = createHttpClient(router.http, { retry: false });
  for (const each of [client, http]) {
    const sessions = Array.from({ length: 8 }, () => each.session('accumulator', { id: 'server' }));
    for (const [at, session] of sessions.entries()) assert.equal(sum(await session.infer(value(at))), at);
    const seen = await Promise.all(sessions.map((session) => session.infer(value(100))));
    assert.deepEqual(seen.map(sum), [100, 101, 102, 103, 104, 105, 106, 107]);
    // Half of them on each server.
    assert.deepEqual(new Set(seen.map(openThere)), new Set([4]));
    const ends = await Promise.all(sessions.map((session) => session.infer(value(1), { end: true })));
    assert.equal(sum(ends[7]!), 108);
  }
  const row = tensor('INT32', [1, 16], new Int32Array(16).fill(2));
  for (let i = 0; i < 20; i++) await Promise.all([client, http].map((each) => each.infer('simple', { INPUT0: row, INPUT1: row })));
  const counts = await Promise.all(servers.map((each) => successes(each, 'simple')));
  assert.ok(counts.every((count) => count > 0n) && counts.reduce((all, count) => all + count, 0n) === 40n, counts.join());
  assert.equal((await client.statistics('simple'))[0]!.inferenceStats!.success!.count, 40n);
  const streamed: number[] = [];
  for await (const result of client.inferStream('repeat', { IN: tensor('INT32', [3], [7, 8, 9]) }))
    streamed.push(result.output('OUT', 'INT32').data[0]!);
  assert.deepEqual(streamed, [7, 8, 9]);
  await assert.rejects(client.infer('repeat', { IN: tensor('INT32', [1], [1]) }), { code: 'UNSUPPORTED' });
  const raw = await fetch(`http://${router.http}/v2/models/repeat/generate_stream`, { method: 'POST', body: '{"IN":[4,5]}' });
  assert.match(await raw.text(), /"OUT":4.*\n\ndata: .*"OUT":5/s);
  const metrics = await (await fetch(`http://${router.metrics}/metrics`)).text();
  assert.match(metrics, new RegExp(`ocellus_router_server_up\\{server="${servers[0]!.grpc}"\\} 1`));
});

test('sequences within one stream are routed one by one, in their order', async (t) => {
  const { client } = await house(t);
  const ids = [1n, 2n, 3n, 4n, 5n, 6n];
  const steps = [1, 2, 3, 4].flatMap((n) => ids.map((id) => ({ n, id })));
  const requests = steps.map(({ n, id }) => ({
    model: 'accumulator',
    inputs: value(n * Number(id)),
    id: `${id} ${n}`,
    sequence: { id, start: n === 1, end: n === 4 },
  }));
  const seen = new Map<string, number>();
  for await (const answer of client.exchange(requests)) {
    assert.ok('result' in answer, JSON.stringify(answer));
    seen.set(answer.result.id, sum(answer.result));
  }
  for (const { n, id } of steps) assert.equal(seen.get(`${id} ${n}`), (Number(id) * n * (n + 1)) / 2);
});

test('kill -9 of a server: its sequences say so, the others go on, single requests do not notice, and it comes back', async (t) => {
  const { client, router, servers } = await house(t);
  const sessions = Array.from({ length: 6 }, () => client.session('accumulator', { id: 'server' }));
  for (const session of sessions) await session.infer(value(1));
  const [first] = servers;
  first!.process.kill('SIGKILL');
  await once(first!.process, 'exit');
  const row = tensor('INT32', [1, 16], new Int32Array(16));
  for (let i = 0; i < 10; i++) await client.infer('simple', { INPUT0: row, INPUT1: row });
  const outcomes = await Promise.allSettled(sessions.map((session) => session.infer(value(1), { end: true })));
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as { code: string; message: string }] : []));
  assert.equal(refused.length, 3);
  for (const { code, message } of refused) {
    assert.equal(code, 'UNAVAILABLE');
    assert.match(
      message,
      new RegExp(`^sequence \\d+ of model 'accumulator' is lost: its server ${first!.grpc} is gone .*begin it again with the START flag$`),
    );
  }
  await using fresh = client.session('accumulator');
  assert.equal(sum(await fresh.infer(value(5), { end: true })), 5);
  await assert.rejects(client.loadModel('simple'), {
    code: 'UNAVAILABLE',
    message: new RegExp(`server ${first!.grpc}: .*\\(1 of 2 servers did it\\)`),
  });
  await using again = await server('--grpc-port', first!.grpc.split(':')[1]!);
  const up = async (): Promise<boolean> =>
    (await (await fetch(`http://${router.metrics}/metrics`)).text()).includes(`server_up{server="${again.grpc}"} 1`);
  await until('it is up again', up);
  await Promise.all(Array.from({ length: 20 }, () => client.infer('simple', { INPUT0: row, INPUT1: row })));
  assert.ok((await successes(again, 'simple')) > 0n);
});

test('a server that drains keeps its sequences and gets no new ones; the router drains too', async (t) => {
  const { client, router, servers } = await house(t, '--drain-secs', '30');
  const sessions = Array.from({ length: 4 }, () => client.session('accumulator', { id: 'server' }));
  for (const session of sessions) await session.infer(value(1));
  const [first, second] = servers;
  first!.process.kill('SIGTERM');
  await until('the router has seen it', async () => router.log().includes(`server ${first!.grpc} is draining`));
  // With the two that are there, as many as the model has places for.
  const more = Array.from({ length: 2 }, () => client.session('accumulator'));
  for (const session of more) assert.equal(sum(await session.infer(value(9))), 9);
  const opened = await Promise.all(sessions.map(async (session) => openThere(await session.infer(value(1)))));
  assert.deepEqual(opened.toSorted(), [2, 2, 4, 4]);
  for (const session of sessions) assert.equal(sum(await session.infer(value(1), { end: true })), 3);
  assert.equal(await client.isReady(), true);
  router.process.kill('SIGTERM');
  await until('the router is not ready', async () => !(await client.isReady()));
  for (const session of more) assert.equal(sum(await session.infer(value(1), { end: true })), 10);
  await once(router.process, 'exit');
  assert.equal(router.process.exitCode, 0);
  assert.ok(second!.process.exitCode === null);
});

test('model control reaches every server', async (t) => {
  const { client, servers } = await house(t);
  await client.unloadModel('simple');
  assert.equal(await client.isModelReady('simple'), false);
  await client.loadModel('simple');
  assert.equal(await client.isModelReady('simple'), true);
  await client.setLogSettings({ log_verbose_level: 1 });
  for (const { grpc } of servers) {
    await using direct = createGrpcClient(grpc);
    assert.equal((await direct.logSettings())['log_verbose_level'], 1);
    await direct.unloadModel('simple');
    const row = (await client.repositoryIndex()).find(({ name }) => name === 'simple');
    if (grpc === servers[0]!.grpc)
      assert.match(`${row?.state} ${row?.reason}`, new RegExp(`^READY ${grpc}: UNAVAILABLE \\(unloaded\\); ${servers[1]!.grpc}: READY$`));
  }
});

test("sequences of Triton's own Python client, over streams", needsPython, async (t) => {
  const { router } = await house(t);
  const { stdout } = await promisify(execFile)(PYTHON, [SEQUENCES, router.grpc], { timeout: 120_000 });
  assert.deepEqual(JSON.parse(stdout), { '1001': [1, 3, 6, 10], '1002': [2, 6, 12, 20], text: [3, 9, 18, 30] });
});
