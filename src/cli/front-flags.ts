import { type Command, InvalidArgumentError, Option } from 'commander';
import { more, number } from './option-values.js';

/** `true`, `1`, or nothing at all after the flag: yes. @throws InvalidArgumentError */
function yesNo(text: string | true): boolean {
  if (text === true || text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new InvalidArgumentError('must be true or false');
}

/** One of the words. @throws InvalidArgumentError */
export const oneOf =
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

/** Reads the value of a flag, with what it had before. */
export type Parse = (text: string, before: never) => unknown;
/** Usage, help, reader and default. */
export type Flag = readonly [usage: string, help: string, parse: Parse, fallback?: unknown];

/** Reads yes or no. */
export const yes = yesNo as unknown as Parse;
/** Reads any text. */
export const text = ((value: string) => value) as Parse;
const port = number(0, 65_535, true) as Parse;
/** Reads a whole number. */
export const whole = number(0, 2 ** 31 - 1, true) as Parse;
/** Reads seconds. */
export const seconds = number(0, 1e9) as Parse;

/** Flags of the front ends, under Triton's names where it has them. */
const FRONT_FLAGS: readonly Flag[] = [
  ['--exit-timeout-secs <n>', 'how long requests under way may take when stopping', seconds, 30],
  [
    '--drain-secs <n>',
    'when stopping, go on answering for so long while saying that it is not ready, so that routers and balancers turn away',
    seconds,
    0,
  ],
  ['--id <name>', 'what the server calls itself', text, 'triton'],
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

/** What the flags of the front ends say. */
export interface FrontFlags {
  readonly exitTimeoutSecs: number;
  readonly drainSecs: number;
  readonly id: string;
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

/** Adds flags to a command. */
export function addFlags(command: Command, flags: readonly Flag[]): Command {
  for (const [usage, help, parse, fallback] of flags) {
    const option = new Option(usage, help).argParser(parse as (value: string, previous: unknown) => unknown);
    if (usage.includes('[')) option.preset(true);
    command.addOption(fallback === undefined ? option : option.default(fallback));
  }
  return command;
}

/** Adds the flags of the front ends. */
export const addFrontFlags = (command: Command): Command => addFlags(command, FRONT_FLAGS);
