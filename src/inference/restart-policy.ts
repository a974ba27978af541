/** When a lost instance is replaced. */
export interface RestartRules {
  /** Restarts allowed in a window; one more and the instance is given up. */
  readonly limit: number;
  readonly windowMs: number;
  /** Wait before the first restart of a window; doubled for each further one. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** Five restarts a minute, after 50, 100, 200, 400 and 800 ms. */
export const RESTART_RULES: RestartRules = Object.freeze({ limit: 5, windowMs: 60_000, firstDelayMs: 50, longestDelayMs: 5_000 });

/** What to do about a lost instance: wait so long and open another, or give it up. */
export type RestartDecision = { readonly afterMs: number } | 'give-up';

/** Decides from the times of earlier restarts of the model. */
export function decideRestart(earlierMs: readonly number[], nowMs: number, rules: RestartRules = RESTART_RULES): RestartDecision {
  const recent = earlierMs.filter((atMs) => atMs > nowMs - rules.windowMs).length;
  if (recent >= rules.limit) return 'give-up';
  return { afterMs: Math.min(rules.longestDelayMs, rules.firstDelayMs * 2 ** recent) };
}
