import { Fault, systemClock, throwIfAborted } from '../../core/index.js';
import { isPassingError, isPassingStatus, offlineFault, statusFault, type Wanted } from './network-fault.js';
import type { Patience } from './options.js';

/** Bytes after which an attempt counts as progress, so that a long download over a poor line is not given up. */
const PROGRESS_BYTES = 256 * 1024;
const LONGEST_WAIT_MS = 30_000;

/** Marks what may be gone at the next attempt. */
export class Interrupted extends Error {
  constructor(
    readonly reason: unknown,
    readonly waitMs?: number,
  ) {
    super('interrupted');
  }
}

/**
 * Runs `work` again after a passing failure, with growing waits; `progressBytes` tells how far it has come.
 * @throws Fault as `work` does, or UNAVAILABLE when the last try failed
 */
export async function patiently(
  request: Wanted & Patience & { readonly signal?: AbortSignal },
  work: () => Promise<void>,
  progressBytes: () => Promise<number>,
): Promise<void> {
  const { retries = 4, backoffMs = 500, clock = systemClock, signal } = request;
  let failures = 0;
  let markBytes = await progressBytes();
  for (;;) {
    throwIfAborted(signal);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const bytes = await progressBytes();
      if (bytes - markBytes >= PROGRESS_BYTES) failures = 0;
      markBytes = bytes;
      if (++failures > retries) throw error.reason instanceof Fault ? error.reason : offlineFault(request, error.reason);
      await clock.sleep(Math.min(LONGEST_WAIT_MS, error.waitMs ?? backoffMs * 2 ** (failures - 1)), signal);
    }
  }
}

/**
 * Asks something small of the network, such as where a package lies, as patiently as a download.
 * @throws Fault UNAVAILABLE, NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, CANCELLED
 */
export async function ask<T>(
  wanted: Wanted & Patience & { readonly signal?: AbortSignal },
  question: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = wanted;
  let answer: { readonly value: T } | undefined;
  const work = async (): Promise<void> => {
    try {
      answer = { value: await question(signal ?? new AbortController().signal) };
    } catch (error) {
      throwIfAborted(signal);
      throw questionFault(wanted, error);
    }
  };
  await patiently(wanted, work, () => Promise.resolve(0));
  return answer!.value;
}

function questionFault(wanted: Wanted, error: unknown): Error {
  if (error instanceof Fault) return error;
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode !== undefined)
    return isPassingStatus(statusCode) ? new Interrupted(statusFault(wanted, statusCode)) : statusFault(wanted, statusCode);
  if (code === 'ETARGET') return statusFault(wanted, 404);
  return isPassingError(error) ? new Interrupted(error) : offlineFault(wanted, error);
}
