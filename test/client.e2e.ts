import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { createGrpcClient, createHttpClient, createSharedRegion, type InferenceClient, tensor } from 'ocellus/client';
import { SAMPLE_FILES, writeFiles } from '../dist/serving/sample-models.test.support.js';
import { needsChromium, openBrowser } from './browser.js';
import { ocellus } from './cli.js';
import { serve, type ServeProcess } from './serve-process.js';
import { ROOT } from './source.js';

let folder = '';
let server: ServeProcess;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-client-'));
  await writeFiles(join(folder, 'models'), SAMPLE_FILES);
  const control = ['--model-control-mode', 'explicit', '--load-model', '*'];
  server = await serve('--model-repository', join(folder, 'models'), ...control, '--allow-client-shm=true', '--http-cors-origin', '*');
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const row = (from: number): Int32Array => Int32Array.from({ length: 16 }, (_, i) => from + i);
const INPUTS = { INPUT0: tensor('INT32', [1, 16], row(0)), INPUT1: tensor('INT32', [1, 16], row(100)) };

const CLIENTS: Readonly<Record<string, () => InferenceClient>> = {
  http: () => createHttpClient(server.http),
  'http, packed': () => createHttpClient(server.http, { compression: 'gzip' }),
  grpc: () => createGrpcClient(server.grpc),
  'grpc, packed': () => createGrpcClient(server.grpc, { compression: 'gzip' }),
};

for (const [name, open] of Object.entries(CLIENTS))
  test(`${name}: every call of the client against ocellus serve`, async () => {
    await using client = open();
    assert.deepEqual(await Promise.all([client.isLive(), client.isReady(), client.isModelReady('simple'), client.isModelReady('none')]), [
      true,
      true,
      true,
      false,
    ]);
    assert.equal((await client.serverMetadata()).name, 'triton');
    assert.deepEqual((await client.modelMetadata('simple')).inputs[0], { name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] });
    assert.equal((await client.modelConfig('simple')).maxBatchSize, 8);
    assert.deepEqual([...(await client.infer('simple', INPUTS)).output('OUTPUT0', 'INT32').data], [...row(100)].map((v, i) => v + i)); // prettier-ignore
    const [[best] = []] = (await client.infer('simple', INPUTS, { outputs: [{ name: 'OUTPUT0', classification: 2 }] })).classes('OUTPUT0');
    assert.deepEqual(best, { value: 130, index: 15, label: 'label15' });
    const texts = ['', 'ünïcödé 🦋'];
    assert.deepEqual((await client.infer('identity_bytes', { INPUT0: tensor('BYTES', [2], texts) })).texts('OUTPUT0'), texts);
    const [statistics] = await client.statistics('simple');
    assert.ok((statistics?.inferenceStats?.success?.count ?? 0n) >= 2n);
    await client.unloadModel('identity_fp32');
    await client.loadModel('identity_fp32');
    assert.ok((await client.repositoryIndex({ ready: true })).some((entry) => entry.name === 'identity_fp32' && entry.state === 'READY'));
    assert.deepEqual((await client.traceSettings())['trace_level'], ['OFF']);
    assert.equal((await client.setLogSettings({ log_verbose_level: 1 }))['log_verbose_level'], 1);
    assert.equal((await client.setLogSettings({ log_verbose_level: 0 }))['log_verbose_level'], 0);
    await assert.rejects(client.loadModel('none'), { code: 'INTERNAL', message: "failed to load 'none', failed to poll from model repository" });
    await assert.rejects(client.infer('simple', { INPUT0: INPUTS.INPUT0 }), { code: 'INVALID_ARGUMENT', message: /expected 2 inputs but got 1/ });
  });

for (const name of ['http', 'grpc'])
  test(`${name}: tensors in shared memory, both ways`, async () => {
    await using client = CLIENTS[name]!();
    using region = createSharedRegion(`ocellus-e2e-${process.pid}-${name}`, 4096);
    await client.sharedMemory.register(region.registered);
    assert.deepEqual(await client.sharedMemory.status(region.registered.name), [region.registered]);
    const inputs = Object.entries(INPUTS).map(([input, unnamed]) => region.write({ name: input, ...unnamed }));
    const result = await client.infer('simple', inputs, { outputs: [{ name: 'OUTPUT1', shared: region.reserve(64) }] });
    const [output] = result.outputs;
    assert.ok(output && 'shared' in output);
    assert.deepEqual([...(region.read(output).data as Int32Array)], Array.from({ length: 16 }, () => -100)); // prettier-ignore
    await client.sharedMemory.unregister(region.registered.name);
    assert.deepEqual(await client.sharedMemory.status(), []);
  });

test('ocellus infer: values in, a .npy file out, and back in', async () => {
  const npy = join(folder, 'sum.npy');
  const values = [...row(0)].join(',');
  const inputs = ['--input', `INPUT0=${values}`, '--input', `INPUT1=${values}`];
  const first = await ocellus(['infer', 'simple', '-u', server.grpc, ...inputs, '--output', `OUTPUT0=${npy}`]);
  assert.match(first.stdout, /^OUTPUT0 {2}INT32 \[1,16\] {2}0, 2, 4, 6/, first.stderr);
  const second = await ocellus(['infer', 'simple', '-i', 'http', '-u', server.http, '--input', `INPUT0=@${npy}`, '--input', 'INPUT1=zero', '--json']);
  const { outputs } = JSON.parse(second.stdout) as { outputs: { name: string; data: number[] }[] };
  assert.deepEqual(outputs.find((output) => output.name === 'OUTPUT1')?.data, [...row(0)].map((value) => 2 * value)); // prettier-ignore
  const wrong = await ocellus(['infer', 'simple', '-u', server.grpc, '--input', 'INPUT=1', '--json']);
  assert.deepEqual(JSON.parse(wrong.stdout), {
    error: { code: 'INVALID_ARGUMENT', message: 'the model has no input "INPUT"; it has INPUT0, INPUT1' },
  });
  assert.equal(wrong.code, 64);
});

for (const more of [
  ['-i', 'grpc', '--concurrency-range', '1:3:2'],
  ['-i', 'http', '--concurrency-range', '1:3:2', '--shared-memory', 'system'],
  ['-i', 'http', '--request-rate-range', '50', '--request-distribution', 'poisson', '-b', '4'],
])
  test(`ocellus perf ${more.join(' ')}`, async () => {
    const csv = join(folder, 'perf.csv');
    const url = more.includes('grpc') ? server.grpc : server.http;
    const windows = ['--measurement-interval', '100', '--max-trials', '3'];
    const { stdout, stderr, code } = await ocellus(['perf', '-m', 'simple', '-u', url, ...more, ...windows, '-f', csv, '--json']);
    assert.equal(code, 0, stderr);
    const { levels } = JSON.parse(stdout) as {
      levels: { inferencesPerSecond: number; failures: number; server: { requests: number; totalUs: number } }[];
    };
    assert.equal(levels.length, more.includes('1:3:2') ? 2 : 1);
    for (const level of levels) {
      assert.ok(level.inferencesPerSecond > 10 && level.failures === 0 && level.server.totalUs > 0, stdout);
      assert.ok(level.server.requests > 0);
    }
    const lines = (await readFile(csv, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, levels.length + 1);
    assert.match(lines[0]!, /^(Concurrency|Request Rate),Inferences\/Second,Server Queue,/);
  });

/** Serves the built package to pages, from an origin of its own. */
async function openPages(): Promise<{ readonly origin: string; close(): void }> {
  const imports = { '@bufbuild/protobuf': '/node_modules/@bufbuild/protobuf/dist/esm/index.js' };
  const inside = ['codegenv2', 'reflect', 'wire'].map((name) => [
    `@bufbuild/protobuf/${name}`,
    `/node_modules/@bufbuild/protobuf/dist/esm/${name}/index.js`,
  ]);
  const map = JSON.stringify({ imports: { ...imports, ...Object.fromEntries(inside) } });
  const pages = createServer((request, response) => {
    if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(`<script type="importmap">${map}</script>`);
    readFile(join(ROOT, normalize(request.url!))).then(
      (bytes) => response.setHeader('content-type', 'text/javascript').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    pages.listen(0, '127.0.0.1', resolve);
  });
  return { origin: `http://127.0.0.1:${(pages.address() as AddressInfo).port}`, close: () => pages.close() };
}

test('in a browser, from a page of another origin', needsChromium(), async () => {
  const pages = await openPages();
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(pages.origin);
    const got = await page.evaluate(`(async () => {
      const { createHttpClient, tensor } = await import('/dist/client/browser.js');
      const client = createHttpClient('${server.http}', { compression: 'gzip' });
      const input = tensor('INT32', [1, 16], Array.from({ length: 16 }, (_, i) => i));
      const result = await client.infer('simple', { INPUT0: input, INPUT1: input });
      const refused = await client.infer('none', {}).catch(({ name, code, message }) => ({ name, code, message }));
      const late = await client.infer('simple', { INPUT0: input, INPUT1: input }, { signal: AbortSignal.abort() }).catch(({ code }) => code);
      return { ready: await client.isReady(), sum: [...result.output('OUTPUT0').data], refused, late, inputs: (await client.modelMetadata('simple')).inputs.length };
    })()`);
    assert.deepEqual(errors, []);
    assert.deepEqual(got, {
      ready: true,
      sum: [...row(0)].map((value) => 2 * value),
      refused: { name: 'Fault', code: 'INVALID_ARGUMENT', message: "Request for unknown model: 'none' is not found" },
      late: 'CANCELLED',
      inputs: 2,
    });
  } finally {
    await browser.close();
    pages.close();
  }
});

test('a token opens a server that wants one', async () => {
  const file = join(folder, 'token.txt');
  await writeFile(file, 'letmein\n');
  await using guarded = await serve('--model-repository', join(folder, 'models'), '--auth-token-file', file);
  for (const open of [(options: object) => createHttpClient(guarded.http, options), (options: object) => createGrpcClient(guarded.grpc, options)]) {
    await using stranger = open({});
    await assert.rejects(stranger.infer('simple', INPUTS), { code: 'UNAUTHENTICATED' });
    await using friend = open({ token: 'letmein' });
    assert.equal((await friend.infer('simple', INPUTS)).outputs.length, 2);
  }
  const { code } = await ocellus(['infer', 'simple', '-u', guarded.grpc], { env: { OCELLUS_TOKEN: 'letmein' } });
  assert.equal(code, 0);
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A key and a certificate of its own for `name`; the certificate is its own authority. */
async function certificate(name: string): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-days', '2', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  return { key, cert };
}

test('over TLS, and with a certificate of the client', { skip: hasOpenssl() ? false : 'needs openssl, to make certificates' }, async () => {
  const [ours, theirs] = await Promise.all([certificate('server'), certificate('client')]);
  const mutual = ['--grpc-use-ssl-mutual', '--grpc-server-cert', ours.cert, '--grpc-server-key', ours.key, '--grpc-root-cert', theirs.cert];
  const https = ['--http-ssl-cert', ours.cert, '--http-ssl-key', ours.key];
  await using secure = await serve('--model-repository', join(folder, 'models'), ...mutual, ...https);
  const [ca, cert, key] = await Promise.all([ours.cert, theirs.cert, theirs.key].map((path) => readFile(path)));
  for (const open of [
    () => createHttpClient(`https://${secure.http}`, { tls: { ca: ca! } }),
    () => createGrpcClient(`grpcs://${secure.grpc}`, { tls: { ca: ca!, cert: cert!, key: key! } }),
  ]) {
    await using client = open();
    assert.equal((await client.infer('simple', INPUTS)).outputs.length, 2);
  }
  for (const open of [
    () => createHttpClient(`https://${secure.http}`, { retry: false }),
    () => createGrpcClient(`https://${secure.grpc}`, { tls: { ca: ca! }, retry: false }),
    () => createGrpcClient(secure.grpc, { retry: false }),
  ]) {
    await using client = open();
    await assert.rejects(client.infer('simple', INPUTS), { code: 'UNAVAILABLE' });
  }
  const { stdout, stderr } = await ocellus(['infer', 'simple', '-i', 'http', '-u', `https://${secure.http}`, '--ca', ours.cert]);
  assert.match(stdout, /^OUTPUT0 {2}INT32/, stderr);
});
