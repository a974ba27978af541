import { AV_LOG_QUIET, AV_LOG_WARNING } from 'node-av/constants';
import { Log as NativeLog } from 'node-av/lib';
import type { Log } from '../../core/index.js';

const listeners = new Set<Log>();

/** Keeps libav from printing to stderr: its log level belongs to the whole process. */
export function quietLibav(): void {
  if (listeners.size === 0) NativeLog.setLevel(AV_LOG_QUIET);
}

/**
 * Sends libav's warnings and errors to `log` at debug until the returned function is called. libav does not say which file a message
 * is about, so each listener hears all of them.
 */
export function hearLibav(log: Log | undefined): () => void {
  if (!log) return () => {};
  const listener = log.child({ from: 'libav' });
  listeners.add(listener);
  if (listeners.size === 1) {
    NativeLog.setLevel(AV_LOG_WARNING);
    NativeLog.setCallback((_level, message) => listeners.forEach((each) => each.debug(message.trimEnd())), { maxLevel: AV_LOG_WARNING });
  }
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    NativeLog.setLevel(AV_LOG_QUIET);
    NativeLog.setCallback(null);
  };
}
