import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { createLog, fail, Scope } from '../core/index.js';
import type { ServiceTls } from '../services/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { type EyeContactEnvironment, eyeContactEnvironment } from './eye-contact-environment.js';
import { number } from './option-values.js';
import { logLine } from './serve-log.js';

interface Flags {
  readonly host: string;
  readonly httpPort?: number;
  readonly grpcPort?: number;
  readonly devices: number;
  readonly callsPerDevice?: number;
  readonly admissionWaitSecs: number;
  readonly maxFileBytes?: number;
  readonly keepaliveSecs: number;
  readonly exitTimeoutSecs: number;
  readonly tokenFile?: string;
  readonly tmp?: string;
  readonly preset?: string;
}

const MS = 1000;

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return fail('NOT_FOUND', `${path}: ${what} cannot be read`, error);
  }
}

function tlsOf({ tls }: EyeContactEnvironment): ServiceTls | undefined {
  if (!tls) return undefined;
  const { certPath, keyPath, caPath } = tls;
  return {
    cert: readText(certPath, 'the certificate'),
    key: readText(keyPath, 'the key'),
    ...(caPath !== undefined && { ca: readText(caPath, 'the authority') }),
  };
}

function tokenOf(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined;
  const token = readText(resolve(cwd, file), 'the token').trim();
  return token === '' ? fail('CONFIG_INVALID', `${file}: the token is empty; write one into the file`) : token;
}

async function runServeEyeContact(flags: Flags, context: CliContext): Promise<void> {
  const { env, cwd, stderr, drain } = context;
  const { serveEyeContact, slotCount } = await import('../services/index.js');
  const { openRedirectors, REDIRECTOR_INFO } = await import('../eye-contact/index.js');
  const { createEngine } = await import('../inference/index.js');
  const log = createLog((record) => void stderr.write(logLine(record, new Date(), 'default')));
  const told = eyeContactEnvironment(env);
  const tls = tlsOf(told);
  const token = tokenOf(flags.tokenFile, cwd);
  const maxFileBytes = flags.maxFileBytes ?? told.maxFileBytes;
  const slots = slotCount(flags.callsPerDevice ?? told.callsPerDevice ?? 1, flags.devices);
  await using engine = createEngine({ log });
  await using scope = new Scope();
  const opening = openRedirectors(engine, createCliZoo(context), drain).then((opened) => scope.use(opened));
  // Told by `ready`, wherever it comes.
  opening.catch(() => {});
  await using service = await serveEyeContact({
    makeRedirector: async (settings) => (await opening).create(settings),
    prepare: async () => void (await opening),
    modelInfo: REDIRECTOR_INFO,
    host: flags.host,
    httpPort: flags.httpPort ?? told.httpPort ?? 8000,
    grpcPort: flags.grpcPort ?? told.grpcPort ?? 8001,
    slots,
    admissionWaitMs: flags.admissionWaitSecs * MS,
    keepaliveMs: flags.keepaliveSecs * MS,
    log,
    ...(maxFileBytes !== undefined && { maxFileBytes }),
    ...(tls && { tls }),
    ...(token !== undefined && { token }),
    ...(flags.tmp !== undefined && { temporaryFolder: resolve(cwd, flags.tmp) }),
    ...(flags.preset !== undefined && { preset: flags.preset }),
  });
  const { host, grpcPort, httpPort } = service;
  log.info(`Started MaxineEyeContactService at ${host}:${grpcPort}${tls ? (tls.ca === undefined ? ', TLS' : ', mutual TLS') : ''}`);
  log.info(`Started HTTPService at ${host}:${httpPort}`);
  await service.ready;
  log.info(`ready; ${slots} ${slots === 1 ? 'video' : 'videos'} at a time`);
  if (!drain.aborted) await once(drain, 'abort');
  log.info('Waiting for in-flight requests to complete.');
  await service.close(flags.exitTimeoutSecs * MS);
}

/** `ocellus serve eye-contact` */
export function serveEyeContactCommand(context: CliContext): Command {
  return new Command('eye-contact')
    .summary("answer NVIDIA's eye-contact clients")
    .description(
      'Answers the clients of the Maxine Eye Contact NIM, of all generations, unchanged: gRPC on port 8001, health and metrics over HTTP on 8000, for this machine unless an address is given. ' +
        'The variables of the NIM are heard: NIM_HTTP_API_PORT, NIM_GRPC_API_PORT, NV_AI4M_MAX_CONCURRENCY_PER_GPU or MAXINE_MAX_CONCURRENCY_PER_GPU, FILE_SIZE_LIMIT, NIM_SSL_MODE (disabled, tls, mtls), NIM_SSL_CERT_PATH, NIM_SSL_KEY_PATH, NIM_SSL_CA_CERTS_PATH. Flags go before variables.',
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 is every one', '127.0.0.1')
    .option('--http-port <port>', 'health, metrics and metadata (default: 8000)', number(0, 65_535, true))
    .option('--grpc-port <port>', 'the service itself (default: 8001)', number(0, 65_535, true))
    .option('--devices <n>', 'devices that share the work; calls at a time are so many times more', number(1, 64, true), 1)
    .option('--calls-per-device <n>', 'videos at work at a time on each device (default: 1)', number(1, 1024, true))
    .option('--admission-wait-secs <s>', 'how long a call waits for its turn before it is refused', number(0, 86_400), 15)
    .option('--max-file-bytes <n>', 'largest video taken (default: any)', number(1, Number.MAX_SAFE_INTEGER, true))
    .option('--keepalive-secs <s>', 'a keepalive goes out when nothing else has for so long', number(0.1, 3600), 5)
    .option('--exit-timeout-secs <s>', 'how long calls at work may go on once it is told to stop', number(0, 86_400), 30)
    .option('--token-file <file>', 'callers must send this token as "authorization: Bearer TOKEN"')
    .option('--tmp <dir>', 'where videos that must come in whole are put meanwhile')
    .option('--preset <name>', 'x264 preset (default: veryfast)')
    .addHelpText('after', '\nExample:\n  ocellus serve eye-contact --host 0.0.0.0 --calls-per-device 2\n')
    .action((flags: Flags) => runServeEyeContact(flags, context));
}
