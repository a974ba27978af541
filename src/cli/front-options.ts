import { readFileSync } from 'node:fs';
import { fail, type Log, NULL_LOG } from '../core/index.js';
import {
  type AccessRules,
  type Fronts,
  type FrontsOptions,
  parseRestriction,
  type ServeGrpcOptions,
  type ServeHttpOptions,
  type SettingValue,
} from '../serving/index.js';
import type { FrontFlags } from './front-flags.js';

const MS = 1000;

/** Only what was said, so that defaults stay in one place. */
export const said = <K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [key in K]: V });

/** Reads a file that a flag names. @throws Fault NOT_FOUND */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return fail('NOT_FOUND', `${path}: ${what} cannot be read`, error);
  }
}

/** The token in a file that a flag names. @throws Fault NOT_FOUND, CONFIG_INVALID (empty) */
export function readToken(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const token = readText(path, 'the token').trim();
  return token === '' ? fail('CONFIG_INVALID', `${path}: the token is empty; write one into the file`) : token;
}

const accessOf = (rules: readonly string[] | undefined, token: string | undefined): AccessRules => ({
  restrictions: (rules ?? []).map(parseRestriction),
  ...said('token', token),
});

function httpOptions(flags: FrontFlags): ServeHttpOptions | false {
  if (!flags.allowHttp) return false;
  const { httpSslCert, httpSslKey } = flags;
  if ((httpSslCert === undefined) !== (httpSslKey === undefined)) fail('USAGE', '--http-ssl-cert and --http-ssl-key go together');
  return {
    host: flags.httpAddress,
    port: flags.httpPort,
    maxInputBytes: flags.httpMaxInputSize,
    access: accessOf(flags.httpRestrictedApi, readToken(flags.authTokenFile)),
    ...said('forwardHeaders', flags.httpHeaderForwardPattern),
    ...said('corsOrigins', flags.httpCorsOrigin),
    ...(httpSslCert !== undefined && { tls: { cert: readText(httpSslCert, 'the certificate'), key: readText(httpSslKey!, 'the key') } }),
  };
}

function grpcTls(flags: FrontFlags): Pick<ServeGrpcOptions, 'tls'> {
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

function grpcOptions(flags: FrontFlags): ServeGrpcOptions | false {
  if (!flags.allowGrpc) return false;
  return {
    host: flags.grpcAddress,
    port: flags.grpcPort,
    access: accessOf(flags.grpcRestrictedProtocol, readToken(flags.authTokenFile)),
    keepalive: { intervalMs: flags.grpcKeepaliveTime, timeoutMs: flags.grpcKeepaliveTimeout },
    ...said('forwardHeaders', flags.grpcHeaderForwardPattern),
    ...(flags.grpcInferResponseCompressionLevel !== 'none' && { encoding: 'gzip' }),
    ...grpcTls(flags),
  };
}

/** The settings of the log that the flags ask for. */
export const logSettings = (flags: FrontFlags): Record<string, SettingValue> => ({
  log_file: flags.logFile ?? '',
  log_info: flags.logInfo,
  log_warning: flags.logWarning,
  log_error: flags.logError,
  log_verbose_level: flags.logVerbose,
  log_format: flags.logFormat,
});

/** What the flags say of the front ends. @throws Fault USAGE, NOT_FOUND (files), CONFIG_INVALID (empty token) */
export const frontsOptions = (flags: FrontFlags, log: Log): FrontsOptions => ({
  exitTimeoutMs: flags.exitTimeoutSecs * MS,
  accessLog: flags.accessLog ? log : NULL_LOG,
  http: httpOptions(flags),
  grpc: grpcOptions(flags),
  metrics: flags.allowMetrics && { host: flags.metricsAddress ?? flags.httpAddress, port: flags.metricsPort, machine: flags.allowCpuMetrics },
});

/** Says where the front ends listen. */
export function tellFronts({ http, grpc, metrics }: Fronts, log: Log): void {
  if (grpc) log.info(`Started GRPCInferenceService at ${grpc.host}:${grpc.port}`);
  if (http) log.info(`Started HTTPService at ${http.host}:${http.port}`);
  if (metrics) log.info(`Started Metrics Service at ${metrics.host}:${metrics.port}`);
}
