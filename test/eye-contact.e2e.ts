import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { libavMedia } from 'ocellus/media';
import { makeClip } from '../dist/media/libav/clip-maker.test.support.js';
import { ocellus } from './cli.js';
import { ROOT } from './source.js';
import { PYTHON, needsModules } from './python.js';

const CLIENTS = fileURLToPath(new URL('python/eye_contact_clients.py', import.meta.url));
const PROTOS = join(ROOT, 'src/wire/proto');
const FRAMES = 30;

// Made once, it keeps libav quiet in this process.
const media = libavMedia();

const needsPython = needsModules('grpc, grpc_tools', 'grpcio and grpcio-tools');

interface Service {
  readonly http: string;
  readonly grpc: string;
  log(): string;
  stop(): Promise<number | null>;
}

async function start(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Service> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const command = [join(ROOT, 'dist/cli/ocellus.cjs'), 'serve', 'eye-contact', '--tmp', folder, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...inherited, ...env } });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  while (!/ready; \d+ video/.test(log)) {
    if (child.exitCode !== null) throw new Error(`ocellus serve eye-contact ended with ${child.exitCode}:\n${log}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
  }
  const address = (name: string): string => new RegExp(`Started ${name} at ([\\d.:]+)`).exec(log)?.[1] ?? '';
  return {
    http: address('HTTPService'),
    grpc: address('MaxineEyeContactService'),
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

let folder = '';
let faststart = '';
let tail = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-eye-contact-e2e-'));
  const size = { width: 96, height: 64 };
  const paint = (number: number): Uint8Array => Uint8Array.from({ length: 96 * 64 * 3 }, (_, i) => (7 * number + (i % 288) + (i >> 9)) % 256);
  const ticks = Array.from({ length: FRAMES }, (_, i) => BigInt(i * 40));
  const recipe = { size, ticks, paint, sound: { codec: 'aac', seconds: 1.2 } };
  tail = await makeClip(join(folder, 'tail.mp4'), recipe);
  faststart = await makeClip(join(folder, 'faststart.mp4'), { ...recipe, muxer: { movflags: 'faststart' } });
});
after(() => rm(folder, { recursive: true, force: true }));

async function described(path: string): Promise<{ frames: number; audio: number }> {
  await using source = await media.open(path);
  let frames = 0;
  for await (const frame of source.frames()) {
    frame.close();
    frames++;
  }
  return { frames, audio: source.info.audio.length };
}

interface Case {
  readonly name: string;
  readonly error?: string;
  readonly file?: string;
  readonly echoes?: number;
  readonly echo_equal?: boolean | null;
  readonly session?: string;
  readonly media_in_dropped?: boolean;
  readonly serving?: boolean;
  readonly status?: string;
  readonly details?: string;
}

async function clients(grpc: string, ...more: readonly string[]): Promise<Case[]> {
  const { stdout } = await promisify(execFile)(PYTHON, [CLIENTS, grpc, PROTOS, faststart, tail, folder, ...more], { timeout: 200_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
}

async function check({ name, error, file, ...told }: Case): Promise<void> {
  assert.equal(error, undefined, error);
  if (name === 'health') return assert.equal(told.serving, true);
  if (name === 'refused') {
    assert.equal(told.status, 'INVALID_ARGUMENT');
    assert.match(told.details ?? '', /eye_size_sensitivity.*gaze_yaw_threshold_low/);
    return;
  }
  const configured = name !== 'gen-1.0' && name !== 'gen-1.1';
  assert.equal(told.echoes, configured ? 1 : 0);
  if (configured) assert.equal(told.echo_equal, true);
  assert.equal(told.media_in_dropped, false);
  assert.equal(told.session, name === 'gen-1.5' ? 'session 7' : '');
  assert.deepEqual(await described(file!), { frames: FRAMES, audio: 1 });
}

test('the five client generations, re-enacted with grpcio, get their video', needsPython, async (t) => {
  const service = await start({ NIM_HTTP_API_PORT: '0', NIM_GRPC_API_PORT: '0' });
  try {
    const cases = await clients(service.grpc);
    assert.equal(cases.length, 11);
    for (const each of cases) await t.test(each.name, () => check(each));
    assert.equal((await fetch(`http://${service.http}/v1/health/ready`)).status, 200);
  } finally {
    assert.equal(await service.stop(), 0, service.log());
  }
});

test('with mutual TLS, only who shows a certificate is answered', needsPython, async (t) => {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
  try {
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ssl_ca_cert.pem', '-subj', '/CN=test-ca', '-days', '2');
  } catch {
    t.skip('needs openssl');
    return;
  }
  await writeFile(at('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  for (const who of ['server', 'client']) {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${who}.key`, '-out', `${who}.csr`, '-subj', `/CN=${who}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${who}.csr`,
      '-CA',
      'ssl_ca_cert.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${who}.pem`,
      '-days',
      '2',
      '-extfile',
      'ext',
    );
  }
  const files = { NIM_SSL_CERT_PATH: at('server.pem'), NIM_SSL_KEY_PATH: at('server.key'), NIM_SSL_CA_CERTS_PATH: at('ssl_ca_cert.pem') };
  const service = await start({ NIM_SSL_MODE: 'mtls', ...files }, '--http-port', '0', '--grpc-port', '0');
  try {
    for (const each of await clients(service.grpc, at('ssl_ca_cert.pem'), at('client.key'), at('client.pem'))) await check(each);
    const [first] = await clients(service.grpc);
    assert.match(first?.error ?? '', /UNAVAILABLE/);
  } finally {
    await service.stop();
  }
});

test('the command line does the same to a file', async () => {
  const out = join(folder, 'cli.mp4');
  const { code, stdout, stderr } = await ocellus(['eye-contact', tail, out, '--lossless', '--json']);
  assert.equal(code, 0, stderr);
  const { frames, interrupted } = JSON.parse(stdout) as { frames: number; interrupted: boolean };
  assert.deepEqual([frames, interrupted], [FRAMES, false]);
  assert.deepEqual(await described(out), { frames: FRAMES, audio: 1 });
  const bytes = await readFile(out);
  assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'the index stands in front');
  assert.equal((await ocellus(['eye-contact', tail, out])).code, 73, 'an output that is there is not replaced');
});

test('an interrupt leaves a file that plays', async () => {
  const ticks = Array.from({ length: 3000 }, (_, i) => BigInt(i * 40));
  const grey = new Uint8Array(96 * 64 * 3).fill(90);
  const long = await makeClip(join(folder, 'long.mp4'), { size: { width: 96, height: 64 }, ticks, paint: () => grey });
  const out = join(folder, 'interrupted.mp4');
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli/ocellus.cjs'), 'eye-contact', long, out, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const size = async (): Promise<number> => (await stat(out).catch(() => ({ size: 0 }))).size;
  while ((await size()) === 0 && child.exitCode === null) await sleep(5);
  child.kill('SIGINT');
  await once(child, 'close');
  assert.equal(child.exitCode, 130);
  const { frames } = JSON.parse(stdout) as { frames: number };
  assert.ok(frames > 0 && frames < 3000, `${frames} frames were done`);
  assert.deepEqual(await described(out), { frames, audio: 0 });
});
