import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RateResource } from '../inference/index.js';
import { more, number } from './option-values.js';

/** `true`, `1`, or nothing at all after the flag: yes. @throws InvalidArgumentError */
function yesNo(text: string | true): boolean {
  if (text === true || text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new InvalidArgumentError('must be true or false');
}

const oneOf =
  (...words: readonly string[]) =>
  (text: string): string => {
    if (!words.includes(text)) throw new InvalidArgumentError(`must be one of ${words.join(', ')}`);
    return text;
  };

/** `*` alone is everything, as pattern of headers nothing may be wrong with it. @throws InvalidArgumentError */
function pattern(text: string): RegExp {
  try {
    // Triton's own way to say that case counts.
    return text.startsWith('(?-i)') ? new RegExp(text.slice(5)) : new RegExp(text.replace(/^\(\?i\)/, ''), 'i');
  } catch (error) {
    throw new InvalidArgumentError(`is no regular expression: ${(error as Error).message}`);
  }
}

/** `local,size=1048576` @throws InvalidArgumentError */
function cacheSize(text: string): number {
  const size = /^local,\s*size=(\d+)$/.exec(text)?.[1];
  if (size === undefined) throw new InvalidArgumentError('must be local,size=BYTES');
  return Number(size);
}

/** `R1:10:0` @throws InvalidArgumentError */
function addResource(text: string, before: readonly RateResource[] = []): readonly RateResource[] {
  const [, name, count, device] = /^([^:]+):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('must be NAME:COUNT or NAME:COUNT:DEVICE');
  return [...before, { name, count: Number(count), ...(device !== undefined && { device: Number(device) }) }];
}

const TRACE_SETTINGS: Readonly<Record<string, string>> = {
  level: 'trace_level',
  rate: 'trace_rate',
  count: 'trace_count',
  'triton,file': 'trace_file',
  'triton,log-frequency': 'log_frequency',
};

/** `level=TIMESTAMPS`, `triton,file=trace.json` @throws InvalidArgumentError */
function addTrace(text: string, before: Readonly<Record<string, readonly string[]>> = {}): Readonly<Record<string, readonly string[]>> {
  const [, key = '', value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const name = TRACE_SETTINGS[key.trim()];
  if (name === undefined || value === '') throw new InvalidArgumentError(`must be one of ${Object.keys(TRACE_SETTINGS).join('=, ')}=`);
  return { ...before, [name]: name === 'trace_level' ? [...(before[name] ?? []), value] : [value] };
}

type Parse = (text: string, before: never) => unknown;
type Flag = readonly [usage: string, help: string, parse: Parse, fallback?: unknown];

const yes = yesNo as unknown as Parse;
const text = ((value: string) => value) as Parse;
const port = number(0, 65_535, true) as Parse;
const whole = number(0, 2 ** 31 - 1, true) as Parse;
const seconds = number(0, 1e9) as Parse;

/** Flags under Triton's names. */
const FLAGS: readonly Flag[] = [
  ['--model-repository <folder>', 'a folder of models; may be repeated', more as Parse],
  ['--model-store <folder>', 'the same as --model-repository', more as Parse],
  [
    '--model-control-mode <mode>',
    'none: load all at the start; poll: follow the folders; explicit: as clients say',
    oneOf('none', 'poll', 'explicit') as Parse,
    'none',
  ],
  ['--repository-poll-secs <n>', 'how often poll looks', seconds, 15],
  ['--load-model <name>', 'of explicit: load this at the start; may be repeated; * alone is everything', more as Parse],
  ['--model-config-name <name>', "prefer configs/NAME.pbtxt of a model's folder", text],
  ['--disable-auto-complete-config', 'do not fill in configurations from the models themselves', yes],
  ['--strict-readiness [bool]', 'not ready while any model is not', yes, true],
  ['--exit-on-error [bool]', 'end when a model cannot be loaded at the start', yes, true],
  ['--exit-timeout-secs <n>', 'how long requests under way may take when stopping', seconds, 30],
  ['--model-load-retry-count <n>', 'further tries after a load failed', whole, 0],
  ['--cache-config <rule>', 'local,size=BYTES: memory for the response cache', cacheSize as Parse],
  ['--response-cache-byte-size <bytes>', 'the same, as older scripts say it', number(0, 2 ** 53, true) as Parse],
  [
    '--rate-limit <mode>',
    'off, or execution_count: instances run while what their groups claim is free',
    oneOf('off', 'execution_count') as Parse,
    'off',
  ],
  ['--rate-limit-resource <rule>', 'NAME:COUNT or NAME:COUNT:DEVICE, a pool of the rate limiter; may be repeated', addResource as Parse],
  ['--trace-config <setting>', 'level=, rate=, count=, or triton,file= and triton,log-frequency=; may be repeated', addTrace as Parse],
  ['--id <name>', 'what the server calls itself', text, 'triton'],
  ['--allow-client-shm [bool]', 'let clients use shared memory of this machine', yes, false],
  ['--allow-http [bool]', 'serve HTTP', yes, true],
  ['--http-address <host>', 'where HTTP listens', text, '127.0.0.1'],
  ['--http-port <port>', 'port of HTTP; 0 takes any', port, 8000],
  ['--http-max-input-size <bytes>', 'largest JSON, raw or unpacked body', number(1, 2 ** 31 - 1, true) as Parse, 67_108_864],
  ['--http-header-forward-pattern <regex>', 'headers that become parameters of a request', pattern as Parse],
  ['--http-restricted-api <rule>', 'categories:header=value; may be repeated', more as Parse],
  ['--http-cors-origin <origin>', 'let pages of this origin call, * any; may be repeated', more as Parse],
  ['--http-ssl-cert <file>', 'certificate of HTTP, PEM', text],
  ['--http-ssl-key <file>', 'its key, PEM', text],
  ['--allow-grpc [bool]', 'serve gRPC', yes, true],
  ['--grpc-address <host>', 'where gRPC listens', text, '127.0.0.1'],
  ['--grpc-port <port>', 'port of gRPC; 0 takes any', port, 8001],
  ['--grpc-header-forward-pattern <regex>', 'metadata that becomes parameters of a request', pattern as Parse],
  ['--grpc-restricted-protocol <rule>', 'categories:header=value; may be repeated', more as Parse],
  ['--grpc-infer-response-compression-level <level>', 'none, low, medium or high', oneOf('none', 'low', 'medium', 'high') as Parse, 'none'],
  ['--grpc-use-ssl [bool]', 'TLS for gRPC', yes, false],
  ['--grpc-use-ssl-mutual [bool]', 'TLS for gRPC, clients show a certificate too', yes, false],
  ['--grpc-server-cert <file>', 'certificate of gRPC, PEM', text],
  ['--grpc-server-key <file>', 'its key, PEM', text],
  ['--grpc-root-cert <file>', 'authority of client certificates, PEM', text],
  ['--grpc-keepalive-time <ms>', 'ping a silent connection so often', whole, 7_200_000],
  ['--grpc-keepalive-timeout <ms>', 'how long its answer may take', whole, 20_000],
  ['--allow-metrics [bool]', 'serve metrics', yes, true],
  ['--allow-cpu-metrics [bool]', 'tell processors and memory too', yes, true],
  ['--metrics-address <host>', 'where metrics listen; that of HTTP when absent', text],
  ['--metrics-port <port>', 'port of metrics; 0 takes any', port, 8002],
  ['--auth-token-file <file>', 'a file with a token that every call but health must carry (Authorization: Bearer)', text],
  ['--access-log [bool]', 'a line for each call', yes, false],
  ['--log-verbose <level>', 'details, 0 for none', whole, 0],
  ['--log-info [bool]', 'log information', yes, true],
  ['--log-warning [bool]', 'log warnings', yes, true],
  ['--log-error [bool]', 'log errors', yes, true],
  ['--log-format <format>', 'default or ISO8601', oneOf('default', 'ISO8601') as Parse, 'default'],
  ['--log-file <file>', 'write the log there', text],
];

/** Flags of Triton's that mean nothing here; they are taken, with a warning. */
const IGNORED: readonly string[] = [
  'http-thread-count',
  'reuse-http-port',
  'grpc-infer-thread-count',
  'grpc-infer-allocation-pool-size',
  'grpc-max-response-pool-size',
  'reuse-grpc-port',
  'grpc-keepalive-permit-without-calls',
  'grpc-http2-max-pings-without-data',
  'grpc-http2-min-recv-ping-interval-without-data',
  'grpc-http2-max-ping-strikes',
  'grpc-max-connection-age',
  'grpc-max-connection-age-grace',
  'model-load-thread-count',
  'model-load-gpu-limit',
  'model-namespacing',
  'enable-peer-access',
  'metrics-interval-ms',
  'metrics-config',
  'allow-gpu-metrics',
  'cache-directory',
  'backend-directory',
  'backend-config',
  'repoagent-directory',
  'host-policy',
  'pinned-memory-pool-byte-size',
  'cuda-memory-pool-byte-size',
  'cuda-virtual-address-size',
  'min-supported-compute-capability',
  'buffer-manager-thread-count',
  'strict-model-config',
  'allow-sagemaker',
  'allow-vertex-ai',
];

/** What the flags say. */
export interface ServeFlags {
  readonly modelRepository?: readonly string[];
  readonly modelStore?: readonly string[];
  readonly modelControlMode: 'none' | 'poll' | 'explicit';
  readonly repositoryPollSecs: number;
  readonly loadModel?: readonly string[];
  readonly modelConfigName?: string;
  readonly disableAutoCompleteConfig?: boolean;
  readonly strictReadiness: boolean;
  readonly exitOnError: boolean;
  readonly exitTimeoutSecs: number;
  readonly modelLoadRetryCount: number;
  readonly cacheConfig?: number;
  readonly responseCacheByteSize?: number;
  readonly rateLimit: 'off' | 'execution_count';
  readonly rateLimitResource?: readonly RateResource[];
  readonly traceConfig?: Readonly<Record<string, readonly string[]>>;
  readonly id: string;
  readonly allowClientShm: boolean;
  readonly allowHttp: boolean;
  readonly httpAddress: string;
  readonly httpPort: number;
  readonly httpMaxInputSize: number;
  readonly httpHeaderForwardPattern?: RegExp;
  readonly httpRestrictedApi?: readonly string[];
  readonly httpCorsOrigin?: readonly string[];
  readonly httpSslCert?: string;
  readonly httpSslKey?: string;
  readonly allowGrpc: boolean;
  readonly grpcAddress: string;
  readonly grpcPort: number;
  readonly grpcHeaderForwardPattern?: RegExp;
  readonly grpcRestrictedProtocol?: readonly string[];
  readonly grpcInferResponseCompressionLevel: 'none' | 'low' | 'medium' | 'high';
  readonly grpcUseSsl: boolean;
  readonly grpcUseSslMutual: boolean;
  readonly grpcServerCert?: string;
  readonly grpcServerKey?: string;
  readonly grpcRootCert?: string;
  readonly grpcKeepaliveTime: number;
  readonly grpcKeepaliveTimeout: number;
  readonly allowMetrics: boolean;
  readonly allowCpuMetrics: boolean;
  readonly metricsAddress?: string;
  readonly metricsPort: number;
  readonly authTokenFile?: string;
  readonly accessLog: boolean;
  readonly logVerbose: number;
  readonly logInfo: boolean;
  readonly logWarning: boolean;
  readonly logError: boolean;
  readonly logFormat: 'default' | 'ISO8601';
  readonly logFile?: string;
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Adds every flag to the command. */
export function addServeFlags(command: Command): Command {
  for (const [usage, help, parse, fallback] of FLAGS) {
    const option = new Option(usage, help).argParser(parse as (value: string, previous: unknown) => unknown);
    if (usage.includes('[')) option.preset(true);
    command.addOption(fallback === undefined ? option : option.default(fallback));
  }
  for (const name of IGNORED)
    command.addOption(new Option(`--${name} [value]`, 'taken for the sake of scripts, and without effect').argParser(more as never).hideHelp());
  return command;
}

/** Flags given that mean nothing here. */
export const ignoredFlags = (given: Readonly<Record<string, unknown>>): string[] => IGNORED.filter((name) => given[camel(name)] !== undefined);
