import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { mutations, random } from '../../testing/fuzz.js';
import { parseRestriction } from '../front/restrictions.js';
import { createModelServer, type LocalModelServer } from '../model-server.js';
import { SAMPLE_FILES, writeFiles } from '../sample-models.test.support.js';
import { type Front, openHttpFront } from './http-front.js';

let folder = '';
let server: LocalModelServer;
let front: Front;
const url = (path: string): string => `http://127.0.0.1:${front.port}${path}`;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-http-'));
  const wanted = Object.entries(SAMPLE_FILES).filter(([path]) => /^(simple|repeat|identity_bytes|identity_fp32|asker)\//.test(path));
  await writeFiles(folder, Object.fromEntries(wanted));
  server = await createModelServer({ repositories: [folder] });
  front = await openHttpFront({ server, port: 0, maxInputBytes: 100_000, forwardHeaders: /^x-/i });
});

after(async () => {
  await front.close(1000);
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url(path), { method: 'POST', body: body as string, headers });

const errorOf = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  ((await response.json()) as { readonly error: string }).error,
];

const ROW = Array.from({ length: 16 }, (_, i) => i);
const SIMPLE = JSON.stringify({ inputs: ['INPUT0', 'INPUT1'].map((name) => ({ name, datatype: 'INT32', shape: [1, 16], data: ROW })) });

test('paths and methods that are not there', async () => {
  assert.deepEqual(await errorOf(await fetch(url('/v2/nothing'))), [404, 'Not Found']);
  assert.deepEqual(await errorOf(await fetch(url('/v2/models/simple/versions/1/trace/setting'))), [404, 'Not Found']);
  assert.deepEqual(await errorOf(await fetch(url('/v2/models/simple/infer'))), [405, 'Method Not Allowed']);
  assert.deepEqual(await errorOf(await post('/v2/models/simple', '')), [405, 'Method Not Allowed']);
  assert.deepEqual(await errorOf(await post('/v2/repository/other/models/simple/load', '')), [
    501,
    "'repository_name' specification is not supported",
  ]);
  assert.deepEqual(await errorOf(await fetch(url('/v2/models/simple/versions/3/ready'))), [400, 'Model version not ready']);
});

test('a body that is no JSON, or says too little, is refused with the place', async () => {
  const infer = (body: string | Uint8Array, headers?: Record<string, string>): Promise<readonly [number, string]> =>
    post('/v2/models/simple/infer', body, headers).then(errorOf);
  assert.deepEqual(await infer('{"inputs":'), [500, 'failed to parse the request JSON buffer: Invalid value. at 10']);
  assert.deepEqual(await infer('{}'), [500, "Unable to parse 'inputs': attempt to access non-existing object member 'inputs'"]);
  assert.deepEqual(await infer(SIMPLE, { 'Content-Encoding': 'br' }), [501, 'Unsupported compression type']);
  assert.match((await infer('garbage', { 'Content-Encoding': 'gzip' }))[1], /could not be decompressed as gzip/);
  assert.match(
    (await infer(gzipSync(new Uint8Array(200_000)), { 'Content-Encoding': 'gzip' }))[1],
    /exceeds the maximum allowed input size of 100000 bytes/,
  );
  assert.match(
    (await infer(SIMPLE, { 'Inference-Header-Content-Length': '99999' }))[1],
    /inference header size should be in range \(0, \d+\), got: 99999/,
  );
});

test('a raw body is the one input of its model', async () => {
  const response = await post('/v2/models/identity_bytes/infer', 'x', { 'Inference-Header-Content-Length': '0' });
  assert.match((await errorOf(response))[1], /For BYTE datatype raw input 'INPUT0', the model must have input shape \[1\]/);
});

test('a model that answers several times does so as events or as lines of JSON', async () => {
  const body = JSON.stringify({ inputs: [{ name: 'IN', datatype: 'INT32', shape: [3], data: [3, 1, 2] }], id: 'a' });
  assert.deepEqual(await errorOf(await post('/v2/models/repeat/infer', body)), [
    501,
    "HTTP end point doesn't support models with decoupled transaction policy",
  ]);
  const events = await post('/v2/models/repeat/infer', body, { Accept: 'text/event-stream' });
  assert.equal(events.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const text = await events.text();
  const dataOf = (json: string): unknown => (JSON.parse(json) as { outputs: { data: number[] }[] }).outputs[0]!.data;
  assert.deepEqual(
    text
      .trim()
      .split('\n\n')
      .map((event) => dataOf(event.replace(/^data: /, ''))),
    [[3], [1], [2]],
  );
  const lines = await (await post('/v2/models/repeat/infer', body, { Accept: 'application/x-ndjson' })).text();
  assert.deepEqual(lines.trim().split('\n').map(dataOf), [[3], [1], [2]]);
});

test('generate takes inputs by name and gives outputs by name', async () => {
  const told = (await (await post('/v2/models/asker/generate', '{"TEXT":"so","id":"7","parameters":{"x":1}}')).json()) as Record<string, unknown>;
  assert.deepEqual([told['id'], told['model_name'], told['model_version'], told['asked'], told['count']], ['7', 'asker', '1', 'simple', 16]);
  assert.match(String(told['TEXT']), /^so 0\+2\+/);
  const several = await post('/v2/models/repeat/generate', '{"IN":[1,2]}');
  assert.match((await errorOf(several))[1], /^generate expects model to produce exactly 1 response/);
  const stream = await (await post('/v2/models/repeat/generate_stream', '{"IN":[4,-1,5]}')).text();
  assert.deepEqual(stream.trim().split('\n\n'), [
    'data: {"OUT":4,"model_name":"repeat","model_version":"1"}',
    'data: {"error":"model \\"repeat\\": a negative number cannot be repeated"}',
  ]);
  assert.match((await errorOf(await post('/v2/models/simple/generate', '{"INPUT0":[1,2,3]}')))[1], /The schema can not convert input 'INPUT0'/);
});

test('pages of other origins may call only when allowed, and what is restricted stays so', async (t) => {
  const { headers } = await fetch(url('/v2/health/live'), { headers: { Origin: 'http://a' } });
  assert.equal(headers.get('access-control-allow-origin'), null);
  const access = { restrictions: [parseRestriction('metadata:key=secret')], token: 'abc' };
  const guarded = await openHttpFront({ server, port: 0, corsOrigins: ['http://a'], access });
  t.after(() => guarded.close(1000));
  const call = (path: string, more: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${guarded.port}${path}`, more);
  const preflight = await call('/v2/models/simple/infer', {
    method: 'OPTIONS',
    headers: { Origin: 'http://a', 'Access-Control-Request-Headers': 'x' },
  });
  assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [204, 'http://a']);
  assert.equal((await call('/v2/health/live', { headers: { Origin: 'http://b' } })).headers.get('access-control-allow-origin'), null);
  assert.deepEqual(await errorOf(await call('/v2', {})), [403, "This API is restricted, expecting header 'key'"]);
  assert.equal((await call('/v2', { headers: { key: 'secret' } })).status, 401);
  assert.equal((await call('/v2', { headers: { key: 'secret', Authorization: 'Bearer abc' } })).status, 200);
});

test('a client that goes leaves nothing behind', async () => {
  const statistics = (): bigint => server.modelStatistics('simple', '')[0]!.inferenceStats!.success!.count;
  const before = statistics();
  await new Promise<void>((resolve) => {
    const request = httpRequest(url('/v2/models/simple/infer'), { method: 'POST', headers: { 'Content-Length': '1000' } });
    request.on('error', () => resolve());
    request.write('{"inputs"', () => setTimeout(() => request.destroy(), 5));
  });
  assert.equal((await post('/v2/models/simple/infer', SIMPLE)).status, 200);
  assert.equal(statistics(), before + 1n);
});

test('no body brings the server down', async () => {
  const binary = Buffer.concat([
    Buffer.from(
      '{"inputs":[{"name":"INPUT0","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":64}},{"name":"INPUT1","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":64}}]}',
    ),
    new Uint8Array(128),
  ]);
  const headerLength = String(binary.byteLength - 128);
  for (const bytes of mutations(binary, 150, random(5))) {
    const response = await post('/v2/models/simple/infer', bytes, { 'Inference-Header-Content-Length': headerLength });
    assert.ok([200, 400, 404, 500].includes(response.status), `${response.status}: ${await response.text()}`);
    await response.arrayBuffer().catch(() => {});
  }
  assert.equal((await fetch(url('/v2/health/live'))).status, 200);
});
