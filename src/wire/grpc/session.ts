import type { Http2Session } from 'node:http2';

/** Bytes that a peer may send ahead on one stream; with {@link FRAME_BYTES} the lever on large messages (measured: 987 to 1,596 a second of 0.92 MB). */
export const WINDOW_BYTES = 8 << 20;
/** Bytes of the largest HTTP/2 frame that we take. */
export const FRAME_BYTES = 1 << 20;
/** Bytes of the largest message that protobuf and Triton know. */
export const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

/** HTTP/2 settings for large messages. */
export const SETTINGS = Object.freeze({ initialWindowSize: WINDOW_BYTES, maxFrameSize: FRAME_BYTES, enablePush: false });

/**
 * What a session is opened with. Node's own 10 MB of memory for a session are a dozen large messages, and the stream after them would be
 * refused; the windows hold back a peer all the same.
 */
export const SESSION = Object.freeze({ settings: SETTINGS, maxSessionMemory: 4096 });

/** When a quiet connection is asked whether it still lives. */
export interface Keepalive {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Widens the window of the whole connection, and pings; a connection that does not answer in time is destroyed. */
export function tend(session: Http2Session, keepalive: Keepalive | undefined): void {
  // Each stream has its own window. One for all of them is used up by two dozen large messages at a time, and Node 22 then tops it up no more: all hang.
  session.setLocalWindowSize(2 ** 31 - 1);
  if (!keepalive) return;
  const timer = setInterval(() => {
    if (session.destroyed) return;
    const late = setTimeout(() => session.destroy(new Error('keepalive: no answer to a ping')), keepalive.timeoutMs);
    session.ping(() => clearTimeout(late));
    session.once('close', () => clearTimeout(late));
  }, keepalive.intervalMs);
  timer.unref();
  session.once('close', () => clearInterval(timer));
}
