import { type Clock, type Log, toFault } from '../../core/index.js';

/** Does `work` again and again, each time `everyMs` after it was done, until the function that this gives is called. Failures are logged. */
export function repeat(clock: Clock, everyMs: number, work: () => Promise<unknown>, log: Log): () => void {
  let stopped = false;
  let cancel = (): void => {};
  const again = (): void => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => {
      work()
        .catch((error: unknown) => log.warn(toFault(error).message))
        .finally(again);
    });
  };
  again();
  return () => {
    stopped = true;
    cancel();
  };
}
