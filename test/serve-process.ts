import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './source.js';

/** `ocellus serve` or `ocellus route` at work on free ports; disposing it stops it. */
export interface ServeProcess extends AsyncDisposable {
  /** `host:port` of each protocol. */
  readonly http: string;
  readonly grpc: string;
  readonly metrics: string;
  /** What it said so far. */
  log(): string;
  readonly process: ChildProcess;
  /** Asks it to end and waits; gives its exit code. */
  stop(): Promise<number | null>;
}

/** A process that is told to end has so long; then it is killed, and has no exit code. */
const PATIENCE_MS = 20_000;

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await once(child, 'exit');
    clearTimeout(kill);
  }
  return child.exitCode;
}

/** Starts `ocellus serve`. @throws Error with what it said when it ends instead */
export const serve = (...args: readonly string[]): Promise<ServeProcess> => listening('serve', args);

/** Starts `ocellus route`. @throws Error with what it said when it ends instead */
export const route = (...args: readonly string[]): Promise<ServeProcess> => listening('route', args);

/** Starts the built command line in a process of its own and waits until it listens. Ports are free ones unless the arguments name them. */
async function listening(command: string, args: readonly string[]): Promise<ServeProcess> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const ports = ['--http-port', '0', '--grpc-port', '0', '--metrics-port', '0'];
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), command, ...ports, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  while (!log.includes('ready after')) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`ocellus ${command} ended with ${ended}:\n${log}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
  }
  const address = (name: string): string => new RegExp(`Started ${name} at (\\S+)`).exec(log)?.[1] ?? '';
  const stop = (): Promise<number | null> => end(child);
  return {
    http: address('HTTPService'),
    grpc: address('GRPCInferenceService'),
    metrics: address('Metrics Service'),
    log: () => log,
    process: child,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
