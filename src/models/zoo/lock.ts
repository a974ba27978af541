import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { type Clock, systemClock, throwIfAborted, toFault } from '../../core/index.js';

/** How a lock waits; the defaults suit downloads. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Between two looks at a lock that another holds. */
  readonly pollMs?: number;
  /** A lock whose holder gave no sign of life for so long is taken over. */
  readonly staleMs?: number;
  readonly clock?: Clock;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Tries to create the lock file. @returns whether it is ours now @throws Fault OUTPUT_FAILED when the folder cannot be written */
async function claim(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(token);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw toFault(error, 'OUTPUT_FAILED', `cannot write ${path}: `);
  }
}

/** Removes a lock whose holder is dead or silent. Moved aside before the look, so that a lock made meanwhile is put back, not lost. */
async function clearStale(path: string, staleMs: number): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  const info = await stat(path).catch(() => undefined);
  if (seen === undefined || !info) return;
  const [pid, host] = seen.split(' ');
  const dead = host === hostname() && Number(pid) > 0 && !isAlive(Number(pid));
  if (!dead && Date.now() - info.mtimeMs < staleMs) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) === seen) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch (error) {
    // Another process was quicker; the next look decides.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw toFault(error, 'OUTPUT_FAILED', `cannot clear ${path}: `);
  }
}

/**
 * Runs `work` while this process alone holds the lock file `path`; others, of this process or another, wait. A lock left by a process that
 * died is taken over at once on the same machine, after `staleMs` otherwise.
 * @throws Fault CANCELLED while waiting; OUTPUT_FAILED when the lock cannot be written
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const { signal, pollMs = 150, staleMs = 30_000, clock = systemClock } = options;
  const token = `${process.pid} ${hostname()} ${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw toFault(error, 'OUTPUT_FAILED', `cannot create ${dirname(path)}: `);
  });
  throwIfAborted(signal);
  while (!(await claim(path, token))) {
    await clearStale(path, staleMs);
    await clock.sleep(pollMs, signal);
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), staleMs / 6);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}
