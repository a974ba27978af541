import { workerEnvironment } from '../core/index.js';
import { type Serializable, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { SizedBufferPool } from './buffer-pool.js';
import type { Channel, ChannelEvents } from './channel.js';
import type { ProcessOrder } from './process-entry.js';
import { type FromInstance, asIs, encodeRequests } from './protocol.js';

/** Characters kept of what a child process wrote last on its standard error. */
const TAIL_LENGTH = 2_000;

const children = new Set<() => void>();
const killAll = (): void => {
  for (const kill of children) kill();
};

/** Makes the end of this process the end of a child, also of one that hangs. Returns the way to forget it. */
function endWithUs(kill: () => void): () => void {
  if (children.size === 0) process.on('exit', killAll);
  children.add(kill);
  return () => {
    children.delete(kill);
    if (children.size === 0) process.off('exit', killAll);
  };
}

/** Starts a child process with one instance. It never keeps this process alive, and does not outlive it. */
export function openProcess({ definition, index, pool }: ProcessOrder & { readonly pool: SizedBufferPool }, events: ChannelEvents): Channel {
  const child = fork(fileURLToPath(new URL('./process-entry.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: workerEnvironment(),
  });
  const kill = (): void => void child.kill('SIGKILL');
  const forget = endWithUs(kill);
  let tail = '';
  let failure: Error | undefined;
  let over = false;
  const end = (cause: string): void => {
    if (over) return;
    over = true;
    forget();
    events.ended(tail ? `${cause}; last on its standard error: ${tail.trim()}` : cause, failure);
  };
  child.unref();
  child.channel?.unref();
  (child.stderr as Socket | null)?.unref();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-TAIL_LENGTH)));
  child.on('message', (message) => events.message(message as unknown as FromInstance));
  child.on('error', (error) => {
    failure = error;
    // Never started: neither `exit` nor `close` follows.
    if (child.pid === undefined) end(error.message);
  });
  // `close` comes after the last of its standard error, `exit` may come before.
  child.on('close', (code, signal) => end(signal ? `killed by ${signal}` : `exit code ${code}`));
  // A child that is gone tells by `close`; there is nothing to do about a message that did not reach it.
  const send = (message: unknown): void => void child.send(message as Serializable, () => {});
  send({ definition, index } satisfies ProcessOrder);
  return {
    where: `process ${child.pid}`,
    run(requests) {
      send(['run', encodeRequests(requests, asIs, []), []]);
      for (const { inputs } of requests) pool.giveTensors(inputs);
    },
    send,
    stop: () => void (child.connected && send(['stop'])),
    kill,
  };
}
