import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tensor } from 'ocellus/core';
import { encodeHttpInferRequest, encodeInferRequest, inferRequest, joined, type InferRequest } from 'ocellus/wire';
import { createGrpcClient } from 'ocellus/wire/grpc';
import { addSub, SIMPLE_CONFIG, writeFiles } from '../dist/serving/sample-models.test.support.js';
import type { Figure } from './figure.js';
import { drive, httpLoad, type Load } from './http-load.js';

const SECONDS = 4;
const FRAME = [480, 640, 3];
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A child process that says on which port it listens. */
async function listening(args: readonly string[], port: RegExp): Promise<{ readonly port: (at?: number) => number; stop(): void }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  while (!port.test(text)) {
    if (child.exitCode !== null) throw new Error(text);
    await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')]);
  }
  return { port: (at = 1) => Number(port.exec(text)![at]), stop: () => child.kill() };
}

const addSubRequest = (): InferRequest => {
  const input = (name: string): Tensor => ({ name, datatype: 'INT32', shape: [1, 16], data: new Int32Array(16).fill(1) });
  return inferRequest({ modelName: 'simple', inputs: [input('INPUT0'), input('INPUT1')] });
};

const frameRequest = (): InferRequest =>
  inferRequest({ modelName: 'frame', inputs: [{ name: 'FRAME', datatype: 'UINT8', shape: FRAME, data: new Uint8Array(921_600) }] });

/** A frame comes in, its mean goes out: what is measured is the way in. */
const FRAME_MODEL = {
  'frame/config.pbtxt':
    'backend: "typescript" input { name: "FRAME" data_type: TYPE_UINT8 dims: [ 480, 640, 3 ] } output { name: "FIRST" data_type: TYPE_FP32 dims: 1 }',
  'frame/1/model.js': "export default class { execute(request) { return { FIRST: request.numbers('FRAME')[0] }; } }",
};

function httpText(request: InferRequest): Uint8Array {
  const { chunks, sizeBytes, headerLengthBytes } = encodeHttpInferRequest(request);
  const head = `POST /v2/models/${request.modelName}/infer HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: ${headerLengthBytes}\r\nContent-Length: ${sizeBytes}\r\n\r\n`;
  return joined([new TextEncoder().encode(head), ...chunks]);
}

async function grpcLoad(port: number, request: InferRequest, concurrency: number): Promise<Load> {
  const client = createGrpcClient({ url: `http://127.0.0.1:${port}` });
  const message = encodeInferRequest(request);
  const load = await drive(async () => void (await client.unary('/inference.GRPCInferenceService/ModelInfer', message)), {
    concurrency,
    seconds: SECONDS,
  });
  await client.close();
  return load;
}

const figure = (name: string, ours: Load, bare: Load, least: number): Figure => ({
  suite: 'serve',
  name,
  value: ours.perSecond,
  unit: '/s',
  ceiling: bare.perSecond,
  ratio: ours.perSecond / bare.perSecond,
  target: `>= ${least}`,
  ok: ours.perSecond / bare.perSecond >= least,
  note: `p50 ${(ours.p50Ms * 1000).toFixed(0)} us (bare ${(bare.p50Ms * 1000).toFixed(0)}), p99 ${(ours.p99Ms * 1000).toFixed(0)} us; load from one process`,
});

/** `ocellus serve` against servers that only send back what came: the same load, one after the other, in one run. */
export async function* serveSuite(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  await writeFiles(folder, {
    'simple/config.pbtxt': SIMPLE_CONFIG.replace(' label_filename: "labels.txt"', ''),
    'simple/1/model.onnx': addSub(),
    ...FRAME_MODEL,
  });
  const ports = ['--http-port', '0', '--grpc-port', '0', '--allow-metrics', 'false'];
  const started = /GRPCInferenceService at 127\.0\.0\.1:(\d+)[^]*HTTPService at 127\.0\.0\.1:(\d+)[^]*ready after/;
  const ours = await listening([path('../dist/cli/main.js'), 'serve', folder, ...ports], started);
  const http = await listening([path('echo-server.mjs'), 'http'], /^(\d+)$/m);
  const http2 = await listening([path('echo-server.mjs'), 'http2'], /^(\d+)$/m);
  try {
    for (const [name, request, least] of [
      ['add/sub over HTTP', addSubRequest(), 0.6],
      ['921,600-byte frame over HTTP', frameRequest(), 0.7],
    ] as const)
      for (const concurrency of [1, 16]) {
        const text = httpText(request);
        const order = { concurrency, seconds: SECONDS };
        const bare = await httpLoad(http.port(), text, order);
        yield figure(`${name}, ${concurrency} at a time`, await httpLoad(ours.port(2), text, order), bare, least);
      }
    for (const [name, request, least] of [
      ['add/sub over gRPC', addSubRequest(), 0.6],
      ['921,600-byte frame over gRPC', frameRequest(), 0.7],
    ] as const)
      for (const concurrency of [1, 16]) {
        const bare = await grpcLoad(http2.port(), request, concurrency);
        yield figure(`${name}, ${concurrency} at a time`, await grpcLoad(ours.port(), request, concurrency), bare, least);
      }
  } finally {
    for (const server of [ours, http, http2]) server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
