import type { CliStream } from './context.js';

/**
 * Turns Ctrl-C and SIGTERM into a signal. The first asks for a drain; the second forces: the process is killed rather than exited,
 * since an exit in the middle of a native run would abort it with a core dump.
 */
export function watchInterrupts(stderr: CliStream): { readonly drain: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL');
    stderr.write('\nStopping: finishing what is at work. Press Ctrl-C again to force.\n');
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    drain: controller.signal,
    release: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
