import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RateResource } from '../inference/index.js';
import { addFlags, addFrontFlags, type Flag, type FrontFlags, oneOf, type Parse, seconds, text, whole, yes } from './front-flags.js';
import { more, number } from './option-values.js';

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
  ['--allow-client-shm [bool]', 'let clients use shared memory of this machine', yes, false],
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
export interface ServeFlags extends FrontFlags {
  readonly modelRepository?: readonly string[];
  readonly modelStore?: readonly string[];
  readonly modelControlMode: 'none' | 'poll' | 'explicit';
  readonly repositoryPollSecs: number;
  readonly loadModel?: readonly string[];
  readonly modelConfigName?: string;
  readonly disableAutoCompleteConfig?: boolean;
  readonly strictReadiness: boolean;
  readonly exitOnError: boolean;
  readonly modelLoadRetryCount: number;
  readonly cacheConfig?: number;
  readonly responseCacheByteSize?: number;
  readonly rateLimit: 'off' | 'execution_count';
  readonly rateLimitResource?: readonly RateResource[];
  readonly traceConfig?: Readonly<Record<string, readonly string[]>>;
  readonly allowClientShm: boolean;
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Adds every flag to the command. */
export function addServeFlags(command: Command): Command {
  addFrontFlags(addFlags(command, FLAGS));
  for (const name of IGNORED)
    command.addOption(new Option(`--${name} [value]`, 'taken for the sake of scripts, and without effect').argParser(more as never).hideHelp());
  return command;
}

/** Flags given that mean nothing here. */
export const ignoredFlags = (given: Readonly<Record<string, unknown>>): string[] => IGNORED.filter((name) => given[camel(name)] !== undefined);
