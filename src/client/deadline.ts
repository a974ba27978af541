import { Fault } from '../core/index.js';

/** A call's limits: the caller's signal and its deadline as one. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal | undefined;
  /** What is left of the time; undefined without a limit. */
  leftMs(): number | undefined;
}

const NO_LIMIT: Deadline = { signal: undefined, leftMs: () => undefined, [Symbol.dispose]: () => {} };

/** Starts a call's time. Its signal aborts with the caller's reason, or with DEADLINE_EXCEEDED; disposing it stops the time. */
export function startDeadline(signal: AbortSignal | undefined, timeoutMs: number | undefined): Deadline {
  if (timeoutMs === undefined) return signal ? { ...NO_LIMIT, signal } : NO_LIMIT;
  const untilMs = performance.now() + timeoutMs;
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  const timer = setTimeout(
    () => controller.abort(new Fault('DEADLINE_EXCEEDED', `no answer within ${timeoutMs} ms`)),
    Math.min(timeoutMs, 2 ** 31 - 1),
  );
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    leftMs: () => Math.max(0, untilMs - performance.now()),
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
