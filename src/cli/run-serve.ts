import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, type Log, NULL_LOG } from '../core/index.js';
import {
  type AccessRules,
  parseRestriction,
  serve,
  type ServeGrpcOptions,
  type ServeHttpOptions,
  type Serving,
  type SettingValue,
  singleModel,
} from '../serving/index.js';
import type { CliContext } from './context.js';
import { ignoredFlags, type ServeFlags } from './serve-flags.js';
import { createServeLog } from './serve-log.js';
import { formatTable } from './table.js';

const MS = 1000;

/** Only what was said, so that defaults stay in one place. */
const said = <K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [key in K]: V });

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return fail('NOT_FOUND', `${path}: ${what} cannot be read`, error);
  }
}

function tokenOf({ authTokenFile }: ServeFlags): string | undefined {
  if (authTokenFile === undefined) return undefined;
  const token = readText(authTokenFile, 'the token').trim();
  return token === '' ? fail('CONFIG_INVALID', `${authTokenFile}: the token is empty; write one into the file`) : token;
}

const accessOf = (rules: readonly string[] | undefined, token: string | undefined): AccessRules => ({
  restrictions: (rules ?? []).map(parseRestriction),
  ...said('token', token),
});

function httpOptions(flags: ServeFlags): ServeHttpOptions | false {
  if (!flags.allowHttp) return false;
  const { httpSslCert, httpSslKey } = flags;
  if ((httpSslCert === undefined) !== (httpSslKey === undefined)) fail('USAGE', '--http-ssl-cert and --http-ssl-key go together');
  return {
    host: flags.httpAddress,
    port: flags.httpPort,
    maxInputBytes: flags.httpMaxInputSize,
    access: accessOf(flags.httpRestrictedApi, tokenOf(flags)),
    ...said('forwardHeaders', flags.httpHeaderForwardPattern),
    ...said('corsOrigins', flags.httpCorsOrigin),
    ...(httpSslCert !== undefined && { tls: { cert: readText(httpSslCert, 'the certificate'), key: readText(httpSslKey!, 'the key') } }),
  };
}

function grpcTls(flags: ServeFlags): Pick<ServeGrpcOptions, 'tls'> {
  const { grpcUseSsl, grpcUseSslMutual, grpcServerCert, grpcServerKey, grpcRootCert } = flags;
  if (!grpcUseSsl && !grpcUseSslMutual) return {};
  if (grpcServerCert === undefined || grpcServerKey === undefined)
    return fail('USAGE', '--grpc-use-ssl needs --grpc-server-cert and --grpc-server-key');
  if (grpcUseSslMutual && grpcRootCert === undefined) return fail('USAGE', '--grpc-use-ssl-mutual needs --grpc-root-cert');
  return {
    tls: {
      cert: readText(grpcServerCert, 'the certificate'),
      key: readText(grpcServerKey, 'the key'),
      ...(grpcRootCert !== undefined && { ca: readText(grpcRootCert, 'the authority') }),
      ...(grpcUseSslMutual && { requestCert: true, rejectUnauthorized: true }),
    },
  };
}

function grpcOptions(flags: ServeFlags): ServeGrpcOptions | false {
  if (!flags.allowGrpc) return false;
  return {
    host: flags.grpcAddress,
    port: flags.grpcPort,
    access: accessOf(flags.grpcRestrictedProtocol, tokenOf(flags)),
    keepalive: { intervalMs: flags.grpcKeepaliveTime, timeoutMs: flags.grpcKeepaliveTimeout },
    ...said('forwardHeaders', flags.grpcHeaderForwardPattern),
    ...(flags.grpcInferResponseCompressionLevel !== 'none' && { encoding: 'gzip' }),
    ...grpcTls(flags),
  };
}

const logSettings = (flags: ServeFlags): Record<string, SettingValue> => ({
  log_file: flags.logFile ?? '',
  log_info: flags.logInfo,
  log_warning: flags.logWarning,
  log_error: flags.logError,
  log_verbose_level: flags.logVerbose,
  log_format: flags.logFormat,
});

async function modelsTable({ server }: Serving): Promise<string> {
  const rows = (await server.index(false)).map(({ name, version, state, reason }) => [
    name,
    version || '-',
    state || 'not loaded',
    reason.split('\n')[0] ?? '',
  ]);
  return formatTable(['MODEL', 'VERSION', 'STATUS', 'REASON'], rows);
}

async function tellStart(serving: Serving, log: Log, context: CliContext, elapsedMs: number): Promise<void> {
  context.stderr.write(await modelsTable(serving));
  const { http, grpc, metrics } = serving;
  if (grpc) log.info(`Started GRPCInferenceService at ${grpc.host}:${grpc.port}`);
  if (http) log.info(`Started HTTPService at ${http.host}:${http.port}`);
  if (metrics) log.info(`Started Metrics Service at ${metrics.host}:${metrics.port}`);
  log.info(`ready after ${Math.round(elapsedMs)} ms`);
}

/** Serves until it is told to stop. @throws Fault USAGE, and those of `serve` */
export async function runServe(target: string | undefined, flags: ServeFlags, context: CliContext): Promise<void> {
  const startMs = performance.now();
  const { cwd, stderr, drain } = context;
  const single = target?.endsWith('.onnx') ? await singleModel(resolve(cwd, target)) : undefined;
  const folders = [...(flags.modelRepository ?? []), ...(flags.modelStore ?? []), ...(target !== undefined && !single ? [target] : [])];
  const repositories = [...folders.map((folder) => resolve(cwd, folder)), ...(single ? [single.repository] : [])];
  if (repositories.length === 0) fail('USAGE', '--model-repository must be specified, or a model file be named: ocellus serve model.onnx');
  let settings: ReadonlyMap<string, SettingValue> = new Map(Object.entries(logSettings(flags)));
  const log = createServeLog(() => settings, stderr, flags.logFile);
  for (const name of ignoredFlags({ ...flags })) log.warn(`--${name} has no effect here`);
  try {
    await using serving = await serve({
      repositories,
      mode: flags.modelControlMode,
      startModels: flags.loadModel ?? [],
      pollMs: flags.repositoryPollSecs * MS,
      retries: flags.modelLoadRetryCount,
      autoComplete: !flags.disableAutoCompleteConfig,
      strictReadiness: flags.strictReadiness,
      id: flags.id,
      cacheBytes: flags.cacheConfig ?? flags.responseCacheByteSize ?? 0,
      ...(flags.rateLimit !== 'off' && { rateLimit: { resources: flags.rateLimitResource ?? [] } }),
      allowSharedMemory: flags.allowClientShm,
      exitTimeoutMs: flags.exitTimeoutSecs * MS,
      ...said('configName', flags.modelConfigName),
      logSettings: logSettings(flags),
      ...said('traceSettings', flags.traceConfig),
      onLogSettings: (all) => (settings = all),
      log,
      accessLog: flags.accessLog ? log : NULL_LOG,
      http: httpOptions(flags),
      grpc: grpcOptions(flags),
      metrics: flags.allowMetrics && { host: flags.metricsAddress ?? flags.httpAddress, port: flags.metricsPort, machine: flags.allowCpuMetrics },
    });
    const failed = (await serving.server.index(false)).filter(({ state, reason }) => state === 'UNAVAILABLE' && reason !== 'unloaded');
    if (failed.length > 0 && flags.exitOnError)
      fail('UNAVAILABLE', `failed to load all models (${failed.map(({ name }) => name).join(', ')}); --exit-on-error=false serves the others`);
    await tellStart(serving, log, context, performance.now() - startMs);
    if (!drain.aborted) await once(drain, 'abort');
    log.info('Waiting for in-flight requests to complete.');
  } finally {
    await single?.[Symbol.asyncDispose]();
  }
}
