import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tensor } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { createGrpcClient, type GrpcClient } from '../../wire/grpc.js';
import {
  create,
  decodeInferResponse,
  decodeStreamResponse,
  encodeInferRequest,
  fromBinary,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  inferRequest,
  joined,
  RepositoryModelLoadRequestSchema,
  ServerMetadataResponseSchema,
  toBinary,
  type InferRequest,
} from '../../wire/index.js';
import { parseRestriction } from '../front/restrictions.js';
import type { Front } from '../http/http-front.js';
import { createModelServer } from '../model-server.js';
import type { ModelServer } from '../port.js';
import { SAMPLE_FILES, writeFiles } from '../sample-models.test.support.js';
import { openGrpcFront } from './grpc-front.js';

const SERVICE = '/inference.GRPCInferenceService/';
const NOTHING = new Uint8Array(0);

let folder = '';
let server: ModelServer;
let front: Front;
let client: GrpcClient;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-grpc-'));
  await writeFiles(folder, Object.fromEntries(Object.entries(SAMPLE_FILES).filter(([path]) => /^(simple|repeat)\//.test(path))));
  server = await createModelServer({ repositories: [folder] });
  front = await openGrpcFront({ server, port: 0 });
  client = createGrpcClient({ url: `http://127.0.0.1:${front.port}` });
});

after(async () => {
  await client.close();
  await front.close(1000);
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const tensor = (name: string, value: number): Tensor => ({ name, datatype: 'INT32', shape: [1, 16], data: new Int32Array(16).fill(value) });
const simple = (more: Partial<InferRequest> = {}): InferRequest =>
  inferRequest({ modelName: 'simple', inputs: [tensor('INPUT0', 5), tensor('INPUT1', 3)], ...more });
const bytesOf = (request: InferRequest): Uint8Array => joined(encodeInferRequest(request));

test('one request is answered with one response, and health follows the server', async () => {
  const { outputs } = decodeInferResponse(await client.unary(`${SERVICE}ModelInfer`, bytesOf(simple())));
  assert.deepEqual([(outputs[0] as Tensor).data[0], (outputs[1] as Tensor).data[15]], [8, 2]);
  const health = fromBinary(HealthCheckResponseSchema, await client.unary('/grpc.health.v1.Health/Check', NOTHING));
  assert.equal(health.status, HealthCheckResponse_ServingStatus.SERVING);
  assert.equal(fromBinary(ServerMetadataResponseSchema, await client.unary(`${SERVICE}ServerMetadata`, NOTHING)).name, 'triton');
});

test('faults have the status that clients of Triton expect', async () => {
  const refused = async (method: string, request: Uint8Array, code: string, message: RegExp): Promise<void> =>
    assert.rejects(client.unary(SERVICE + method, request), (error: { code?: string; message: string }) => {
      assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
      return true;
    });
  await refused('ModelInfer', bytesOf(simple({ modelName: 'x' })), 'INVALID_ARGUMENT', /Request for unknown model: 'x' is not found/);
  await refused('ModelInfer', bytesOf(simple({ modelVersion: '9' })), 'NOT_FOUND', /version 9 is not found/);
  await refused('ModelInfer', bytesOf(simple({ modelName: 'repeat' })), 'UNSUPPORTED', /doesn't support models with decoupled transaction policy/);
  await refused('ModelInfer', Uint8Array.of(255, 1, 2), 'INVALID_ARGUMENT', /cannot read ModelInferRequest/);
  const load = toBinary(RepositoryModelLoadRequestSchema, create(RepositoryModelLoadRequestSchema, { modelName: 'simple' }));
  await refused('RepositoryModelLoad', load, 'UNAVAILABLE', /explicit model load \/ unload is not allowed/);
});

test('a stream answers ordinary models in their order, and goes on after an error', async () => {
  const requests = ['a', 'bad', 'c'].map((id) => bytesOf(simple({ id, ...(id === 'bad' && { inputs: [tensor('INPUT0', 1)] }) })));
  const seen: string[] = [];
  for await (const bytes of client.stream(`${SERVICE}ModelStreamInfer`, requests)) {
    const { errorMessage, response } = decodeStreamResponse(bytes);
    seen.push(`${response?.id} ${errorMessage === '' ? String(response?.parameters.get('triton_final_response')) : errorMessage.slice(0, 47)}`);
  }
  assert.deepEqual(seen, ['a true', 'bad [request id: bad] expected 2 inputs but got 1 i', 'c true']);
});

test('with triton_grpc_error an error ends the stream as a status', async () => {
  const bad = bytesOf(simple({ inputs: [] }));
  const metadata = new Map([['triton_grpc_error', 'true']]);
  await assert.rejects(
    async () => {
      for await (const _ of client.stream(`${SERVICE}ModelStreamInfer`, [bad], { metadata }));
    },
    { code: 'INVALID_ARGUMENT' },
  );
});

test('a restricted call needs its header, and metadata becomes parameters', async (t) => {
  const guarded = await openGrpcFront({ server, port: 0, access: { restrictions: [parseRestriction('inference:key=secret')] } });
  const other = createGrpcClient({ url: `http://127.0.0.1:${guarded.port}` });
  t.after(async () => {
    await other.close();
    await guarded.close(1000);
  });
  await assert.rejects(other.unary(`${SERVICE}ModelInfer`, bytesOf(simple())), {
    code: 'UNAVAILABLE',
    message: "This protocol is restricted, expecting header 'triton-grpc-protocol-key'",
  });
  const metadata = new Map([['triton-grpc-protocol-key', 'secret']]);
  assert.ok((await other.unary(`${SERVICE}ModelInfer`, bytesOf(simple()), { metadata })).byteLength > 0);
});

test('no message brings the server down', async () => {
  for (const bytes of mutations(bytesOf(simple()), 150, random(9))) await client.unary(`${SERVICE}ModelInfer`, bytes).catch(() => {});
  assert.ok((await client.unary(`${SERVICE}ModelInfer`, bytesOf(simple()))).byteLength > 0);
});

/** A certificate for this machine, signed by itself. */
function certificate(name: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    {
      stdio: 'ignore',
    },
  );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('with mutual TLS both sides show who they are', { skip: hasOpenssl() ? false : 'needs openssl to make certificates' }, async (t) => {
  const [own, theirs] = [certificate('server'), certificate('client')];
  const secure = await openGrpcFront({ server, port: 0, tls: { ...own, ca: theirs.cert, requestCert: true, rejectUnauthorized: true } });
  t.after(() => secure.close(1000));
  const url = `https://127.0.0.1:${secure.port}`;
  const known = createGrpcClient({ url, tls: { ca: own.cert, ...theirs } });
  const stranger = createGrpcClient({ url, tls: { ca: own.cert } });
  assert.ok((await known.unary(`${SERVICE}ModelInfer`, bytesOf(simple()))).byteLength > 0);
  await assert.rejects(stranger.unary(`${SERVICE}ModelInfer`, bytesOf(simple())), { code: 'UNAVAILABLE' });
  await known.close();
  await stranger.close();
});
