import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeHttpInferRequest, encodeInferRequest, joined, type InferRequest } from 'ocellus/wire';
import { createGrpcClient } from 'ocellus/wire/grpc';
import { writeFiles } from '../dist/serving/sample-models.test.support.js';
import { type Figure, median } from './figure.js';
import { drive, httpLoad, type Load, type LoadOrder } from './http-load.js';
import { bareFps, layouts } from './ort-ceiling.js';
import { cpuTimeOf } from './process-cpu.js';
import {
  addSubRequest,
  FRAME_BYTES,
  frameRequest,
  HEAVY_BATCH,
  heavyInput,
  heavyRequest,
  servingModels,
  sharedFrameRequest,
} from './serving-models.js';

const SECONDS = 3;
const ROUNDS = 3;
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A server in a process of its own. */
interface Served {
  readonly pid: number;
  readonly startMs: number;
  port(at?: number): number;
  stop(): void;
}

/** A child process that says on which port it listens. */
async function listening(args: readonly string[], port: RegExp): Promise<Served> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  while (!port.test(text)) {
    if (child.exitCode !== null) throw new Error(text);
    await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')]);
  }
  const startMs = performance.now() - startedMs;
  return { pid: child.pid!, startMs, port: (at = 1) => Number(port.exec(text)![at]), stop: () => child.kill() };
}

function httpText(request: InferRequest): Uint8Array {
  const { chunks, sizeBytes, headerLengthBytes } = encodeHttpInferRequest(request);
  const length = headerLengthBytes === undefined ? '' : `Inference-Header-Content-Length: ${headerLengthBytes}\r\n`;
  const head = `POST /v2/models/${request.modelName}/infer HTTP/1.1\r\nHost: x\r\n${length}Content-Length: ${sizeBytes}\r\n\r\n`;
  return joined([new TextEncoder().encode(head), ...chunks]);
}

type Drive = (port: number, order: LoadOrder) => Promise<Load>;

const overHttp = (request: InferRequest): Drive => {
  const text = httpText(request);
  return (port, order) => httpLoad(port, text, order);
};

const overGrpc = (request: InferRequest): Drive => {
  const message = encodeInferRequest(request);
  return async (port, order) => {
    const client = createGrpcClient({ url: `http://127.0.0.1:${port}` });
    const load = await drive(async () => void (await client.unary('/inference.GRPCInferenceService/ModelInfer', message)), order);
    await client.close();
    return load;
  };
};

/** A load, and what a request cost the server and whoever sent it, in microseconds of CPU. */
interface Measured extends Load {
  readonly mainUs: number;
  readonly allUs: number;
  readonly clientUs: number;
}

async function measured(server: Served, run: () => Promise<Load>): Promise<Measured> {
  const own = process.cpuUsage();
  const before = cpuTimeOf(server.pid);
  const load = await run();
  const after = cpuTimeOf(server.pid);
  const { user, system } = process.cpuUsage(own);
  const each = (us: number): number => us / load.count;
  return { ...load, mainUs: each(after.mainUs - before.mainUs), allUs: each(after.allUs - before.allUs), clientUs: each(user + system) };
}

/** Runs the same load on both in turn, so that whoever else uses the machine is felt by both; the middle of each figure. */
async function inTurn(
  ours: Served,
  bare: Served,
  ports: readonly [number, number],
  run: Drive,
  order: LoadOrder,
): Promise<readonly [Measured, Measured]> {
  const all: [Measured[], Measured[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    all[1].push(await measured(bare, () => run(ports[1], order)));
    all[0].push(await measured(ours, () => run(ports[0], order)));
  }
  const middle = (loads: readonly Measured[]): Measured => {
    const of = (key: keyof Measured): number => median(loads.map((load) => load[key]));
    return {
      perSecond: of('perSecond'),
      count: of('count'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
      mainUs: of('mainUs'),
      allUs: of('allUs'),
      clientUs: of('clientUs'),
    };
  };
  return [middle(all[0]), middle(all[1])];
}

const us = (value: number): string => value.toFixed(0);

/** Where both servers wait for the load generator, rates tell nothing; the CPU of the server's main thread does. */
function noteOf(ours: Measured, bare: Measured): string {
  const limited = bare.clientUs > bare.mainUs ? '; the load generator is the limit of the bare one' : '';
  return (
    `p50 ${us(ours.p50Ms * 1000)} us (bare ${us(bare.p50Ms * 1000)}), p99 ${us(ours.p99Ms * 1000)} us; CPU a request: main thread ${us(ours.mainUs)} us ` +
    `(bare ${us(bare.mainUs)}, ratio ${(bare.mainUs / ours.mainUs).toFixed(2)}), all ${us(ours.allUs)} (${us(bare.allUs)}), load ${us(ours.clientUs)}${limited}`
  );
}

/** A rate against that of the bare server; `enough` a second are enough as well. */
function rateFigure(name: string, [ours, bare]: readonly [Measured, Measured], least: number, enough = Infinity): Figure {
  const ratio = ours.perSecond / bare.perSecond;
  return {
    suite: 'serve',
    name,
    value: ours.perSecond,
    unit: '/s',
    ceiling: bare.perSecond,
    ratio,
    target: `>= ${least}${enough === Infinity ? '' : ` or ${enough}/s`}`,
    ok: ratio >= least || ours.perSecond >= enough,
    note: noteOf(ours, bare),
  };
}

const post = async (port: number, route: string, body: string): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${port}${route}`, body === '' ? {} : { method: 'POST', body })).text();

async function* batchingFigure(port: number, folder: string): AsyncGenerator<Figure> {
  const model = join(folder, 'heavy/1/model.onnx');
  let bare = 0;
  for (const layout of layouts()) bare = Math.max(bare, (await bareFps({ model, ...heavyInput }, layout, 200)) * HEAVY_BATCH);
  const load = await overHttp(heavyRequest())(port, { concurrency: 16, seconds: 2 * SECONDS });
  const ratio = load.perSecond / bare;
  yield {
    suite: 'serve',
    name: 'dynamic batching of a heavy model, 16 at a time',
    value: load.perSecond,
    unit: 'rows/s',
    ceiling: bare,
    ratio,
    target: '>= 0.9',
    ok: ratio >= 0.9,
    note: `the ceiling is the best layout of bare sessions on batches of ${HEAVY_BATCH}; the load generator shares the cores`,
  };
}

/** `ocellus serve` against servers that only send back what came: the same load, one after the other, in one run. */
export async function* serveSuite(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  await writeFiles(folder, servingModels());
  const key = `ocellus-bench-${process.pid}`;
  await writeFile(`/dev/shm/${key}`, new Uint8Array(FRAME_BYTES));
  const ports = ['--http-port', '0', '--grpc-port', '0', '--allow-metrics', 'false', '--allow-client-shm', 'true'];
  const started = /GRPCInferenceService at 127\.0\.0\.1:(\d+)[^]*HTTPService at 127\.0\.0\.1:(\d+)[^]*ready after/;
  const ours = await listening([path('../dist/cli/main.js'), 'serve', folder, ...ports], started);
  const echo = (...args: readonly string[]): Promise<Served> => listening([path('echo-server.mjs'), ...args], /^(\d+)$/m);
  const [http, http2, shm] = await Promise.all([echo('http'), echo('http2'), echo('shm', `/dev/shm/${key}`, String(FRAME_BYTES))]);
  try {
    yield { suite: 'serve', name: 'start to ready, three models', value: ours.startMs, unit: 'ms', target: '< 1000', ok: ours.startMs < 1000 };
    await post(ours.port(2), '/v2/systemsharedmemory/region/frames/register', JSON.stringify({ key, offset: 0, byte_size: FRAME_BYTES }));
    const loads = [
      ['add/sub over HTTP', overHttp(addSubRequest()), 2, http, 0.6, Infinity],
      ['add/sub over gRPC', overGrpc(addSubRequest()), 1, http2, 0.6, Infinity],
      ['921,600-byte frame over HTTP', overHttp(frameRequest()), 2, http, 0.7, 2000],
      ['921,600-byte frame over gRPC', overGrpc(frameRequest()), 1, http2, 0.7, 1100],
      ['921,600-byte frame, shared memory', overHttp(sharedFrameRequest('frames')), 2, shm, 0.7, 5000],
    ] as const;
    for (const [name, run, port, bare, least, enough] of loads)
      for (const concurrency of [1, 16]) {
        const both = await inTurn(ours, bare, [ours.port(port), bare.port()], run, { concurrency, seconds: SECONDS });
        yield rateFigure(`${name}, ${concurrency} at a time`, both, least, enough);
        if (run !== loads[0][1] || concurrency > 1) continue;
        const p50Us = both[0].p50Ms * 1000;
        const note = 'p50 of a request over HTTP with everything: the model, the client and the kernel';
        yield { suite: 'serve', name: 'overhead of a request, at most', value: p50Us, unit: 'us', target: '< 100', ok: p50Us < 100, note };
      }
    yield* batchingFigure(ours.port(2), folder);
  } finally {
    for (const server of [ours, http, http2, shm]) server.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(`/dev/shm/${key}`);
  }
}
