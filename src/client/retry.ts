import { Fault, systemClock, type Clock } from '../core/index.js';
import type { RetryRules } from './port.js';

/** The rules when none are given. */
export const RETRY_RULES: RetryRules = Object.freeze({ attempts: 4, firstDelayMs: 50, mostDelayMs: 2000 });

/** How long to wait before try `next` (the second is 2); `chance` in [0, 1) spreads it by half either way. */
export function retryDelayMs({ firstDelayMs, mostDelayMs }: RetryRules, next: number, chance: number): number {
  return Math.min(mostDelayMs, firstDelayMs * 2 ** (next - 2)) * (0.5 + chance);
}

/**
 * Calls `run` until it settles otherwise than with UNAVAILABLE, or the tries are used up; the last fault is thrown. `run` must be safe to repeat.
 * @throws Fault of the last try; CANCELLED or the signal's own while it waits
 */
export async function withRetries<T>(
  rules: RetryRules,
  run: () => Promise<T>,
  signal: AbortSignal | undefined,
  clock: Pick<Clock, 'sleep'> = systemClock,
): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'UNAVAILABLE' || attempt >= rules.attempts) throw error;
      await clock.sleep(retryDelayMs(rules, attempt + 1, Math.random()), signal);
    }
}
