import { Fault, throwIfAborted } from '../../core/index.js';

/** Limits of {@link limited}. */
export interface TimeLimit {
  /** Milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
  /** Ends the wait with CANCELLED, or the fault that was given as its reason. */
  readonly signal: AbortSignal;
}

/**
 * Waits for work, but no longer than the limit; the work itself goes on. When the time is over its signal is aborted with the fault.
 * @throws Fault DEADLINE_EXCEEDED, CANCELLED; what the work throws
 */
export async function limited<T>(work: (signal: AbortSignal) => Promise<T>, { timeoutMs, signal }: TimeLimit): Promise<T> {
  const leave = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let hear = (): void => {};
  const over = new Promise<never>((_, reject) => {
    hear = () => {
      leave.abort(signal.reason);
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error as Fault);
      }
    };
    signal.addEventListener('abort', hear, { once: true });
    if (timeoutMs === undefined) return;
    timer = setTimeout(() => {
      const fault = new Fault('DEADLINE_EXCEEDED', `it took longer than timeoutMs, which is ${timeoutMs}`);
      leave.abort(fault);
      reject(fault);
    }, timeoutMs);
  });
  try {
    throwIfAborted(signal);
    return await Promise.race([work(leave.signal), over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', hear);
  }
}
