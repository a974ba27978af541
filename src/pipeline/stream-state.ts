/**
 * Where a stream is. `ready`: not begun. `restarting`: its source failed or came to its end and will be opened again. `stopped`: ended by
 * somebody before its source did.
 */
export type StreamState = 'ready' | 'running' | 'paused' | 'restarting' | 'ended' | 'stopped' | 'failed';
